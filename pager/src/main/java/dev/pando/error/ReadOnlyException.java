package dev.pando.error;

/** A write was called on a database that was opened for reading only. */
public final class ReadOnlyException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file and what was tried. */
  public ReadOnlyException(String message) {
    super(message, null);
  }
}
