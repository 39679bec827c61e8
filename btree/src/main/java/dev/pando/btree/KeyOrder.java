package dev.pando.btree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Pando's only order: unsigned lexicographic; a proper prefix of a key comes before the key. */
public final class KeyOrder {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private KeyOrder() {}

  /** Returns less than, equal to or more than 0: the first key is before, at, after the second. */
  public static int compare(
      MemorySegment a, long aOffset, long aLength, MemorySegment b, long bOffset, long bLength) {
    long at = MemorySegment.mismatch(a, aOffset, aOffset + aLength, b, bOffset, bOffset + bLength);
    if (at < 0) {
      return 0;
    }
    if (at == aLength || at == bLength) {
      return Long.compare(aLength, bLength);
    }
    return Byte.compareUnsigned(
        a.get(ValueLayout.JAVA_BYTE, aOffset + at), b.get(ValueLayout.JAVA_BYTE, bOffset + at));
  }

  /** Compares two keys that are whole segments. */
  public static int compare(MemorySegment a, MemorySegment b) {
    return compare(a, 0, a.byteSize(), b, 0, b.byteSize());
  }

  /** Compares a key with one that is a whole segment. */
  public static int compare(Slice a, MemorySegment b) {
    return compare(a.segment, a.offset, a.length, b, 0, b.byteSize());
  }

  static int compare(Slice a, Slice b) {
    return compare(a.segment, a.offset, a.length, b.segment, b.offset, b.length);
  }

  /** Returns how many leading bytes the two keys share. */
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
   * Returns the head of a key: the four bytes after its first {@code prefix} bytes, zero-padded, as
   * a number. The unsigned order of heads is the order of these bytes.
   *
   * @param length the key's length; bytes after it are not read
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
