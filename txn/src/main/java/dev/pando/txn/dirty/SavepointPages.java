package dev.pando.txn.dirty;

import dev.pando.txn.space.SpaceMark;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a write transaction since a savepoint; there is one such object for each savepoint.
 * Pages that the transaction took since the newest savepoint may be changed and given back at once.
 * Its older pages are kept unchanged, in memory and in the file. A change copies them to other page
 * numbers, as it does with pages of older transactions. They are given back when no savepoint needs
 * them any more.
 *
 * <p>See DECISIONS.md, 'Savepoints by copy-on-write'.
 */
final class SavepointPages {
  /** Pages of the largest table that is worth keeping: it is cleared in no time. */
  private static final int SMALL = 1024;

  private static final int LEFT_FIELDS = 3;

  /** Runs taken since the savepoint and not given back: first page and number of pages. */
  final PageTable taken = new PageTable();

  /** The state of the free space at the savepoint. */
  final SpaceMark mark = new SpaceMark();

  /** The pages of the savepoint around this one. */
  @Nullable SavepointPages outer;

  /** Older pages that the transaction no longer uses: first page, pages, 1 for a branch. */
  private long[] left = new long[8 * LEFT_FIELDS];

  private int leftEnd;

  /** Notes that an older page or run is no longer used. */
  void leave(long pgno, long pages, boolean branch) {
    if (leftEnd == left.length) {
      left = Arrays.copyOf(left, 2 * leftEnd);
    }
    left[leftEnd] = pgno;
    left[leftEnd + 1] = pages;
    left[leftEnd + 2] = branch ? 1 : 0;
    leftEnd += LEFT_FIELDS;
  }

  /** Handles a page or run that is no longer used. */
  interface Left {
    void of(long pgno, long pages, boolean branch);
  }

  void forEachLeft(Left action) {
    for (int i = 0; i < leftEnd; i += LEFT_FIELDS) {
      action.of(left[i], left[i + 1], left[i + 2] == 1);
    }
  }

  /** Visits the pages and runs that were taken. */
  void forEachTaken(PageTable.Entry action) {
    taken.forEach(action);
  }

  /** Visits the taken pages below a limit, adjacent ones together, in descending order. */
  void forEachTakenRun(long limit, PageTable.Entry action) {
    long[] pages = taken.sortedPages();
    long start = 0;
    long length = 0;
    for (int i = pages.length - 1; i >= 0; i--) {
      if (pages[i] >= limit) {
        continue;
      }
      long more = taken.number(pages[i]);
      if (length > 0 && pages[i] + more == start) {
        length += more;
      } else {
        if (length > 0) {
          action.of(start, length);
        }
        length = more;
      }
      start = pages[i];
    }
    if (length > 0) {
      action.of(start, length);
    }
  }

  /** Whether this object needs little memory and may serve the next savepoint. */
  boolean isSmall() {
    return taken.capacity() <= SMALL && left.length <= SMALL;
  }

  void clear() {
    taken.clear();
    leftEnd = 0;
    outer = null;
  }
}
