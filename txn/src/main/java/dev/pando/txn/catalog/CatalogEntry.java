package dev.pando.txn.catalog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.error.CodecMismatchException;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageBytes;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The catalog's record of a table (FORMAT.md, "Catalog").
 *
 * @param root where its tree begins
 * @param keyCodec the id of the codec that its keys were written with
 * @param valueCodec the id of the codec that its values were written with
 * @param indexes its indexes, in the order in which they were created
 */
public record CatalogEntry(
    TreeRoot root, String keyCodec, String valueCodec, List<IndexRecord> indexes) {
  /** A table without indexes. */
  public CatalogEntry(TreeRoot root, String keyCodec, String valueCodec) {
    this(root, keyCodec, valueCodec, List.of());
  }

  /** The codec id of a multimap table's values, which take no byte. */
  public static final String MULTIMAP = "multimap";

  /** The codec id of a blob table's values, which are heads and chunks. */
  public static final String BLOB = "blob";

  /** What the id of a counted table's key codec begins with; then follow the codec's own id. */
  private static final String COUNTED = "counted(";

  /** First byte of a table's key in the catalog. */
  public static final byte TABLE = 't';

  /** Bytes of the longest key: the kind, and a name of 255 bytes. */
  public static final int MAX_KEY = 1 + 255;

  /** u8, the entry's version. */
  public static final int VERSION = 0;

  /** u8: {@link IndexList#FLAG} or 0. */
  public static final int FLAGS = VERSION + Byte.BYTES;

  /** u16, zero. */
  static final int RESERVED = FLAGS + Byte.BYTES;

  /** The tree's root. */
  public static final int ROOT = RESERVED + Short.BYTES;

  /** u16 and as many bytes of UTF-8: the key codec's id; then the value codec's likewise. */
  public static final int CODECS = ROOT + TreeRootLayout.SIZE;

  /** Bytes of an entry with empty codec ids. */
  private static final long LEAST_BYTES = CODECS + 2L * Short.BYTES;

  /** Bytes of an entry with the longest codec ids. */
  private static final long MOST_BYTES = LEAST_BYTES + 2L * 0xFFFF + IndexList.MOST_BYTES;

  private static final byte CURRENT_VERSION = 1;

  private static final byte[] NO_BYTES = {};

  public static void writeKey(String name, KeyBuffer key) {
    writeKey(TABLE, name, key);
  }

  /**
   * The catalog's key of a name to look for. An impossible name, too long or not valid Unicode,
   * becomes an absent key.
   */
  public static void writeKey(byte kind, String name, KeyBuffer key) {
    byte[] utf8 = name.getBytes(UTF_8);
    int length = isExact(utf8, name) ? utf8.length : 0; // "?" is another name
    byte[] bytes = new byte[1 + length];
    bytes[0] = kind;
    System.arraycopy(utf8, 0, bytes, 1, length);
    key.setStart(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  /** Whether nothing of a name was replaced by a question mark. */
  private static boolean isExact(byte[] utf8, String name) {
    for (byte each : utf8) {
      if (each == '?') {
        return new String(utf8, UTF_8).equals(name);
      }
    }
    return true;
  }

  /** The table's name in a catalog key. */
  public static String name(String file, Slice key) {
    byte[] bytes = key.toArray();
    if (bytes.length < 2 || bytes.length > MAX_KEY || bytes[0] != TABLE) {
      throw corrupt(file, "?", "a catalog key of " + bytes.length + " bytes is no table's");
    }
    return utf8(file, "?", bytes, 1, bytes.length - 1);
  }

  public byte[] encode() {
    byte[] key = keyCodec.getBytes(UTF_8);
    byte[] value = valueCodec.getBytes(UTF_8);
    byte[] list = indexes.isEmpty() ? NO_BYTES : IndexList.encode(indexes);
    byte[] bytes = new byte[CODECS + 2 * Short.BYTES + key.length + value.length + list.length];
    bytes[VERSION] = CURRENT_VERSION;
    bytes[FLAGS] = indexes.isEmpty() ? 0 : IndexList.FLAG;
    TreeRootLayout.write(bytes, ROOT, root);
    int next = putId(bytes, CODECS, key);
    next = putId(bytes, next, value);
    System.arraycopy(list, 0, bytes, next, list.length);
    return bytes;
  }

  private static int putId(byte[] bytes, int at, byte[] id) {
    PageBytes.put16(bytes, at, id.length);
    System.arraycopy(id, 0, bytes, at + Short.BYTES, id.length);
    return at + Short.BYTES + id.length;
  }

  /**
   * Reads an entry.
   *
   * @param file the file, for messages
   * @param name the table
   * @param pageCount page numbers are below
   * @param txnId births are at most this
   */
  public static CatalogEntry decode(
      String file, String name, Slice slice, long pageCount, long txnId) {
    if (slice.length < LEAST_BYTES || slice.length > MOST_BYTES) { // before a copy is made
      throw corrupt(
          file,
          name,
          "an entry of %d bytes, allowed: %d to %d"
              .formatted(slice.length, LEAST_BYTES, MOST_BYTES));
    }
    byte[] bytes = slice.toArray();
    checkVersion(file, name, bytes);
    int keyLength = PageBytes.u16(bytes, CODECS);
    int valueAt = CODECS + Short.BYTES + keyLength;
    if (valueAt + Short.BYTES > bytes.length) {
      throw corrupt(file, name, "a key codec id of " + keyLength + " bytes");
    }
    int valueLength = PageBytes.u16(bytes, valueAt);
    int end = valueAt + Short.BYTES + valueLength;
    boolean isIndexed = bytes[FLAGS] == IndexList.FLAG;
    if (isIndexed ? end > bytes.length : end != bytes.length) {
      throw corrupt(file, name, "a value codec id of " + valueLength + " bytes");
    }
    TreeRoot root = TreeRootLayout.read(bytes, ROOT);
    String problem = TreeRootLayout.problem(root, pageCount, txnId);
    if (problem != null) {
      throw corrupt(file, name, problem);
    }
    String keyId = utf8(file, name, bytes, CODECS + Short.BYTES, keyLength);
    String valueId = utf8(file, name, bytes, valueAt + Short.BYTES, valueLength);
    if (root.counted() != hasCounts(keyId, valueId)) {
      int kind = TreeRootLayout.kind(bytes, ROOT);
      throw corrupt(
          file, name, "it is %s, with a tree of kind %d".formatted(kind(keyId, valueId), kind));
    }
    return isIndexed
        ? new CatalogEntry(root, keyId, valueId, IndexList.decode(file, name, bytes, end))
        : new CatalogEntry(root, keyId, valueId);
  }

  /** Refuses an entry that another build may have written. */
  private static void checkVersion(String file, String name, byte[] bytes) {
    int kind = TreeRootLayout.kind(bytes, ROOT);
    boolean known = kind == TreeRootLayout.PLAIN || kind == TreeRootLayout.COUNTED;
    if (bytes[VERSION] != CURRENT_VERSION || (bytes[FLAGS] & ~IndexList.FLAG) != 0 || !known) {
      throw CatalogKey.unsupported(
          file,
          "table %s with an entry of version %d, flags 0x%x and a tree of kind %d"
              .formatted(name, bytes[VERSION], bytes[FLAGS], kind),
          "version %d, flags 0 or %d, kind %d or %d"
              .formatted(
                  CURRENT_VERSION, IndexList.FLAG, TreeRootLayout.PLAIN, TreeRootLayout.COUNTED));
    }
  }

  static String utf8(String file, String name, byte[] bytes, int offset, int length) {
    if (isAscii(bytes, offset, length)) { // as the names of codecs are: no decoder is needed
      return new String(bytes, offset, length, ISO_8859_1);
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length)).toString();
    } catch (CharacterCodingException e) {
      throw corrupt(file, name, "text that is not UTF-8");
    }
  }

  private static boolean isAscii(byte[] bytes, int offset, int length) {
    int all = 0;
    for (int i = offset; i < offset + length; i++) {
      all |= bytes[i];
    }
    return all >= 0;
  }

  static CorruptFileException corrupt(String file, String name, String what) {
    return new CorruptFileException(file, -1, "catalog, table " + name + ": " + what);
  }

  /**
   * Refuses codecs that the table was not written with.
   *
   * @param table the table, for the message
   * @return the id of the values' codec that is to be stored with the next value
   * @throws CodecMismatchException if they do not read its keys or values
   */
  public String checkCodecs(String table, UsedCodecs used) {
    String keyId = used.keyId();
    String valueId = used.valueId();
    boolean isOtherKind = !valueCodec.equals(valueId) && (isKind(valueCodec) || isKind(valueId));
    if (isOtherKind || isCounted(keyCodec) != isCounted(keyId)) {
      throw new IllegalArgumentException(
          "table %s is %s, and is used as %s"
              .formatted(table, kind(keyCodec, valueCodec), kind(keyId, valueId)));
    }
    if (!keyCodec.equals(keyId)) {
      throw new CodecMismatchException(table, "keys", keyCodec, keyId, used.keyProblem(keyCodec));
    }
    String written = used.written(valueCodec);
    if (written == null) {
      throw new CodecMismatchException(
          table, "values", valueCodec, valueId, used.problem(valueCodec));
    }
    return written;
  }

  private static String kind(String keys, String values) {
    if (isKind(values)) {
      return "a %s table of %s".formatted(values, keys);
    }
    return (isCounted(keys) ? "a counted table of " : "a table of ")
        + codecOf(keys)
        + " and "
        + values;
  }

  /** Whether a value codec's id names the kind of the table, so that no other codec has it. */
  public static boolean isKind(String valueId) {
    return valueId.equals(MULTIMAP) || valueId.equals(BLOB);
  }

  /** Whether it stays a table of the same kind with values of another codec. */
  public boolean mayGet(String otherValues) {
    return valueCodec.equals(otherValues) || !(isKind(valueCodec) || isKind(otherValues));
  }

  /** The entry of a new table. */
  public static CatalogEntry empty(String keyId, String valueId) {
    TreeRoot root = hasCounts(keyId, valueId) ? TreeRoot.EMPTY_COUNTED : TreeRoot.EMPTY;
    return new CatalogEntry(root, keyId, valueId);
  }

  /** Whether the tree of a table with these ids is counted. */
  public static boolean hasCounts(String keyId, String valueId) {
    return isCounted(keyId) || valueId.equals(MULTIMAP);
  }

  /** The id of a counted table's key codec. */
  public static String countedId(String keyId) {
    return COUNTED + keyId + ")";
  }

  /** Whether an id is that of a counted table's key codec. */
  public static boolean isCounted(String keyId) {
    return keyId.startsWith(COUNTED) && keyId.endsWith(")");
  }

  /** The id of the keys' codec alone, without the kind of the table. */
  public static String codecOf(String keyId) {
    return isCounted(keyId) ? keyId.substring(COUNTED.length(), keyId.length() - 1) : keyId;
  }

  /** This entry with those ids that were found equal: comparing them again takes no time. */
  CatalogEntry withIds(UsedCodecs used) {
    String valueId = used.valueId();
    String same = valueId.equals(valueCodec) ? valueId : valueCodec;
    return new CatalogEntry(root, used.keyId(), same, indexes);
  }

  /** This entry with other indexes. */
  CatalogEntry withIndexes(List<IndexRecord> others) {
    return new CatalogEntry(root, keyCodec, valueCodec, List.copyOf(others));
  }

  /** The index of a name; null if there is none. */
  public @Nullable IndexRecord index(String name) {
    for (IndexRecord index : indexes) {
      if (index.name().equals(name)) {
        return index;
      }
    }
    return null;
  }

  /** This entry with values of another codec. */
  CatalogEntry withValues(String valueId) {
    return new CatalogEntry(root, keyCodec, valueId, indexes);
  }

  CatalogEntry withRoot(TreeRoot newRoot) {
    return new CatalogEntry(newRoot, keyCodec, valueCodec, indexes);
  }
}
