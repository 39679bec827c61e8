package dev.pando.error;

import org.jspecify.annotations.Nullable;

/**
 * An earlier write or sync of a commit failed, so it is not known what is on disk. The database
 * refuses further writes until it is closed and opened again; readers continue.
 */
public final class DatabaseFailedException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file, and the first failure as cause. */
  public DatabaseFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
