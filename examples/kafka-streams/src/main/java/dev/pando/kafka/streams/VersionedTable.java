package dev.pando.kafka.streams;

import dev.pando.Range;
import dev.pando.Table;
import dev.pando.WriteTxn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The versions of each key, and when each of them stops being valid. Two kinds of entries share the
 * store's table. A version is at 1, the length of the key, the key, its time; its value begins with
 * 1, or is 0 alone if the key was deleted then. An expiry is at 2, the time at which the version
 * stops being valid, the version's key. The newest version of a key has no expiry unless it is a
 * deletion, which is of no use once it is old.
 */
final class VersionedTable {
  private static final byte VERSION = 1;
  private static final byte EXPIRY = 2;
  private static final byte[] DELETED = {0};

  /** No time of a version. */
  static final long NONE = Long.MIN_VALUE;

  private final StoreTable table;

  VersionedTable(StoreTable table) {
    this.table = table;
  }

  /** A version of a key: from when on it is valid, and its value, or null for a deletion. */
  @SuppressWarnings("ArrayRecordComponent") // versions are not compared
  record Version(long from, byte @Nullable [] value) {}

  private static Bytes versions(Bytes key) {
    byte[] bytes = key.get();
    return Bytes.wrap(
        ByteBuffer.allocate(5 + bytes.length).put(VERSION).putInt(bytes.length).put(bytes).array());
  }

  private static Bytes stored(Bytes key, long time) {
    byte[] versions = versions(key).get();
    return Bytes.wrap(
        ByteBuffer.allocate(versions.length + Long.BYTES)
            .put(versions)
            .putLong(time ^ Long.MIN_VALUE)
            .array());
  }

  private static byte[] expiry(long time) {
    return ByteBuffer.allocate(9).put(EXPIRY).putLong(time ^ Long.MIN_VALUE).array();
  }

  private static Bytes expiry(long time, Bytes stored) {
    return Bytes.wrap(KeyLayout.join(expiry(time), stored.get()));
  }

  private static Version decode(Bytes stored, byte[] value) {
    int end = stored.get().length;
    long time = ByteBuffer.wrap(stored.get()).getLong(end - Long.BYTES) ^ Long.MIN_VALUE;
    return new Version(time, value[0] == 0 ? null : Arrays.copyOfRange(value, 1, value.length));
  }

  /** The version that is valid at a time; null if there is none. */
  @Nullable Version at(Bytes key, long time) {
    Interval upTo = Interval.closed(stored(key, Long.MIN_VALUE), stored(key, time));
    return decoded(table.first(upTo, false));
  }

  /** The version that comes after a time; null if there is none. */
  @Nullable Version after(Bytes key, long time) {
    if (time == Long.MAX_VALUE) {
      return null;
    }
    Interval later = Interval.closed(stored(key, time + 1), stored(key, Long.MAX_VALUE));
    return decoded(table.first(later, true));
  }

  private static @Nullable Version decoded(Map.@Nullable Entry<Bytes, byte[]> found) {
    return found == null ? null : decode(found.getKey(), found.getValue());
  }

  /** All versions of a key, ascending, of one moment. */
  List<Version> all(Bytes key) {
    List<Version> found = new ArrayList<>();
    Interval versions = Interval.prefix(versions(key).get());
    try (StoreIterator entries = StoreIterator.of(table, versions, true)) {
      while (entries.hasNext()) {
        var entry = entries.next();
        found.add(decode(entry.key, entry.value));
      }
    }
    return found;
  }

  /**
   * Adds a version, or replaces the one of the same time.
   *
   * @return the time of the next version, at which it stops being valid; {@link #NONE} if it is the
   *     newest
   */
  long put(Bytes key, byte @Nullable [] value, long time) {
    Version next = after(key, time);
    Version before = time == Long.MIN_VALUE ? null : at(key, time - 1);
    if (before != null) {
      Bytes stored = stored(key, before.from);
      if (next != null) {
        table.put(expiry(next.from, stored), null);
      } else if (before.value == null) {
        table.put(expiry(before.from, stored), null);
      }
      table.put(expiry(time, stored), new byte[0]);
    }
    Bytes stored = stored(key, time);
    table.put(stored, value == null ? DELETED : KeyLayout.join(new byte[] {1}, value));
    if (next != null) {
      table.put(expiry(next.from, stored), new byte[0]);
    } else {
      table.put(expiry(time, stored), value == null ? new byte[0] : null);
    }
    return next == null ? NONE : next.from;
  }

  /** Removes, in a commit, the versions that stopped being valid before a time. */
  void removeExpired(WriteTxn tx, long time) {
    Table<byte[], byte[]> entries = table.entries();
    Range<byte[]> expired = Range.closedOpen(new byte[] {EXPIRY}, expiry(time));
    for (var entry : tx.scan(entries, expired)) {
      tx.delete(entries, Arrays.copyOfRange(entry.key(), 9, entry.key().length));
    }
    tx.deleteRange(entries, expired);
  }
}
