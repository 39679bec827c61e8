package dev.pando.txn.dirty;

/**
 * The frames of dirty pages in memory. The number of a page in the table is that of its frame:
 * enough for 1 TiB with frames of 4 KiB.
 */
final class FrameTable extends PageTable {
  /** The answer of {@link #get} for a page that is not dirty. */
  static final long ABSENT = Long.MIN_VALUE;

  private final int pageShift;

  FrameTable(int pageSize) {
    pageShift = Integer.numberOfTrailingZeros(pageSize);
  }

  long get(long page) {
    return address(number(page));
  }

  private long address(long frame) {
    return frame == NONE ? ABSENT : ~(frame << pageShift);
  }

  /** Adds a page at a dirty address, as {@link DirtyPages} makes them. */
  void put(long page, long address) {
    add(page, ~address >>> pageShift);
  }

  /** Removes a page; returns its address or {@link #ABSENT}. */
  long remove(long page) {
    return address(take(page));
  }
}
