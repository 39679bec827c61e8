package dev.pando.error;

import org.jspecify.annotations.Nullable;

/**
 * A fault outside the program: in the file, on the disk, in another process that has the database
 * open, or too little memory for a transaction. The message names the file, what was found, what is
 * allowed, and what to do.
 */
public abstract sealed class StorageException extends RuntimeException
    permits BackupMismatchException,
        CorruptFileException,
        UnsupportedFormatException,
        StorageIoException,
        DatabaseLockedException,
        ReadOnlyException,
        RecoveryNeededException,
        DatabaseFailedException,
        DatabaseFullException,
        FollowerBlockedException,
        FollowerFileException,
        TransactionTooLargeException,
        FeedFullException,
        FeedLostException {
  private static final long serialVersionUID = 1L;

  StorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
