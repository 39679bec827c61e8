package dev.pando.error;

import org.jspecify.annotations.Nullable;

/** The operating system refused or failed an operation on a file. The cause is its own error. */
public final class StorageIoException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file and the operation. */
  public StorageIoException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
