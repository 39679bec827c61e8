package dev.pando.txn.feed;

import dev.pando.pager.PageBytes;

/**
 * The first entry of a commit in a feed.
 *
 * @param serial the number of the commit in the feed, from 1 on
 * @param millis when it was committed, in milliseconds since 1970
 */
public record FeedHead(long serial, long millis) {
  /** The head of a commit that is made now. */
  static FeedHead now(long serial) {
    return new FeedHead(serial, Math.max(System.currentTimeMillis(), 0));
  }

  byte[] encode() {
    byte[] bytes = new byte[FeedLayout.HEAD_SIZE];
    PageBytes.put64(bytes, FeedLayout.SERIAL, serial);
    PageBytes.put64(bytes, FeedLayout.TIME, millis);
    return bytes;
  }

  /**
   * Reads a head.
   *
   * @param file for messages
   * @param feed for messages
   */
  public static FeedHead decode(String file, String feed, byte[] bytes) {
    FeedBytes from = new FeedBytes(file, feed, bytes);
    FeedHead head = new FeedHead(from.u64(), from.u64());
    from.atEnd();
    return head;
  }
}
