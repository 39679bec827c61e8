package dev.pando.txn.file;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import org.jspecify.annotations.Nullable;

/**
 * The failure after which nothing is written any more: of the write of a meta or of a log record,
 * or of a sync. It is unknown what is on disk then. Thread-safe.
 */
public final class FailureLatch {
  private final String file;
  private final LockFile lock;

  /** The first failure; null while there is none. */
  private volatile @Nullable StorageException failure;

  /** A failure without memory for a better message. */
  private final StorageException unknown =
      new StorageIoException("an error in the middle of a commit, perhaps no memory", null);

  private volatile Runnable onFailure = () -> {};

  FailureLatch(String file, LockFile lock) {
    this.file = file;
    this.lock = lock;
  }

  /** Sets the action that runs at once after a failed write or sync. */
  public void onFailure(Runnable action) {
    onFailure = action;
  }

  /** The content of the disk is unknown: nothing is written from now on. */
  public DatabaseFailedException fail(String what, StorageException cause) {
    failure = cause;
    onFailure.run();
    return failed("a " + what + " failed", cause);
  }

  /** Fails because this process has lost the turn: it must not write the file from now on. */
  public DatabaseFailedException lost() {
    DatabaseFailedException why = lock.lost();
    failure = why;
    return why;
  }

  /** As {@link #fail}, when there may be no memory. */
  public void latch() {
    failure = unknown;
    onFailure.run();
  }

  /** Refuses to go on after a failure. */
  public void check() {
    StorageException cause = failure;
    if (cause instanceof DatabaseFailedException) {
      throw lock.lost();
    }
    if (cause != null) {
      throw failed("an earlier write or sync of a commit failed", cause);
    }
  }

  /** The exception for a reader that waits for an increment whose write has failed. */
  public DatabaseFailedException whileHeld() {
    return new DatabaseFailedException(
        file
            + ": a write failed while an increment was applied; close the follower and open it"
            + " again, which applies the increment again",
        failure);
  }

  private DatabaseFailedException failed(String what, StorageException cause) {
    return new DatabaseFailedException(
        "%s: %s (%s), so it is not known what is on disk; readers go on, for writing close the database and open it again"
            .formatted(file, what, cause.getMessage()),
        cause);
  }

  /** Whether a write or a sync failed. */
  public boolean isSet() {
    return failure != null;
  }
}
