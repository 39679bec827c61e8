package dev.pando.txn.dirty;

import dev.pando.txn.space.SpaceMark;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a write transaction since its newest savepoint, of which there is one such object
 * each. Pages that the transaction took since may be changed and given back at once. Its older ones
 * stay as they are, in memory and in the file: a change copies them to other page numbers, as it
 * does with pages of older transactions, and they are given back when no savepoint is left that
 * needs them.
 *
 * <p>See DECISIONS.md, 'Savepoints by copy-on-write'.
 */
public final class SavepointPages {
  /** A table of so many pages is cleared in no time, so it is worth keeping. */
  private static final int SMALL = 1024;

  private static final int LEFT_FIELDS = 3;

  /** Pages taken since the savepoint and not given back: their numbers in the table are runs. */
  final PageTable taken = new PageTable();

  /** What the free space was like. */
  final SpaceMark mark = new SpaceMark();

  /** Those of the savepoint around this one. */
  @Nullable SavepointPages outer;

  /** Older pages that the transaction does not use any more: first page, pages, 1 for a branch. */
  private long[] left = new long[8 * LEFT_FIELDS];

  private int leftEnd;

  /** Notes that an older page or run is not used any more. */
  void leave(long pgno, long pages, boolean branch) {
    if (leftEnd == left.length) {
      left = Arrays.copyOf(left, 2 * leftEnd);
    }
    left[leftEnd] = pgno;
    left[leftEnd + 1] = pages;
    left[leftEnd + 2] = branch ? 1 : 0;
    leftEnd += LEFT_FIELDS;
  }

  /** What is done with a page or run that was left. */
  interface Left {
    void of(long pgno, long pages, boolean branch);
  }

  void forEachLeft(Left action) {
    for (int i = 0; i < leftEnd; i += LEFT_FIELDS) {
      action.of(left[i], left[i + 1], left[i + 2] == 1);
    }
  }

  /** Hands out the pages and runs that were taken. */
  void forEachTaken(PageTable.Entry action) {
    taken.forEach(action);
  }

  /**
   * Hands out the pages that were taken and lie below a limit, neighbours together, the last ones
   * first.
   */
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

  /** Whether it needs little memory and may serve the next savepoint. */
  boolean isSmall() {
    return taken.capacity() <= SMALL && left.length <= SMALL;
  }

  void clear() {
    taken.clear();
    leftEnd = 0;
    outer = null;
  }
}
