package dev.pando.txn.feed;

import org.jspecify.annotations.Nullable;

/** An entry of a commit in a feed, after its head. */
public sealed interface FeedEntry {
  /**
   * The changes that follow are of this table.
   *
   * @param name the table
   * @param keyCodec the id of its keys' codec
   * @param valueCodec the id of its values' codec
   * @param valueCodecBefore the id of that of the values before the commit
   */
  record OfTable(String name, String keyCodec, String valueCodec, String valueCodecBefore)
      implements FeedEntry {
    /** Whether the commit has given the table another codec of values; it may have no changes. */
    public boolean isConverted() {
      return !valueCodec.equals(valueCodecBefore);
    }
  }

  /**
   * A change of a key.
   *
   * @param kind {@link FeedLayout#ADDED}, {@link FeedLayout#CHANGED} or {@link
   *     FeedLayout#REMOVED_KEY}
   * @param before the value before; null if there was none, or if the feed does not keep it
   * @param after the value after; null if the key was removed
   */
  @SuppressWarnings("ArrayRecordComponent") // nothing compares or changes them
  record OfKey(int kind, byte[] key, byte @Nullable [] before, byte @Nullable [] after)
      implements FeedEntry {
    /** Whether the key is new. */
    public boolean isAdded() {
      return kind == FeedLayout.ADDED;
    }

    /** Whether the key is gone. */
    public boolean isRemoved() {
      return kind == FeedLayout.REMOVED_KEY;
    }
  }

  /**
   * Reads an entry.
   *
   * @param file for messages
   * @param feed for messages
   */
  static FeedEntry decode(String file, String feed, byte[] bytes) {
    FeedBytes from = new FeedBytes(file, feed, bytes);
    int kind = from.u8();
    boolean hasBefore = (kind & FeedLayout.WITH_BEFORE) != 0;
    return switch (kind & ~FeedLayout.WITH_BEFORE) {
      case FeedLayout.TABLE -> {
        OfTable table = new OfTable(from.tableName(), from.text(), from.text(), from.text());
        from.atEnd();
        yield table;
      }
      case FeedLayout.ADDED -> new OfKey(FeedLayout.ADDED, key(from), null, from.rest());
      case FeedLayout.REMOVED_KEY -> {
        byte[] key = key(from);
        byte[] before = hasBefore ? from.rest() : null;
        from.atEnd();
        yield new OfKey(FeedLayout.REMOVED_KEY, key, before, null);
      }
      case FeedLayout.CHANGED -> {
        byte[] key = key(from);
        byte[] before = hasBefore ? from.bytes(from.u32()) : null;
        yield new OfKey(FeedLayout.CHANGED, key, before, from.rest());
      }
      default -> throw from.wrong("a change of kind " + kind);
    };
  }

  private static byte[] key(FeedBytes from) {
    return from.bytes(from.u16());
  }
}
