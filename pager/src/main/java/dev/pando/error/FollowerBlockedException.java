package dev.pando.error;

/**
 * An increment was not applied to a follower's file, because a reader still shows a commit whose
 * pages it overwrites. Nothing was changed. Let the reader end, and apply an increment again.
 */
public final class FollowerBlockedException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** The reader's process, -1 if it is not known. */
  private final long pid;

  /** The commit that it shows, -1 if it is not known. */
  private final long txnId;

  /**
   * Names the reader.
   *
   * @param pid its process, -1 if it is not known
   * @param txnId the commit that it shows, -1 if it is not known
   */
  public FollowerBlockedException(long pid, long txnId, String message) {
    super(message, null);
    this.pid = pid;
    this.txnId = txnId;
  }

  /** The reader's process, -1 if it is not known: it reads without the lock file. */
  public long pid() {
    return pid;
  }

  /** The commit that it shows, -1 if it is not known. */
  public long txnId() {
    return txnId;
  }
}
