package dev.pando.kafka.streams;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The keys of windows and sessions as Kafka writes them into changelogs: the record's key, and a
 * suffix of fixed length. A window's suffix is its start (8 bytes) and a number that tells
 * duplicates apart (4 bytes). A session's suffix is its end and its start (8 bytes each).
 */
enum KeyLayout {
  WINDOW(12) {
    @Override
    byte[] suffix(long time, long other) {
      return ByteBuffer.allocate(12).putLong(time).putInt((int) other).array();
    }

    @Override
    byte[] least(long from) {
      return suffix(Math.max(0, from), 0);
    }

    @Override
    byte[] greatest(long to) {
      return suffix(to, Integer.MAX_VALUE);
    }

    @Override
    long lastTime(long to) {
      return to;
    }

    @Override
    boolean isIn(Bytes key, long from, long to) {
      long start = time(key);
      return start >= from && start <= to;
    }
  },

  SESSION(16) {
    @Override
    byte[] suffix(long time, long other) {
      return ByteBuffer.allocate(16).putLong(time).putLong(other).array();
    }

    @Override
    byte[] least(long from) {
      return suffix(Math.max(0, from), 0);
    }

    @Override
    byte[] greatest(long to) {
      return suffix(Long.MAX_VALUE, to);
    }

    @Override
    long lastTime(long to) {
      return Long.MAX_VALUE; // a session may end long after the last start that is wanted
    }

    @Override
    boolean isIn(Bytes key, long from, long to) {
      return time(key) >= from && other(key) <= to;
    }
  };

  private final int suffixLength;

  KeyLayout(int suffixLength) {
    this.suffixLength = suffixLength;
  }

  /** A suffix: the time by which a key expires, and what else tells it apart. */
  abstract byte[] suffix(long time, long other);

  /** The least suffix of what is in the times from here on. */
  abstract byte[] least(long from);

  /** The greatest suffix of what is in the times up to here. */
  abstract byte[] greatest(long to);

  /** The greatest expiry time of what is in the times up to here. */
  abstract long lastTime(long to);

  /** Whether a window starts, or a session is, between two times. */
  abstract boolean isIn(Bytes key, long from, long to);

  Bytes key(Bytes recordKey, long time, long other) {
    return Bytes.wrap(join(recordKey.get(), suffix(time, other)));
  }

  Bytes recordKey(Bytes key) {
    return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length - suffixLength));
  }

  /** The window's start, the session's end: the time by which the key expires. */
  long time(Bytes key) {
    return ByteBuffer.wrap(key.get()).getLong(key.get().length - suffixLength);
  }

  /** The session's start. */
  long other(Bytes key) {
    return ByteBuffer.wrap(key.get()).getLong(key.get().length - 8);
  }

  /** All keys of one record key in the times; also keys of some longer record keys. */
  Interval only(Bytes recordKey, long from, long to) {
    return Interval.closed(
        Bytes.wrap(join(recordKey.get(), least(from))),
        Bytes.wrap(join(recordKey.get(), greatest(to))));
  }

  /** All keys of an interval of record keys in the times; also others. */
  Interval between(@Nullable Bytes from, @Nullable Bytes to, long lastTime) {
    return Interval.closed(from, to == null ? null : greatest(to.get(), greatest(lastTime)));
  }

  /** The greatest key of a record key up to this one: of it, or of one that it begins with. */
  private static Bytes greatest(byte[] recordKey, byte[] suffix) {
    byte[] greatest = join(recordKey, suffix);
    for (int length = recordKey.length - 1; length >= 0; length--) {
      int rest = Math.min(suffix.length, greatest.length - length);
      int order = Arrays.compareUnsigned(suffix, 0, rest, greatest, length, length + rest);
      if (order > 0) {
        greatest = join(Arrays.copyOf(recordKey, length), suffix);
      }
    }
    return Bytes.wrap(greatest);
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }
}
