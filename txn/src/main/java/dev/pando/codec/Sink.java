package dev.pando.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The bytes that a codec writes: native memory that grows as needed and is reused from value to
 * value, so that encoding makes no garbage. Has at most {@link #MAX_LENGTH} bytes; writing more
 * throws {@link IllegalArgumentException}. A codec that throws may leave a part of its value in the
 * sink. Not thread-safe.
 */
public final class Sink {
  /** Bytes that a sink has at most: 2 GiB - 1. */
  public static final int MAX_LENGTH = Integer.MAX_VALUE;

  private static final int INITIAL_CAPACITY = 256;
  static final ValueLayout.OfShort SHORT_BE = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
  static final ValueLayout.OfInt INT_BE = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
  static final ValueLayout.OfLong LONG_BE = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

  private MemorySegment segment;
  private int length;

  /** Codecs around the value that a {@link SelfCodec} writes. */
  private int depth;

  /** An empty sink. */
  public Sink() {
    segment = allocate(INITIAL_CAPACITY);
  }

  /** How many bytes were written since the last {@link #clear}. */
  public int length() {
    return length;
  }

  /**
   * The memory; its first {@link #length} bytes were written. Another segment replaces it when the
   * sink grows.
   */
  public MemorySegment segment() {
    return segment;
  }

  /** Removes all bytes, and keeps the memory. */
  public void clear() {
    length = 0;
  }

  /** A copy of the bytes that were written. */
  public byte[] toArray() {
    byte[] copy = new byte[length];
    MemorySegment.copy(segment, JAVA_BYTE, 0, copy, 0, length);
    return copy;
  }

  /** Writes the low eight bits of a number. */
  public void putByte(int value) {
    segmentWithRoom(Byte.BYTES).set(JAVA_BYTE, length, (byte) value);
    length += Byte.BYTES;
  }

  /** Writes the low sixteen bits of a number, the most significant first. */
  public void putShortBE(int value) {
    segmentWithRoom(Short.BYTES).set(SHORT_BE, length, (short) value);
    length += Short.BYTES;
  }

  /** Writes four bytes, the most significant first. */
  public void putIntBE(int value) {
    segmentWithRoom(Integer.BYTES).set(INT_BE, length, value);
    length += Integer.BYTES;
  }

  /** Writes eight bytes, the most significant first. */
  public void putLongBE(long value) {
    segmentWithRoom(Long.BYTES).set(LONG_BE, length, value);
    length += Long.BYTES;
  }

  /** Writes a whole array. */
  public void putBytes(byte[] bytes) {
    putBytes(bytes, 0, bytes.length);
  }

  /**
   * Writes a part of an array.
   *
   * @throws IndexOutOfBoundsException if the array does not hold that range
   */
  public void putBytes(byte[] bytes, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, bytes.length);
    MemorySegment.copy(bytes, offset, segmentWithRoom(count), JAVA_BYTE, length, count);
    length += count;
  }

  /**
   * Writes a part of other memory.
   *
   * @param source the memory, which may be this sink's own
   * @param offset where the part begins in it, in bytes
   * @param count how many bytes it has
   * @throws IndexOutOfBoundsException if the memory does not hold that range
   */
  public void putSegment(MemorySegment source, long offset, long count) {
    Objects.checkFromIndexSize(offset, count, source.byteSize());
    MemorySegment.copy(source, offset, segmentWithRoom(count), length, count);
    length += (int) count;
  }

  /** Makes sure that {@code count} more bytes fit. */
  MemorySegment segmentWithRoom(long count) {
    if (count > segment.byteSize() - length) {
      grow(count);
    }
    return segment;
  }

  /** Moves the end: back to drop bytes, or forward over bytes written into the segment itself. */
  void length(int newLength) {
    Objects.checkIndex(newLength, segment.byteSize() + 1);
    length = newLength;
  }

  int depth() {
    return depth;
  }

  void depth(int codecs) {
    depth = codecs;
  }

  /** Inverts every bit from an offset to the end. */
  void invertFrom(int start) {
    int at = start;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      segment.set(JAVA_LONG_UNALIGNED, at, ~segment.get(JAVA_LONG_UNALIGNED, at));
    }
    for (; at < length; at++) {
      segment.set(JAVA_BYTE, at, (byte) ~segment.get(JAVA_BYTE, at));
    }
  }

  private void grow(long count) {
    if (count > MAX_LENGTH - length) {
      throw new IllegalArgumentException(
          "encoded length=" + (length + count) + ", allowed at most " + MAX_LENGTH + " bytes");
    }
    long capacity = Math.min(MAX_LENGTH, Math.max(2 * segment.byteSize(), length + count));
    MemorySegment larger = allocate(capacity);
    MemorySegment.copy(segment, 0, larger, 0, length);
    segment = larger;
  }

  private static MemorySegment allocate(long capacity) {
    return Arena.ofAuto().allocate(capacity, Long.BYTES);
  }
}
