package dev.pando.txn.space;

/** Decides when the free end of the file has been large enough for long enough to be truncated. */
final class FreeTail {
  /** Divisor of the file's pages: the smallest free trailing part to truncate. */
  private static final long SHARE = 4;

  /** Smallest free trailing part to truncate, in bytes. */
  private static final long MIN_BYTES = 1 << 20;

  /** Commits in a row that must find that part large enough. */
  private static final int COMMITS = 16;

  private final int pageSize;

  /** Commits in a row that found the free trailing part large enough. */
  private int commits;

  /** The value of {@link #commits} if the running commit succeeds. */
  private int commitsNow;

  FreeTail(int pageSize) {
    this.pageSize = pageSize;
  }

  /**
   * Notes that a commit finds some trailing pages free.
   *
   * @param atOnce whether they are to be truncated now, however few they are
   * @return whether they are to be truncated
   */
  boolean isDue(long tail, long pageCount, boolean atOnce) {
    boolean large = tail * SHARE >= pageCount && tail * pageSize >= MIN_BYTES;
    commitsNow = large ? commits + 1 : 0;
    if (tail > 0 && (atOnce || commitsNow >= COMMITS)) {
      commitsNow = 0;
      return true;
    }
    return false;
  }

  /** Notes that the commit is on disk. */
  void keep() {
    commits = commitsNow;
  }
}
