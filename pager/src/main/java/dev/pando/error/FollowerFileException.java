package dev.pando.error;

/**
 * A follower's file is not to be written as a database, or a file that is no follower's was to
 * follow another database. Increments of the database that it follows change a follower's file, and
 * nothing else does, until {@code Follower.promote} gives it an incarnation of its own.
 */
public final class FollowerFileException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** Takes a message that names the file, what it is and what to do. */
  public FollowerFileException(String message) {
    super(message, null);
  }
}
