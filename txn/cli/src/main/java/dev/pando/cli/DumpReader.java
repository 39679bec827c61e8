package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a dump, section by section. What is malformed or missing is a {@link Fault}. */
final class DumpReader implements LoadedTable.Source {
  private static final int BUFFER = 1 << 16;
  private static final int NEWEST_VERSION = 3;

  private final InputStream from;
  private final String name;
  private final boolean lenient;
  private Map<String, String> keywords = Map.of();
  private boolean print;
  private boolean plain;
  private long line;
  private byte[] key = new byte[0];
  private byte[] value = new byte[0];

  /**
   * Reads a stream.
   *
   * @param name of the file, for messages
   * @param lenient as {@link DumpText#parse} says
   * @param plain lines of keys and values alone, without header, as {@code mdb_load -T} takes them
   */
  DumpReader(InputStream from, String name, boolean lenient, boolean plain) {
    this.from = new BufferedInputStream(from, BUFFER);
    this.name = name;
    this.lenient = lenient;
    this.plain = plain;
    this.print = plain;
  }

  /** Moves to the next section; false after the last one. */
  boolean nextSection() throws IOException {
    if (plain) {
      boolean first = line == 0;
      keywords = Map.of();
      return first;
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (byte[] text = readLine(); ; text = readLine()) {
      if (text == null) {
        if (found.isEmpty()) {
          return false;
        }
        throw wrong("the end in a header", "HEADER=END");
      }
      String header = new String(text, UTF_8);
      if (header.equals("HEADER=END")) {
        break;
      }
      int equals = header.indexOf('=');
      if (equals < 0) {
        throw wrong("'" + header + "' in a header", "a keyword, = and a value");
      }
      found.put(header.substring(0, equals), header.substring(equals + 1));
    }
    keywords = found;
    check();
    return true;
  }

  private void check() {
    String version = keywords.getOrDefault("VERSION", String.valueOf(NEWEST_VERSION));
    if (!version.matches("[0-9]{1,9}") || Integer.parseInt(version) > NEWEST_VERSION) {
      throw wrong("VERSION=" + version, "a version up to " + NEWEST_VERSION);
    }
    String type = keywords.getOrDefault("type", "btree");
    if (!type.equals("btree")) {
      throw wrong("type=" + type, "type=btree");
    }
    String format = keywords.getOrDefault("format", "bytevalue");
    if (!format.equals("bytevalue") && !format.equals("print")) {
      throw wrong("format=" + format, "format=bytevalue or format=print");
    }
    print = format.equals("print");
  }

  @Override
  public @Nullable String keyword(String keyword) {
    return keywords.get(keyword);
  }

  /** Moves to the next entry; false at the end of the section. */
  boolean nextEntry() throws IOException {
    byte[] first = readLine();
    if (first == null) {
      if (plain) {
        return false;
      }
      throw wrong("the end", "DATA=END: the dump is truncated");
    }
    if (!plain && new String(first, UTF_8).equals("DATA=END")) {
      return false;
    }
    key = parse(first);
    byte[] second = readLine();
    if (second == null) {
      throw wrong("the end after a key", "its value: the dump is truncated");
    }
    value = parse(second);
    return true;
  }

  private byte[] parse(byte[] text) {
    if (!plain && (text.length == 0 || text[0] != ' ')) {
      throw wrong(
          "'" + shown(text) + "'", "a space and the bytes of a key or a value, or DATA=END");
    }
    byte[] bytes = DumpText.parse(text, plain ? 0 : 1, print, lenient);
    if (bytes == null) {
      throw wrong(
          "'" + shown(text) + "'",
          print
              ? "after a backslash another one or two hexadecimal digits; mdb_dump up to 0.9.24 wrote"
                  + " single backslashes, which --lenient-backslash takes"
              : "pairs of hexadecimal digits");
    }
    return bytes;
  }

  private static String shown(byte[] text) {
    String all = new String(text, UTF_8);
    return all.length() <= 60 ? all : all.substring(0, 60) + "...";
  }

  byte[] key() {
    return key;
  }

  byte[] value() {
    return value;
  }

  @Override
  public String place() {
    return name + ", line " + line;
  }

  private Fault wrong(String found, String allowed) {
    return Fault.found("%s: found %s, allowed: %s".formatted(place(), found, allowed));
  }

  private byte @Nullable [] readLine() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int next = from.read();
    if (next < 0) {
      return null;
    }
    line++;
    while (next >= 0 && next != '\n') {
      text.write(next);
      next = from.read();
    }
    if (next < 0 && !plain) {
      throw wrong("a line without its end", "whole lines: the dump is truncated");
    }
    return text.toByteArray();
  }
}
