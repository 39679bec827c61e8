package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;

/**
 * Little-endian numbers in a byte array, put together by hand. For code that runs a few times in a
 * commit or once at opening, and so is interpreted for long: there one read of a {@link
 * MemorySegment} takes as long as some twenty reads here. Such code copies a page once and reads
 * the copy. Where compiled code reads single words of mapped pages, segments are as fast and need
 * no copy.
 */
public final class PageBytes {
  private PageBytes() {}

  /** A copy of some bytes of a page. */
  public static byte[] copy(MemorySegment page, long offset, int bytes) {
    byte[] copy = new byte[bytes];
    MemorySegment.copy(page, ValueLayout.JAVA_BYTE, offset, copy, 0, bytes);
    return copy;
  }

  /** Copies bytes into a page in private memory. */
  public static void copyTo(byte[] bytes, MemorySegment page, long offset) {
    MemorySegment.copy(bytes, 0, page, ValueLayout.JAVA_BYTE, offset, bytes.length);
  }

  /** An unsigned byte. */
  public static int u8(byte[] page, int at) {
    return page[at] & 0xFF;
  }

  /** An unsigned number of 2 bytes. */
  public static int u16(byte[] page, int at) {
    return u8(page, at) | u8(page, at + 1) << 8;
  }

  /** A number of 4 bytes. */
  static int i32(byte[] page, int at) {
    return u16(page, at) | u16(page, at + 2) << 16;
  }

  /** An unsigned number of 4 bytes. */
  public static long u32(byte[] page, int at) {
    return i32(page, at) & 0xFFFF_FFFFL;
  }

  /** An unsigned number of 6 bytes. */
  public static long u48(byte[] page, int at) {
    return u32(page, at) | (long) u16(page, at + 4) << 32;
  }

  /** A number of 8 bytes. */
  public static long u64(byte[] page, int at) {
    return u32(page, at) | (long) i32(page, at + 4) << 32;
  }

  /** A UUID, in the order in which it is printed. */
  static UUID uuid(byte[] page, int at) {
    return new UUID(
        Long.reverseBytes(u64(page, at)), Long.reverseBytes(u64(page, at + Long.BYTES)));
  }

  /** Stores a UUID, in the order in which it is printed. */
  static void putUuid(byte[] page, int at, UUID id) {
    put64(page, at, Long.reverseBytes(id.getMostSignificantBits()));
    put64(page, at + Long.BYTES, Long.reverseBytes(id.getLeastSignificantBits()));
  }

  /** Stores the low 2 bytes of a number. */
  public static void put16(byte[] page, int at, int value) {
    page[at] = (byte) value;
    page[at + 1] = (byte) (value >>> 8);
  }

  /** Stores 4 bytes. */
  public static void put32(byte[] page, int at, int value) {
    put16(page, at, value);
    put16(page, at + 2, value >>> 16);
  }

  /** Stores the low 6 bytes of a number. */
  static void put48(byte[] page, int at, long value) {
    put32(page, at, (int) value);
    put16(page, at + 4, (int) (value >>> 32));
  }

  /** Stores 8 bytes. */
  public static void put64(byte[] page, int at, long value) {
    put32(page, at, (int) value);
    put32(page, at + 4, (int) (value >>> 32));
  }
}
