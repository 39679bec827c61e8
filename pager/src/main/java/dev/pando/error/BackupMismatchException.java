package dev.pando.error;

/**
 * An increment of a backup does not follow what it is to be added to: the database is another one,
 * or it was restored from a backup since, or an increment is missing or in the wrong place. Nothing
 * was changed. For an increment that was to be written: make a full backup instead. For a restore:
 * name the full backup, and all increments since, in their order.
 */
public final class BackupMismatchException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file, what was found and what is needed. */
  public BackupMismatchException(String message) {
    super(message, null);
  }
}
