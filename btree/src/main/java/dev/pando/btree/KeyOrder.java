package dev.pando.btree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Pando's only order: unsigned lexicographic, a proper prefix before what it begins. */
final class KeyOrder {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private KeyOrder() {}

  /** Negative, zero or positive as the first key is before, at or after the second. */
  static int compare(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i + Long.BYTES <= common; i += Long.BYTES) {
      long x = a.get(LONG, aOffset + i);
      long y = b.get(LONG, bOffset + i);
      if (x != y) {
        return Long.compareUnsigned(x, y);
      }
    }
    if (i + Integer.BYTES <= common) {
      int x = a.get(INT, aOffset + i);
      int y = b.get(INT, bOffset + i);
      if (x != y) {
        return Integer.compareUnsigned(x, y);
      }
      i += Integer.BYTES;
    }
    for (; i < common; i++) {
      int x = a.get(ValueLayout.JAVA_BYTE, aOffset + i) & 0xFF;
      int y = b.get(ValueLayout.JAVA_BYTE, bOffset + i) & 0xFF;
      if (x != y) {
        return x - y;
      }
    }
    return aLength - bLength;
  }

  /** As {@link #compare(MemorySegment, long, int, MemorySegment, long, int)}. */
  static int compare(Slice a, Slice b) {
    return compare(a.segment, a.offset, (int) a.length, b.segment, b.offset, (int) b.length);
  }

  /** How many leading bytes the two keys share. */
  static int commonPrefix(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int common = Math.min(aLength, bLength);
    int i = 0;
    for (; i + Long.BYTES <= common; i += Long.BYTES) {
      long difference = a.get(LONG, aOffset + i) ^ b.get(LONG, bOffset + i);
      if (difference != 0) {
        return i + (Long.numberOfLeadingZeros(difference) >>> 3);
      }
    }
    while (i < common
        && a.get(ValueLayout.JAVA_BYTE, aOffset + i) == b.get(ValueLayout.JAVA_BYTE, bOffset + i)) {
      i++;
    }
    return i;
  }

  /**
   * The head of a key: the four bytes behind its first {@code prefix} bytes, zero padded, as a
   * number whose unsigned order is the bytes' order.
   *
   * @param length the key's length; bytes behind it are not read
   */
  static int head(MemorySegment key, long offset, int length, int prefix) {
    int rest = length - prefix;
    if (rest >= Integer.BYTES) {
      return key.get(INT, offset + prefix);
    }
    int head = 0;
    for (int i = 0; i < rest; i++) {
      head |= (key.get(ValueLayout.JAVA_BYTE, offset + prefix + i) & 0xFF) << (24 - 8 * i);
    }
    return head;
  }
}
