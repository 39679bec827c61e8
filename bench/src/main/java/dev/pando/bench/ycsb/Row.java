package dev.pando.bench.ycsb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;

/**
 * YCSB's rows as bytes, the same for both stores: for each field the length of its name, the name,
 * two bytes of length, the content.
 */
final class Row {
  private Row() {}

  static byte[] encode(Map<String, ByteIterator> fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1200);
    fields.forEach(
        (name, content) -> {
          byte[] nameBytes = name.getBytes(UTF_8);
          byte[] contentBytes = content.toArray();
          bytes.write(nameBytes.length);
          bytes.writeBytes(nameBytes);
          bytes.write(contentBytes.length >>> 8);
          bytes.write(contentBytes.length);
          bytes.writeBytes(contentBytes);
        });
    return bytes.toByteArray();
  }

  /**
   * Puts fields into a map; their contents stay where they are in the row.
   *
   * @param wanted which fields; null for all
   */
  static void decode(byte[] row, @Nullable Set<String> wanted, Map<String, ByteIterator> into) {
    for (int at = 0; at < row.length; ) {
      int nameLength = row[at] & 0xFF;
      String name = new String(row, at + 1, nameLength, UTF_8);
      at += 1 + nameLength;
      int length = (row[at] & 0xFF) << 8 | row[at + 1] & 0xFF;
      at += 2;
      if (wanted == null || wanted.contains(name)) {
        into.put(name, new ByteArrayByteIterator(row, at, length));
      }
      at += length;
    }
  }

  /** A row with some fields replaced. */
  static byte[] merge(byte[] row, Map<String, ByteIterator> changes) {
    Map<String, ByteIterator> fields = new LinkedHashMap<>();
    decode(row, null, fields);
    fields.putAll(changes);
    return encode(fields);
  }
}
