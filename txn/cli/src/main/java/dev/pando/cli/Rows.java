package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of a file of CSV, or of JSON with an object a line. */
final class Rows implements AutoCloseable {
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private final Path file;
  private final boolean csv;
  private final char separator;
  private final BufferedReader from;
  private List<String> names = List.of();
  private long line;

  private Rows(Path file, boolean csv, char separator, BufferedReader from) {
    this.file = file;
    this.csv = csv;
    this.separator = separator;
    this.from = from;
  }

  /** Opens a file; of CSV the first line has the names. */
  static Rows open(Path file, boolean csv, char separator) throws IOException {
    Rows rows = new Rows(file, csv, separator, Files.newBufferedReader(file, UTF_8));
    try {
      rows.skipMark();
      if (csv) {
        List<@Nullable String> header = rows.record();
        if (header == null) {
          throw rows.wrong("no line", "a line of names");
        }
        List<String> names = new ArrayList<>();
        header.forEach(name -> names.add(name == null ? "" : name));
        Set<String> different = new LinkedHashSet<>(names);
        if (different.contains("")) {
          throw rows.wrong(
              "column %d without a name".formatted(names.indexOf("") + 1),
              "a name for each column in the first line");
        }
        if (different.size() < names.size()) {
          throw rows.wrong("the names " + names, "names that differ");
        }
        rows.names = names;
      }
      return rows;
    } catch (CharacterCodingException e) {
      rows.close();
      throw rows.malformed(e);
    } catch (Throwable e) {
      rows.close();
      throw e;
    }
  }

  /** The next row: names, and text or objects of {@link Json}; null after the last one. */
  @Nullable Map<String, @Nullable Object> next() throws IOException {
    try {
      return csv ? nextOfCsv() : nextOfJson();
    } catch (CharacterCodingException e) {
      throw malformed(e);
    }
  }

  /** Skips the mark with which some programs begin UTF-8. */
  private void skipMark() throws IOException {
    from.mark(1);
    if (from.read() != BYTE_ORDER_MARK) {
      from.reset();
    }
  }

  /** The reader is ahead of the rows, so the line is looked for again. */
  private Fault malformed(CharacterCodingException e) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Fault.found(file + ": found bytes that are no UTF-8 after line " + line, e);
    }
    long number = 1;
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (int next = bytes.read(); next >= 0; next = bytes.read()) {
        text.write(next);
        if (next == '\n') {
          if (!isUtf8(text.toByteArray())) {
            break;
          }
          number++;
          text.reset();
        }
      }
    }
    return Fault.found(
        "%s, line %d: found bytes that are no UTF-8, allowed: UTF-8".formatted(file, number), e);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      CharBuffer _ = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private @Nullable Map<String, @Nullable Object> nextOfCsv() throws IOException {
    List<@Nullable String> fields = record();
    if (fields == null) {
      return null;
    }
    if (fields.size() != names.size()) {
      throw wrong(fields.size() + " fields", names.size() + ", as in the first line");
    }
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      row.put(names.get(i), fields.get(i));
    }
    return row;
  }

  private @Nullable Map<String, @Nullable Object> nextOfJson() throws IOException {
    String text = from.readLine();
    while (text != null && text.isBlank()) {
      line++;
      text = from.readLine();
    }
    if (text == null) {
      return null;
    }
    line++;
    try {
      if (Json.parse(text) instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        map.forEach((name, value) -> row.put((String) name, value));
        return row;
      }
    } catch (IllegalArgumentException e) {
      throw Fault.found(place() + ": " + e.getMessage(), e);
    }
    throw wrong("no object", "a JSON object in each line");
  }

  /** Fields; one that is empty and without quotes is null. The end of the file is null. */
  private @Nullable List<@Nullable String> record() throws IOException {
    int next = from.read();
    if (next < 0) {
      return null;
    }
    line++;
    List<@Nullable String> fields = new ArrayList<>();
    while (true) {
      StringBuilder field = new StringBuilder();
      boolean quoted = next == '"';
      if (quoted) {
        next = quoted(field);
      }
      while (next != separator && next != '\n' && next >= 0) {
        field.append((char) next);
        next = from.read();
      }
      int end = field.length();
      if (next == '\n' && end > 0 && field.charAt(end - 1) == '\r') {
        field.setLength(end - 1);
      }
      fields.add(field.isEmpty() && !quoted ? null : field.toString());
      if (next != separator) {
        return fields;
      }
      next = from.read();
    }
  }

  /** Reads what is in quotes, and returns the character that follows. */
  private int quoted(StringBuilder field) throws IOException {
    while (true) {
      int next = from.read();
      if (next < 0) {
        throw wrong("the end in a quoted field", "a quote");
      }
      if (next == '"') {
        next = from.read();
        if (next != '"') {
          return next;
        }
      }
      line += next == '\n' ? 1 : 0;
      field.append((char) next);
    }
  }

  /** The file and the line of the last row, for messages. */
  String place() {
    return file + ", line " + line;
  }

  private Fault wrong(String found, String allowed) {
    return Fault.found("%s: found %s, allowed: %s".formatted(place(), found, allowed));
  }

  @Override
  public void close() throws IOException {
    from.close();
  }
}
