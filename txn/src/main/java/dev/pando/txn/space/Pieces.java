package dev.pando.txn.space;

import dev.pando.pager.PageHeader;
import java.util.Arrays;

/**
 * Pages, or memory for pages, that were given back, by how many follow each other: leaves of
 * several pages come and go as they grow, and each needs its pages in one piece. Taking and giving
 * back search nothing.
 */
public final class Pieces {
  /** What {@link #take} answers when there is nothing large enough. */
  public static final long NONE = Long.MIN_VALUE;

  /** The longest piece that is kept as one. */
  static final int LONGEST = PageHeader.MAX_LEAF_PAGES;

  private static final long[] EMPTY = {};

  private final long step;

  /** For each number of pages the beginnings of such pieces, the last one given back on top. */
  private final long[][] pieces = new long[LONGEST + 1][];

  private final int[] counts = new int[LONGEST + 1];

  /**
   * No pieces.
   *
   * @param step from one page to the one behind it
   */
  public Pieces(long step) {
    this.step = step;
    Arrays.fill(pieces, EMPTY); // most transactions need few of them
  }

  /** Takes a piece of just so many pages, or cuts it from the next longer one. */
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

  /** Gives a piece back; one that is too long, as several. */
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

  /** Moves everything into a set of pages; returns how many those are. */
  public long moveTo(PageSet set) {
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
  public void removeFrom(long limit) {
    for (int length = 1; length <= LONGEST; length++) {
      int all = counts[length];
      counts[length] = 0;
      for (int i = 0; i < all; i++) {
        long start = pieces[length][i];
        add(start, Math.clamp(limit - start, 0, length)); // what is cut goes to a shorter length
      }
    }
  }

  public void clear() {
    Arrays.fill(counts, 0);
  }
}
