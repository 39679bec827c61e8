package dev.pando.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Strict UTF-8. The JDK replaces malformed text by question marks and U+FFFD; this class refuses
 * it, because two different strings must not become the same key. For codecs of your own.
 * Thread-safe.
 */
public final class Utf8 {
  /** The first character of two bytes. */
  private static final int TWO_BYTES = 0x80;

  /** The first character of three bytes. */
  private static final int THREE_BYTES = 0x800;

  private Utf8() {}

  /**
   * How many bytes a string has.
   *
   * @throws IllegalArgumentException if a surrogate in it is unpaired
   */
  public static long length(String string) {
    return length(string, 0);
  }

  private static long length(String string, int begin) {
    long length = 0;
    for (int i = begin; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isSurrogate(c)) {
        checkPair(string, i++);
        length += 4;
      } else {
        length += c < TWO_BYTES ? 1 : c < THREE_BYTES ? 2 : 3;
      }
    }
    return length;
  }

  private static void checkPair(String string, int high) {
    boolean paired =
        high + 1 < string.length()
            && Character.isSurrogatePair(string.charAt(high), string.charAt(high + 1));
    if (!paired) {
      throw new IllegalArgumentException(
          String.format(
              "string has the unpaired surrogate U+%04X at index %d",
              (int) string.charAt(high), high));
    }
  }

  /** Writes a string from its characters, without a copy. */
  public static void put(String string, Sink sink) {
    int count = string.length();
    MemorySegment segment = sink.segmentWithRoom(count);
    int start = sink.length();
    int i = 0;
    while (i < count && string.charAt(i) < TWO_BYTES) {
      segment.set(JAVA_BYTE, (long) start + i, (byte) string.charAt(i));
      i++;
    }
    sink.length(start + i);
    if (i < count) {
      putFrom(i, string, sink);
    }
  }

  private static void putFrom(int begin, String string, Sink sink) {
    MemorySegment segment = sink.segmentWithRoom(length(string, begin));
    long at = sink.length();
    for (int i = begin; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c < TWO_BYTES) {
        segment.set(JAVA_BYTE, at++, (byte) c);
      } else if (c < THREE_BYTES) {
        segment.set(JAVA_BYTE, at++, (byte) (0xC0 | c >> 6));
        segment.set(JAVA_BYTE, at++, tail(c));
      } else if (Character.isSurrogate(c)) {
        int codePoint = Character.toCodePoint(c, string.charAt(++i));
        segment.set(JAVA_BYTE, at++, (byte) (0xF0 | codePoint >> 18));
        segment.set(JAVA_BYTE, at++, tail(codePoint >> 12));
        segment.set(JAVA_BYTE, at++, tail(codePoint >> 6));
        segment.set(JAVA_BYTE, at++, tail(codePoint));
      } else {
        segment.set(JAVA_BYTE, at++, (byte) (0xE0 | c >> 12));
        segment.set(JAVA_BYTE, at++, tail(c >> 6));
        segment.set(JAVA_BYTE, at++, tail(c));
      }
    }
    sink.length((int) at);
  }

  private static byte tail(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }

  /**
   * The string that bytes encode.
   *
   * @param codecId the codec that reads it
   * @throws CodecException if the bytes are not UTF-8
   */
  static String string(byte[] bytes, String codecId) {
    return checked(new String(bytes, UTF_8), bytes, codecId);
  }

  /** The string that the JDK has made of bytes, if they are UTF-8. */
  static String checked(String string, byte[] bytes, String codecId) {
    if (string.indexOf('\uFFFD') >= 0) { // a real one, or the JDK's replacement of malformed bytes
      int malformed = Arrays.mismatch(bytes, string.getBytes(UTF_8));
      if (malformed >= 0) {
        throw new CodecException(codecId, "malformed bytes at offset " + malformed, "UTF-8");
      }
    }
    return string;
  }
}
