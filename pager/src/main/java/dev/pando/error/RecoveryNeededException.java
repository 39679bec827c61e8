package dev.pando.error;

/**
 * A database was opened for reading only, but a crash has left commits that are only in its commit
 * log. Opening it for writing replays them. Or a follower's file has an increment that was applied
 * in part; {@code Follower.open} applies it again.
 */
public final class RecoveryNeededException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file and the commit that its pages have. */
  public RecoveryNeededException(String message) {
    super(message, null);
  }
}
