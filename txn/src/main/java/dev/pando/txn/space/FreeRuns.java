package dev.pando.txn.space;

import dev.pando.pager.FreeRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects differences from the free tree, by page number, and joins adjacent ones. */
final class FreeRuns {
  /** Pages of the longest run: a meta has 32 bits for them. */
  private static final long LONGEST = (1L << Integer.SIZE) - 1;

  private final int most;
  private final List<FreeRun> runs;

  /** The run from {@link #start} to {@link #whole}, if it was added unchanged; null otherwise. */
  private @Nullable FreeRun last;

  private long whole;
  private long start;
  private long end;
  private boolean free;

  /**
   * Makes an empty list.
   *
   * @param most the most runs that there is room for
   * @param likely the likely number of runs
   */
  FreeRuns(int most, int likely) {
    this.most = most;
    this.runs = new ArrayList<>(likely);
  }

  /** Adds pages after all others; does nothing if there are too many runs already. */
  void add(long pgno, long pages, boolean isFree) {
    if (pgno != end || isFree != free) {
      finish();
      start = pgno;
      free = isFree;
    }
    end = pgno + pages;
  }

  /** As {@link #add(long, long, boolean)}, for the pages [first, stop) of a run. */
  void add(FreeRun run, long first, long stop) {
    if (first != end || run.free() != free) {
      finish();
      start = first;
      free = run.free();
      last = run;
      whole = stop;
    }
    end = stop;
  }

  private void finish() {
    FreeRun found = last;
    last = null;
    if (found != null && end == whole && !areTooMany()) {
      runs.add(found); // nothing was joined to it
      start = end;
      return;
    }
    for (; start < end && !areTooMany(); start += Math.min(end - start, LONGEST)) {
      runs.add(new FreeRun(start, Math.min(end - start, LONGEST), free));
    }
  }

  boolean areTooMany() {
    return runs.size() > most;
  }

  /** Returns the first page after the last run. */
  long end() {
    return end;
  }

  /** Returns the runs; one too many if there is no room for all. */
  List<FreeRun> list() {
    finish();
    return runs;
  }
}
