package dev.pando.txn.catalog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageBytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The indexes at the end of a table's catalog record (FORMAT.md, "Indexes"). */
public final class IndexList {
  /** In {@link CatalogEntry#FLAGS}: the list follows the value codec's id. */
  static final byte FLAG = 1;

  /** Indexes that a table has, at most. */
  static final int MOST = 64;

  /** Bytes of the longest list. */
  static final int MOST_BYTES = 1 << 20;

  /** In an index's kind: a key has one row at most. */
  static final int UNIQUE = 1;

  /** In an index's kind: each row has exactly one entry. */
  static final int TOTAL = 2;

  /** In an index's kind: it is being built, and nothing is built yet. */
  static final int BUILDING = 4;

  /** In an index's kind: it is being built, and the last key whose row is built follows. */
  static final int BUILT_TO = 8;

  /** u64: the number of its tree. */
  static final int SERIAL = 0;

  /** u8. */
  static final int KIND = SERIAL + Long.BYTES;

  private static final int HEAD = KIND + Byte.BYTES;

  private IndexList() {}

  /** Refuses a list that is too long. */
  static void check(String table, List<IndexRecord> indexes) {
    if (indexes.size() > MOST) {
      throw new IllegalArgumentException(
          "table %s: indexes=%d, allowed at most %d".formatted(table, indexes.size(), MOST));
    }
    int length = encode(indexes).length;
    if (length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "table %s: the names and ids of its indexes have %d bytes, allowed at most %d"
              .formatted(table, length, MOST_BYTES));
    }
  }

  static byte[] encode(List<IndexRecord> indexes) {
    List<byte[][]> texts = new ArrayList<>();
    int length = Byte.BYTES;
    for (IndexRecord index : indexes) {
      byte[][] parts = {
        index.name().getBytes(UTF_8),
        index.codec().getBytes(UTF_8),
        index.function().getBytes(UTF_8),
        index.built() == null ? new byte[0] : index.built().getBytes(ISO_8859_1)
      };
      texts.add(parts);
      length += HEAD;
      for (byte[] part : parts) {
        length += Short.BYTES + part.length;
      }
    }
    byte[] bytes = new byte[length];
    bytes[0] = (byte) indexes.size();
    int at = Byte.BYTES;
    for (int i = 0; i < indexes.size(); i++) {
      at = put(bytes, at, indexes.get(i), texts.get(i));
    }
    return bytes;
  }

  private static int put(byte[] bytes, int start, IndexRecord index, byte[][] parts) {
    PageBytes.put64(bytes, start + SERIAL, index.serial());
    bytes[start + KIND] = (byte) kind(index);
    int at = start + HEAD;
    for (byte[] part : parts) {
      PageBytes.put16(bytes, at, part.length);
      System.arraycopy(part, 0, bytes, at + Short.BYTES, part.length);
      at += Short.BYTES + part.length;
    }
    return at;
  }

  private static int kind(IndexRecord index) {
    int state = !index.building() ? 0 : index.built() == null ? BUILDING : BUILT_TO;
    return (index.unique() ? UNIQUE : 0) | (index.total() ? TOTAL : 0) | state;
  }

  /**
   * Reads a list.
   *
   * @param file the file, for messages
   * @param table the table
   * @param start where it begins in the record
   */
  static List<IndexRecord> decode(String file, String table, byte[] bytes, int start) {
    return new Decoder(file, table, bytes, start).all();
  }

  /** A number greater than those of all index trees. */
  static long nextSerial(String file, List<String> names) {
    long last = 0;
    for (String name : names) {
      if (TableNames.isInternal(name)) {
        try {
          last = Math.max(last, Long.parseLong(name, 1, name.length(), 10));
        } catch (NumberFormatException e) {
          // It is of no index, and check() reports it.
        }
      }
    }
    if (last == Long.MAX_VALUE) {
      throw CatalogEntry.corrupt(file, "of an index", "tree=" + last + ", allowed less");
    }
    return last + 1;
  }

  /** Reads one list. It may be crafted, so every number is checked. */
  private static final class Decoder {
    private final String file;
    private final String table;
    private final byte[] bytes;
    private int at;

    Decoder(String file, String table, byte[] bytes, int start) {
      this.file = file;
      this.table = table;
      this.bytes = bytes;
      this.at = start;
    }

    List<IndexRecord> all() {
      if (TableNames.isInternal(table)) {
        throw wrong("the tree of an index has indexes");
      }
      need(Byte.BYTES);
      int count = PageBytes.u8(bytes, at++);
      if (count < 1 || count > MOST) {
        throw wrong("indexes=%d, allowed 1 to %d".formatted(count, MOST));
      }
      List<IndexRecord> all = new ArrayList<>();
      Set<String> names = new HashSet<>();
      Set<Long> serials = new HashSet<>();
      for (int i = 0; i < count; i++) {
        IndexRecord index = next();
        if (!names.add(index.name()) || !serials.add(index.serial())) {
          throw wrong("two indexes of name %s or tree %d".formatted(index.name(), index.serial()));
        }
        all.add(index);
      }
      if (at != bytes.length) {
        throw wrong((bytes.length - at) + " bytes after its indexes");
      }
      return List.copyOf(all);
    }

    private IndexRecord next() {
      need(HEAD);
      long serial = PageBytes.u64(bytes, at + SERIAL);
      int kind = PageBytes.u8(bytes, at + KIND);
      at += HEAD;
      int state = kind & ~(UNIQUE | TOTAL);
      if (serial < 1 || (state != 0 && state != BUILDING && state != BUILT_TO)) {
        throw wrong("an index of number %d and kind %d".formatted(serial, kind));
      }
      String name = text();
      String codec = text();
      String function = text();
      int length = length();
      String built = new String(bytes, at, length, ISO_8859_1);
      at += length;
      if (state != BUILT_TO && length > 0) {
        throw wrong("index " + name + " is not built to a key, and has one");
      }
      return new IndexRecord(
          serial,
          name,
          (kind & UNIQUE) != 0,
          (kind & TOTAL) != 0,
          codec,
          function,
          state != 0,
          state == BUILT_TO ? built : null);
    }

    private String text() {
      int length = length();
      String text = CatalogEntry.utf8(file, table, bytes, at, length);
      at += length;
      return text;
    }

    private int length() {
      need(Short.BYTES);
      int length = PageBytes.u16(bytes, at);
      at += Short.BYTES;
      need(length);
      return length;
    }

    private void need(int count) {
      if (count > bytes.length - at) {
        throw wrong("its indexes end in the middle");
      }
    }

    private CorruptFileException wrong(String what) {
      return CatalogEntry.corrupt(file, table, what);
    }
  }
}
