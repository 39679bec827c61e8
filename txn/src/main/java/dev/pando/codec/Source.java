package dev.pando.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The bytes a codec decodes: a position and a limit over memory, which for a stored value is the
 * mapped file itself. A source is reused from value to value, so a codec must not keep it, nor its
 * segment, beyond its {@code decode} call. Not thread-safe.
 *
 * <p>Reading past the limit throws {@link CodecException} and leaves the position as it was.
 */
public final class Source {
  /** The longest {@code byte[]} that every JVM can allocate. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private MemorySegment segment = MemorySegment.NULL;
  private long position;
  private long limit;

  /** All ones while a descending codec reads, because its bytes are inverted; otherwise zero. */
  private long mask;

  /** Codecs around the value that a {@link SelfCodec} reads. */
  private int depth;

  /** An empty source; {@link #reset} gives it bytes to read. */
  public Source() {}

  /**
   * Starts over on other bytes.
   *
   * @param newSegment the memory that holds them
   * @param offset where they begin in it, in bytes
   * @param length how many they are
   * @throws IndexOutOfBoundsException if the segment does not hold that range
   */
  public void reset(MemorySegment newSegment, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, newSegment.byteSize());
    segment = newSegment;
    position = offset;
    limit = offset + length;
    mask = 0;
  }

  /** How many bytes are left. */
  public long remaining() {
    return limit - position;
  }

  /** Whether no byte is left. */
  boolean isEmpty() {
    return position == limit;
  }

  /** Reads one byte. */
  public byte getByte() {
    return (byte) (segment.get(JAVA_BYTE, take(Byte.BYTES)) ^ mask);
  }

  /** Reads two bytes, the most significant first. */
  public short getShortBE() {
    return (short) (segment.get(Sink.SHORT_BE, take(Short.BYTES)) ^ mask);
  }

  /** Reads four bytes, the most significant first. */
  public int getIntBE() {
    return (int) (segment.get(Sink.INT_BE, take(Integer.BYTES)) ^ mask);
  }

  /** Reads eight bytes, the most significant first. */
  public long getLongBE() {
    return segment.get(Sink.LONG_BE, take(Long.BYTES)) ^ mask;
  }

  /**
   * Reads the next bytes into an array of their own.
   *
   * @param length how many, 0 to {@link #remaining}
   */
  public byte[] bytes(long length) {
    need(length);
    if (length > MAX_ARRAY) {
      throw new CodecException("source", length + " bytes", "at most " + MAX_ARRAY);
    }
    byte[] copy = new byte[(int) length];
    MemorySegment.copy(segment, JAVA_BYTE, position, copy, 0, copy.length);
    if (mask != 0) {
      for (int i = 0; i < copy.length; i++) {
        copy[i] = (byte) ~copy[i];
      }
    }
    position += length;
    return copy;
  }

  /**
   * Skips bytes without reading them.
   *
   * @param length how many, 0 to {@link #remaining}
   */
  public void skip(long length) {
    need(length);
    position += length;
  }

  /** Moves the position back. */
  void unread(long length) {
    position -= length;
  }

  /**
   * The memory of this source, for codecs that read in place: the bytes that are left begin at
   * {@link #offset}, and there are {@link #remaining} of them. Valid only during the {@code decode}
   * call. Reading the memory does not move the position: {@link #skip} the bytes that were read.
   *
   * @throws IllegalStateException inside {@link Codec#descending}, where the memory holds inverted
   *     bytes: a codec that may be nested there reads through the methods of this class
   */
  public MemorySegment segment() {
    if (mask != 0) {
      throw new IllegalStateException(
          "the bytes of a descending codec are stored inverted and cannot be read in place");
    }
    return segment;
  }

  /** The offset of the next byte in {@link #segment}. */
  public long offset() {
    return position;
  }

  /** The byte that is {@code ahead} bytes after the next one; the caller checks the limit. */
  byte peek(long ahead) {
    return (byte) (segment.get(JAVA_BYTE, position + ahead) ^ mask);
  }

  /** Compares two ranges of bytes that were read, each given by offsets as of {@link #offset}. */
  int compare(long a, long aEnd, long b, long bEnd) {
    int order = EncodedOrder.compare(segment, a, aEnd, segment, b, bEnd);
    return mask == 0 ? order : -order;
  }

  /** Reads every bit inverted from here on, or as it is again. */
  void invert() {
    mask = ~mask;
  }

  int depth() {
    return depth;
  }

  void depth(int codecs) {
    depth = codecs;
  }

  private long take(int length) {
    need(length);
    long at = position;
    position = at + length;
    return at;
  }

  private void need(long length) {
    if (length < 0 || length > limit - position) {
      throw new CodecException("source", remaining() + " bytes left", length + " or more");
    }
  }
}
