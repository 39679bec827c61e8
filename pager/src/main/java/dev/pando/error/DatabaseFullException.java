package dev.pando.error;

import org.jspecify.annotations.Nullable;

/**
 * No room: the disk, a quota, the limit of a file, or the limit set for the database. The
 * transaction that met it fails. Earlier commits stay readable, and writing works again when there
 * is room.
 */
public final class DatabaseFullException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file and the limit, and the system's own error if any. */
  public DatabaseFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
