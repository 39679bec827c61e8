package dev.pando.txn.space;

import dev.pando.pager.PageHeader;

/** Takes the lowest reusable pages first, so that the end of the file becomes free. */
final class LowestPages {
  private final PageSet reusable;

  /** Pages are taken below this page number; 0 if they come from anywhere. */
  private long limit;

  /** The lowest page number that may be reusable. */
  private long from;

  /** The lowest one that is not below the limit. */
  private long beyond;

  LowestPages(PageSet reusable) {
    this.reusable = reusable;
  }

  /** Starts to take pages, below a limit as long as there are any. */
  void begin(long pages) {
    limit = pages;
    from = PageHeader.FIRST_PGNO;
    beyond = Math.max(limit, PageHeader.FIRST_PGNO);
  }

  void end() {
    limit = 0;
  }

  /** Whether the lowest pages are to be taken first. */
  boolean isOn() {
    return limit > 0;
  }

  long limit() {
    return limit;
  }

  /**
   * Takes adjacent pages; -1 if there are none. A long run may have no room below the limit.
   *
   * @param pageCount where the file ends
   */
  long take(long wanted, long pageCount) {
    from = reusable.nextIn(from, limit); // pages below this one are not free
    long found = reusable.firstRun(from, limit, wanted);
    if (found < 0) {
      beyond = reusable.nextIn(beyond, pageCount);
      found = reusable.firstRun(beyond, pageCount, wanted);
    }
    if (found >= 0) {
      long _ = reusable.removeRun(found, wanted);
    }
    return found;
  }
}
