package dev.pando.error;

/** The database is open elsewhere: in another process, or a second time in this one. */
public final class DatabaseLockedException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** The lock file. */
  private final String path;

  /** The process that holds the lock, -1 if it is not known. */
  private final long pid;

  /**
   * Names the holder.
   *
   * @param path the lock file
   * @param pid the process that holds the lock, -1 if it is not known
   * @param reason which process or program holds it, and what to do
   */
  public DatabaseLockedException(String path, long pid, String reason) {
    super(path + ": " + reason, null);
    this.path = path;
    this.pid = pid;
  }

  /** The lock file. */
  public String path() {
    return path;
  }

  /** The process that holds the lock, -1 if it is not known. */
  public long pid() {
    return pid;
  }
}
