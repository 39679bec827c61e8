package dev.pando.txn.feed;

import dev.pando.error.CorruptFileException;
import java.nio.ByteBuffer;

/** The entries of a feed's tree (FORMAT.md, "Change feeds"). */
public final class FeedLayout {
  /**
   * u64, most significant byte first, in a key: the transaction, or 0 for the first two entries.
   */
  static final int TXN = 0;

  /** u64, most significant byte first, in a key: the number of an entry in its transaction. */
  static final int ORDINAL = TXN + Long.BYTES;

  /** Bytes of a key. */
  static final int KEY = ORDINAL + Long.BYTES;

  /** In transaction 0, the number of the settings. */
  static final long SETTINGS = 0;

  /** In transaction 0, the number of the state. */
  static final long STATE = 1;

  /** The number of a commit's head, before those of its changes. */
  static final long HEAD = 0;

  /** u8, in the settings: version of the entry. */
  static final int VERSION = 0;

  /** u8, in the settings: the sum of the flags. */
  static final int FLAGS = VERSION + Byte.BYTES;

  /** u16, in the settings: zero. */
  static final int RESERVED = FLAGS + Byte.BYTES;

  /** u64, in the settings: bytes that the feed may have; 0 for no bound. */
  static final int MAX_BYTES = RESERVED + Short.BYTES;

  /** u64, in the settings: commits that the feed may have; 0 for no bound. */
  static final int MAX_COMMITS = MAX_BYTES + Long.BYTES;

  /** u16, in the settings: the number of tables; then their names. */
  static final int TABLES = MAX_COMMITS + Long.BYTES;

  /** The version of the settings. */
  static final int CURRENT_VERSION = 1;

  /** In the settings' flags: at the bound writers are refused, and nothing is dropped. */
  static final int HOLDS = 1;

  /** In the settings' flags: values before a change are kept. */
  static final int BEFORE = 2;

  /** In the settings' flags: all tables are watched, and no names follow. */
  static final int ALL_TABLES = 4;

  /** u64, in the state: the last commit that was acknowledged, or that of the feed's creation. */
  static final int ACKNOWLEDGED = 0;

  /** u64, in the state: the first commit that was dropped since; 0 for none. */
  static final int FIRST_LOST = ACKNOWLEDGED + Long.BYTES;

  /** u64, in the state: the last commit that was dropped since; 0 for none. */
  static final int LAST_LOST = FIRST_LOST + Long.BYTES;

  /** u64, in the state: commits that were in the feed and have been removed. */
  static final int REMOVED = LAST_LOST + Long.BYTES;

  /** Bytes of the state. */
  static final int STATE_SIZE = REMOVED + Long.BYTES;

  /** u64, in a head: the number of the commit in the feed, from 1 on. */
  static final int SERIAL = 0;

  /** u64, in a head: when it was committed, in milliseconds since 1970. */
  static final int TIME = SERIAL + Long.BYTES;

  /** Bytes of a head. */
  static final int HEAD_SIZE = TIME + Long.BYTES;

  /** u8, first in a change: what it is. */
  static final int KIND = 0;

  /** A change's kind: the table of the changes that follow. */
  static final int TABLE = 1;

  /** A change's kind: a key was added. */
  static final int ADDED = 2;

  /** A change's kind: a key's value was changed. */
  static final int CHANGED = 3;

  /** A change's kind: a key was removed. */
  static final int REMOVED_KEY = 4;

  /** Added to a change's kind: the value before is there. */
  static final int WITH_BEFORE = 16;

  private FeedLayout() {}

  /** The key of an entry. */
  public static byte[] key(long txnId, long ordinal) {
    return ByteBuffer.allocate(KEY).putLong(txnId).putLong(ordinal).array();
  }

  /** The key before all entries of commits after one. */
  public static byte[] after(long txnId) {
    return key(txnId, -1);
  }

  /** The key of the settings. */
  public static byte[] settingsKey() {
    return key(0, SETTINGS);
  }

  /** The key of the state. */
  public static byte[] stateKey() {
    return key(0, STATE);
  }

  /**
   * The transaction of a key.
   *
   * @param file for messages
   * @param feed for messages
   */
  static long txnId(String file, String feed, byte[] key) {
    if (key.length != KEY) {
      throw FeedBytes.corrupt(
          file, feed, "a key of %d bytes, allowed %d".formatted(key.length, KEY));
    }
    long txnId = ByteBuffer.wrap(key).getLong(TXN);
    if (txnId < 0) {
      throw FeedBytes.corrupt(
          file, feed, "a key of transaction 0x%x, allowed less".formatted(txnId));
    }
    return txnId;
  }

  /**
   * The transaction of a key that was found after another one. In a crafted tree it may be any, and
   * a loop over transactions would not end.
   *
   * @param file for messages
   * @param feed for messages
   * @param after the transaction after which it was found
   * @param newest that of the snapshot
   */
  public static long txnId(String file, String feed, byte[] key, long after, long newest) {
    long txnId = txnId(file, feed, key);
    if (txnId <= after || txnId > newest) {
      throw FeedBytes.corrupt(
          file,
          feed,
          "a commit of transaction %d, allowed %d to %d".formatted(txnId, after + 1, newest));
    }
    return txnId;
  }

  /** The exception for a feed that lacks an entry. */
  public static CorruptFileException missing(String file, String feed, byte[] key) {
    ByteBuffer numbers = ByteBuffer.wrap(key);
    return FeedBytes.corrupt(
        file,
        feed,
        "entry %d of transaction %d is missing"
            .formatted(numbers.getLong(ORDINAL), numbers.getLong(TXN)));
  }

  /** The number of an entry in its transaction. */
  static long ordinal(byte[] key) {
    return ByteBuffer.wrap(key).getLong(ORDINAL);
  }
}
