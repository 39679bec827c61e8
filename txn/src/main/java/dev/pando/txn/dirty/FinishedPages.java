package dev.pando.txn.dirty;

import java.util.Arrays;

/** Pages that a load in key order will not change any more; they may have been freed since. */
final class FinishedPages {
  private long[] pages = {};
  private int count;

  void add(long pgno) {
    if (count == pages.length) {
      pages = Arrays.copyOf(pages, 2 * count + 16);
    }
    pages[count++] = pgno;
  }

  int count() {
    return count;
  }

  /** Removes all. */
  void clear() {
    count = 0;
  }

  /** Removes all; returns their numbers, ascending. */
  long[] take() {
    long[] sorted = Arrays.copyOf(pages, count);
    Arrays.sort(sorted);
    count = 0;
    return sorted;
  }
}
