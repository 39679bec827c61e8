package dev.pando.error;

import org.jspecify.annotations.Nullable;

/**
 * Something outside the program went wrong: the file, the disk, or another process that has the
 * database open. The message names the file, what was found, what would have been right, and what
 * to do.
 */
public abstract sealed class StorageException extends RuntimeException
    permits CorruptFileException,
        UnsupportedFormatException,
        StorageIoException,
        DatabaseLockedException,
        ReadOnlyException,
        DatabaseFailedException,
        DatabaseFullException {
  private static final long serialVersionUID = 1L;

  StorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
