package dev.pando.error;

import org.jspecify.annotations.Nullable;

/**
 * The system gives no memory for the changed pages of a transaction, which is outside the heap. The
 * transaction can only be closed, or rolled back to a savepoint, which releases its memory. Earlier
 * commits are unaffected, and the next transaction may write.
 */
public final class TransactionTooLargeException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Bytes of memory that the changed pages have. */
  private final long bytes;

  /**
   * Says how much memory the transaction has.
   *
   * @param message names the file, what was found and what to do
   * @param bytes of memory that the changed pages have
   * @param cause the error of the allocation
   */
  public TransactionTooLargeException(String message, long bytes, @Nullable Throwable cause) {
    super(message, cause);
    this.bytes = bytes;
  }

  /** Bytes of memory that the changed pages had when there was no more. */
  public long bytes() {
    return bytes;
  }
}
