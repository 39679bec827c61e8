package dev.pando.txn.space;

import dev.pando.pager.PageHeader;
import java.util.Arrays;

/**
 * Pages, or memory for pages, that were given back, by the length of their run. Leaves of several
 * pages come and go as they grow, and each needs adjacent pages. Taking and giving back search
 * nothing.
 */
public final class Pieces {
  /** The answer of {@link #take} if no piece is large enough. */
  public static final long NONE = Long.MIN_VALUE;

  /** Pages of the longest piece that is kept as one. */
  static final int LONGEST = PageHeader.MAX_LEAF_PAGES;

  private static final long[] EMPTY = {};

  private final long step;

  /** The starts of pieces, by their number of pages; the last one that was given back is on top. */
  private final long[][] pieces = new long[LONGEST + 1][];

  private final int[] counts = new int[LONGEST + 1];

  /**
   * Makes an empty collection.
   *
   * @param step the difference from one page to the next
   */
  public Pieces(long step) {
    this.step = step;
    Arrays.fill(pieces, EMPTY); // most transactions need few of them
  }

  /** Takes a piece of exactly this many pages, or a part of the next longer one. */
  public long take(int pages) {
    for (int length = pages; length <= LONGEST; length++) {
      if (counts[length] > 0) {
        long start = pieces[length][--counts[length]];
        add(start + pages * step, length - pages);
        return start;
      }
    }
    return NONE;
  }

  /** Gives a piece back; splits one that is too long. */
  public void add(long start, long pages) {
    long at = start;
    for (long left = pages; left > 0; left -= LONGEST) {
      int length = (int) Math.min(left, LONGEST);
      if (counts[length] == pieces[length].length) {
        pieces[length] = Arrays.copyOf(pieces[length], 2 * counts[length] + 8);
      }
      pieces[length][counts[length]++] = at;
      at += length * step;
    }
  }

  /** Moves all pages into a set; returns how many there are. */
  long moveTo(PageSet set) {
    long moved = 0;
    for (int length = 1; length <= LONGEST; length++) {
      for (int i = 0; i < counts[length]; i++) {
        moved += set.addRun(pieces[length][i], length);
      }
    }
    clear();
    return moved;
  }

  /** Removes pages from a limit on. */
  void removeFrom(long limit) {
    for (int length = 1; length <= LONGEST; length++) {
      int all = counts[length];
      counts[length] = 0;
      for (int i = 0; i < all; i++) {
        long start = pieces[length][i];
        add(start, Math.clamp(limit - start, 0, length)); // the rest goes to a shorter length
      }
    }
  }

  public void clear() {
    Arrays.fill(counts, 0);
  }
}
