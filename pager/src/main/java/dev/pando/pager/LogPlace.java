package dev.pando.pager;

import org.jspecify.annotations.Nullable;

/**
 * Where the commit log of a database is, according to a meta, and where recovery continues in it.
 * The log's pages are free pages of each commit, which writers leave alone. The log has two halves
 * of equal size, and no record crosses from one into the other.
 *
 * @param pgno the first page; 0 without a log, and then the other numbers are 0 as well
 * @param pages pages of both halves
 * @param next where the record that follows this meta's commit begins, in bytes from the log's
 *     beginning, unless it begins the other half
 * @param after the transaction that such a record follows: the meta's own, or that of the commit
 *     whose content the meta repeats
 */
public record LogPlace(long pgno, long pages, long next, long after) {
  /** No log. */
  public static final LogPlace NONE = new LogPlace(0, 0, 0, 0);

  /** Whether there is a log. */
  public boolean exists() {
    return pgno != 0;
  }

  /** The same log with other numbers for recovery. */
  public LogPlace at(long newNext, long newAfter) {
    return exists() ? new LogPlace(pgno, pages, newNext, newAfter) : NONE;
  }

  /** The same log, for a meta whose transaction the next record follows. */
  public LogPlace after(long txnId) {
    return at(next, txnId);
  }

  /** Bytes of one half. */
  public long halfBytes(int pageSize) {
    return pages / 2 * pageSize;
  }

  /** Returns what is out of range; null if nothing is. */
  @Nullable String problem(int pageSize, long pageCount, long txnId) {
    if (!exists()) {
      String problem = TreeRootLayout.range("pages of no commit log", pages, 0, 0);
      problem = problem == null ? TreeRootLayout.range("place in no log", next, 0, 0) : problem;
      return problem == null ? TreeRootLayout.range("commit in no log", after, 0, 0) : problem;
    }
    String problem =
        TreeRootLayout.range("commit log's page", pgno, PageHeader.FIRST_PGNO, pageCount - 2);
    if (problem == null) {
      problem = TreeRootLayout.range("commit log's pages", pages, 2, pageCount - pgno);
    }
    if (problem == null && pages % 2 != 0) {
      problem = "commit log's pages=" + pages + ", allowed: an even number";
    }
    if (problem == null) {
      problem = TreeRootLayout.range("place in the commit log", next, 0, pages * pageSize);
    }
    if (problem == null && next % LogLayout.blockBytes(pageSize) != 0) {
      problem = "place in the commit log=" + next + ", allowed: the beginning of a block";
    }
    return problem == null
        ? TreeRootLayout.range("commit before the log's next record", after, 0, txnId)
        : problem;
  }
}
