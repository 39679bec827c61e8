package dev.pando.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Lines of the text format of {@code mdb_dump}. */
final class DumpText {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int LAST_PRINTABLE = 0x7E;

  private final OutputStream to;
  private final boolean print;
  private byte[] line = new byte[256];

  /**
   * Writes to a stream.
   *
   * @param print printable bytes as they are; otherwise all in hexadecimal
   */
  DumpText(OutputStream to, boolean print) {
    this.to = to;
    this.print = print;
  }

  /** A line of a header. */
  void header(String text) throws IOException {
    to.write(text.getBytes(UTF_8));
    to.write('\n');
  }

  /** A key or a value. */
  void bytes(byte[] bytes) throws IOException {
    int most = 3 * bytes.length + 2;
    if (line.length < most) {
      line = new byte[most];
    }
    int at = 0;
    line[at++] = ' ';
    for (byte each : bytes) {
      if (print && each >= FIRST_PRINTABLE && each <= LAST_PRINTABLE) {
        if (each == '\\') {
          line[at++] = '\\';
        }
        line[at++] = each;
      } else {
        if (print) {
          line[at++] = '\\';
        }
        line[at++] = DIGITS[(each >> 4) & 0xF];
        line[at++] = DIGITS[each & 0xF];
      }
    }
    line[at++] = '\n';
    to.write(line, 0, at);
  }

  /**
   * The bytes of a line.
   *
   * @param from the first byte of the text, after the space
   * @param lenient whether a backslash before anything else is a backslash, as mdb_dump 0.9.24 and
   *     earlier wrote it
   * @return null if the text is malformed
   */
  static byte @Nullable [] parse(byte[] line, int from, boolean print, boolean lenient) {
    return print ? parsePrinted(line, from, lenient) : parseHex(line, from);
  }

  private static byte @Nullable [] parseHex(byte[] line, int from) {
    if ((line.length - from) % 2 != 0) {
      return null;
    }
    byte[] bytes = new byte[(line.length - from) / 2];
    for (int i = 0; i < bytes.length; i++) {
      int value = hex(line, from + 2 * i);
      if (value < 0) {
        return null;
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static byte @Nullable [] parsePrinted(byte[] line, int from, boolean lenient) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(line.length);
    int at = from;
    while (at < line.length) {
      byte each = line[at++];
      int code = each == '\\' ? hex(line, at) : -1;
      if (each != '\\') {
        bytes.write(each);
      } else if (at < line.length && line[at] == '\\' && !lenient) {
        bytes.write('\\');
        at++;
      } else if (code >= 0) {
        bytes.write(code);
        at += 2;
      } else if (lenient) {
        bytes.write('\\');
      } else {
        return null;
      }
    }
    return bytes.toByteArray();
  }

  /** The byte of two hexadecimal digits; less than 0 if they are none. */
  private static int hex(byte[] line, int at) {
    if (at + 2 > line.length) {
      return -1;
    }
    int high = Character.digit(line[at], 16);
    int low = Character.digit(line[at + 1], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
