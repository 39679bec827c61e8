package dev.pando.error;

/**
 * Changes that follow a reader's position are not in the change feed: they were dropped because the
 * feed reached its bound, or another reader has acknowledged them, or the position is of another
 * incarnation of the database, or after its newest commit. The reader must take a new copy, by a
 * backup or by {@code diff}, and go on after the commit that it shows.
 */
public final class FeedLostException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** The feed. */
  private final String feed;

  /** The first commit that is lost. */
  private final long firstLost;

  /** The first commit that is there. */
  private final long firstKept;

  /**
   * Says what is lost.
   *
   * @param message names the file, the feed, the position, what is lost and what to do
   * @param feed the feed
   * @param firstLost the first commit after the position that is lost, as far as is known: not
   *     before this one; 0 if the position is of another incarnation
   * @param firstKept the first commit that is there; 0 if there is none
   */
  public FeedLostException(String message, String feed, long firstLost, long firstKept) {
    super(message, null);
    this.feed = feed;
    this.firstLost = firstLost;
    this.firstKept = firstKept;
  }

  /** The name of the feed. */
  public String feed() {
    return feed;
  }

  /**
   * The transaction id of the first commit that is lost, or of one before it; 0 if the position is
   * of another incarnation.
   */
  public long firstLost() {
    return firstLost;
  }

  /** The transaction id of the first commit that is there; 0 if there is none. */
  public long firstKept() {
    return firstKept;
  }
}
