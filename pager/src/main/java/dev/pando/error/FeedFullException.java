package dev.pando.error;

import org.jspecify.annotations.Nullable;

/**
 * A commit would take a change feed beyond its bound, and the feed holds writers back rather than
 * lose changes. The transaction was undone. Transactions that change no table of the feed can be
 * committed, and so can one that acknowledges changes. To go on, let the feed's reader acknowledge
 * what it has read, raise the bound, or drop the feed.
 */
public final class FeedFullException extends StorageException {
  private static final long serialVersionUID = 1L;

  /** The feed. */
  private final String feed;

  /** The lag with the commit. */
  private final long lag;

  /** The bound. */
  private final long limit;

  /**
   * Says what the feed would have.
   *
   * @param message names the file, the feed, what was found and what to do
   * @param feed the feed
   * @param lag what it would have with the commit: bytes, or commits
   * @param limit what it may have, in the same unit
   * @param cause the same exception of the thread that committed; null in that thread
   */
  public FeedFullException(
      String message, String feed, long lag, long limit, @Nullable Throwable cause) {
    super(message, cause);
    this.feed = feed;
    this.lag = lag;
    this.limit = limit;
  }

  /** The name of the feed. */
  public String feed() {
    return feed;
  }

  /** What the feed would have had with the commit: bytes, or commits, as the message says. */
  public long lag() {
    return lag;
  }

  /** What it may have, in the same unit. */
  public long limit() {
    return limit;
  }
}
