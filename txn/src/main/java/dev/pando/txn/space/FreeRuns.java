package dev.pando.txn.space;

import dev.pando.pager.FreeRun;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects differences from the free tree, by page number, and joins those that belong together.
 */
public final class FreeRuns {
  /** A meta has 32 bits for the pages of a run. */
  private static final long LONGEST = (1L << Integer.SIZE) - 1;

  private final int most;
  private final List<FreeRun> runs = new ArrayList<>();
  private long start;
  private long end;
  private boolean free;

  /**
   * No runs.
   *
   * @param most there is room for
   */
  FreeRuns(int most) {
    this.most = most;
  }

  /** Adds pages after all others; nothing if there are too many already. */
  void add(long pgno, long pages, boolean isFree) {
    if (pgno != end || isFree != free) {
      finish();
      start = pgno;
      free = isFree;
    }
    end = pgno + pages;
  }

  private void finish() {
    for (; start < end && !areTooMany(); start += Math.min(end - start, LONGEST)) {
      runs.add(new FreeRun(start, Math.min(end - start, LONGEST), free));
    }
  }

  boolean areTooMany() {
    return runs.size() > most;
  }

  /** The first page after the last run. */
  long end() {
    return end;
  }

  /** The runs; one too many if there is no room for all. */
  List<FreeRun> list() {
    finish();
    return runs;
  }
}
