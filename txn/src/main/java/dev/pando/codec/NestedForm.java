package dev.pando.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Bytes that find their own end, in the same order as plain bytes: 0x00 becomes 0x00 0xFF, and 0x00
 * 0x00 is at the end. A string that ends sorts before all that continue, because the next byte of
 * those is 0x01 or more, or 0x00 0xFF. The idea is FoundationDB's, whose tuple layer ends with a
 * single 0x00; with two, truncated or shifted bytes are noticed.
 */
final class NestedForm {
  private static final byte ESCAPED_ZERO = (byte) 0xFF;
  private static final int END = 0x0000;

  private NestedForm() {}

  /** Converts the bytes of a sink from {@code start} on from the whole form to the nested one. */
  static void close(Sink sink, int start) {
    int zeros = countZeros(sink, start);
    if (zeros > 0) {
      int end = sink.length();
      escape(sink.segmentWithRoom(zeros), start, end, zeros);
      sink.length(end + zeros);
    }
    sink.putShortBE(END);
  }

  /** As {@link #close}, but for the beginning of a value, after which more bytes follow. */
  static void escape(Sink sink, int start) {
    close(sink, start);
    sink.length(sink.length() - Short.BYTES);
  }

  private static int countZeros(Sink sink, int start) {
    MemorySegment segment = sink.segment();
    int zeros = 0;
    for (int at = start; at < sink.length(); at++) {
      if (segment.get(JAVA_BYTE, at) == 0) {
        zeros++;
      }
    }
    return zeros;
  }

  /** Spreads bytes within their segment, the last one first, so that none is overwritten unread. */
  private static void escape(MemorySegment segment, int start, int end, int zeros) {
    long to = (long) end + zeros;
    for (int from = end - 1; from >= start && to > from + 1; from--) {
      byte value = segment.get(JAVA_BYTE, from);
      if (value == 0) {
        segment.set(JAVA_BYTE, --to, ESCAPED_ZERO);
      }
      segment.set(JAVA_BYTE, --to, value);
    }
  }

  /** Reads a nested form and gives the whole form to read from. */
  static Source open(Source source, String codecId) {
    byte[] whole = read(source, codecId);
    Source opened = new Source();
    opened.reset(MemorySegment.ofArray(whole), 0, whole.length);
    opened.depth(source.depth());
    return opened;
  }

  /** Reads a nested form and returns the whole form. */
  static byte[] read(Source source, String codecId) {
    return read(source, codecId, false);
  }

  /** As {@link #read}, or all that is left if no byte of it is 0x00 and there is one. */
  static byte[] readOrRest(Source source, String codecId) {
    return read(source, codecId, true);
  }

  private static byte[] read(Source source, String codecId, boolean orRest) {
    long left = source.remaining();
    long zeros = 0;
    for (long at = 0; at < left; at += source.peek(at) == 0 ? 2 : 1) {
      if (source.peek(at) != 0) {
        continue;
      }
      int next = at + 1 < left ? source.peek(at + 1) : 1;
      if (next == 0) {
        byte[] escaped = source.bytes(at);
        source.skip(Short.BYTES);
        return zeros == 0 ? escaped : unescape(escaped, (int) (at - zeros));
      }
      if (next != ESCAPED_ZERO) {
        throw new CodecException(
            codecId, "0x00 before " + what(source, at + 1), "0x00 or 0xFF after it");
      }
      zeros++;
    }
    if (orRest && zeros == 0 && left > 0) {
      return source.bytes(left);
    }
    throw new CodecException(codecId, left + " bytes without an end", "bytes that end in 0x0000");
  }

  private static String what(Source source, long at) {
    return at < source.remaining()
        ? String.format("0x%02X", source.peek(at))
        : "the end of the bytes";
  }

  private static byte[] unescape(byte[] escaped, int length) {
    byte[] plain = Arrays.copyOf(escaped, length);
    int from = 0;
    for (int to = 0; to < length; to++) {
      plain[to] = escaped[from];
      from += escaped[from] == 0 ? 2 : 1;
    }
    return plain;
  }
}
