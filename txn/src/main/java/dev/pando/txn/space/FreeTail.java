package dev.pando.txn.space;

/** Tells when the free end of the file is large enough, and has been for long, to be cut off. */
public final class FreeTail {
  /** It is when it is this share of the file, ... */
  private static final long SHARE = 4;

  /** ... at least so many bytes, ... */
  private static final long MIN_BYTES = 1 << 20;

  /** ... and has been for so many commits. */
  private static final int COMMITS = 16;

  private final int pageSize;

  /** Commits in a row that found much of the file's end free. */
  private int commits;

  /** The same, if the running commit succeeds. */
  private int commitsNow;

  FreeTail(int pageSize) {
    this.pageSize = pageSize;
  }

  /**
   * A commit finds some pages at the end free.
   *
   * @param atOnce whether they are to be cut off, however few
   * @return whether they are to be cut off
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

  /** The commit is on disk. */
  void keep() {
    commits = commitsNow;
  }
}
