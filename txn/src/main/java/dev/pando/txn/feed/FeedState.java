package dev.pando.txn.feed;

import dev.pando.pager.PageBytes;

/**
 * How far a feed was read, and what was dropped.
 *
 * @param acknowledged the last commit that was acknowledged; before the first one, that of the
 *     feed's creation
 * @param firstLost the first commit that was dropped since; 0 for none
 * @param lastLost the last commit that was dropped since; 0 for none
 * @param removed commits that were in the feed and have been removed
 */
public record FeedState(long acknowledged, long firstLost, long lastLost, long removed) {
  /** The state when a feed is created. */
  static FeedState created(long txnId) {
    return new FeedState(txnId, 0, 0, 0);
  }

  /** Commits after this one are all in the feed. */
  public long completeAfter() {
    return Math.max(acknowledged, lastLost);
  }

  /**
   * How many commits are in the feed.
   *
   * @param file for messages
   * @param feed for messages
   * @param newest the head of the newest one
   */
  public long commits(String file, String feed, FeedHead newest) {
    if (newest.serial() < removed) {
      throw FeedBytes.corrupt(
          file,
          feed,
          "the newest commit has number %d, and %d were removed"
              .formatted(newest.serial(), removed));
    }
    return newest.serial() - removed;
  }

  /** All commits up to one were acknowledged, and so many were removed in all. */
  FeedState acknowledged(long txnId, long removedInAll) {
    boolean covers = txnId >= lastLost;
    return new FeedState(txnId, covers ? 0 : firstLost, covers ? 0 : lastLost, removedInAll);
  }

  /** The oldest commits were dropped, from one to another, and so many were removed in all. */
  FeedState dropped(long first, long last, long removedInAll) {
    return new FeedState(acknowledged, firstLost == 0 ? first : firstLost, last, removedInAll);
  }

  byte[] encode() {
    byte[] bytes = new byte[FeedLayout.STATE_SIZE];
    PageBytes.put64(bytes, FeedLayout.ACKNOWLEDGED, acknowledged);
    PageBytes.put64(bytes, FeedLayout.FIRST_LOST, firstLost);
    PageBytes.put64(bytes, FeedLayout.LAST_LOST, lastLost);
    PageBytes.put64(bytes, FeedLayout.REMOVED, removed);
    return bytes;
  }

  /**
   * Reads a state.
   *
   * @param file for messages
   * @param feed for messages
   */
  public static FeedState decode(String file, String feed, byte[] bytes) {
    FeedBytes from = new FeedBytes(file, feed, bytes);
    FeedState state = new FeedState(from.u64(), from.u64(), from.u64(), from.u64());
    from.atEnd();
    if (state.firstLost > state.lastLost || (state.firstLost == 0) != (state.lastLost == 0)) {
      throw from.wrong("commits %d to %d are lost".formatted(state.firstLost, state.lastLost));
    }
    return state;
  }
}
