package dev.pando.txn.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageHeader;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * The catalog's record of a named snapshot (FORMAT.md, "Named snapshots"): its meta.
 *
 * @param name given by the user
 * @param created when, by the clock of the process that did
 * @param meta what the snapshot's commit said of the whole database
 */
public record SnapshotEntry(String name, Instant created, Meta meta) {
  /** Keeps of the meta what the record has. */
  public SnapshotEntry {
    meta = meta.withoutTrailer();
  }

  /** First byte of a named snapshot's key in the catalog: before all tables. */
  static final byte SNAPSHOT = 's';

  /** u8, the record's version. */
  static final int RECORD_VERSION = 0;

  /** u64, milliseconds since 1970. */
  static final int CREATED = 8;

  /** The meta slot's page, slot 0, without its trailer and the zeros before that. */
  static final int PAGE = CREATED + Long.BYTES;

  private static final byte CURRENT_VERSION = 1;

  private static final ValueLayout.OfLong U64 = PageHeader.U64;

  static void writeKey(String name, KeyBuffer key) {
    CatalogEntry.writeKey(SNAPSHOT, name, key);
  }

  public byte[] encode() {
    byte[] page = new byte[meta.pageSize()];
    meta.encode(page, 0);
    int length = meta.encodedBytes();
    byte[] bytes = new byte[PAGE + length];
    bytes[RECORD_VERSION] = CURRENT_VERSION;
    PageBytes.put64(bytes, CREATED, created.toEpochMilli());
    System.arraycopy(page, 0, bytes, PAGE, length);
    return bytes;
  }

  /** Reads a record; {@code pages} gives the file's name and page size. */
  public static SnapshotEntry decode(String file, int pageSize, Slice key, Slice value) {
    String name = name(file, key);
    if (value.length < PAGE + MetaLayout.RUNS || value.length > PAGE + pageSize) {
      throw corrupt(file, name, "a record of " + value.length + " bytes");
    }
    byte[] bytes = value.toArray();
    if (bytes[RECORD_VERSION] != CURRENT_VERSION) {
      throw CatalogKey.unsupported(
          file,
          "record version %d of snapshot %s".formatted(bytes[RECORD_VERSION], name),
          "version " + CURRENT_VERSION);
    }
    byte[] page = new byte[pageSize];
    System.arraycopy(bytes, PAGE, page, 0, bytes.length - PAGE);
    Meta meta = Meta.decode(page, 0);
    if (meta == null) {
      throw corrupt(file, name, "its meta is damaged");
    }
    try {
      long millis = PageBytes.u64(bytes, CREATED);
      return new SnapshotEntry(name, Instant.ofEpochMilli(millis), meta);
    } catch (DateTimeException e) {
      throw corrupt(file, name, "its time is damaged");
    }
  }

  /** The name in a record's key. */
  public static String name(String file, Slice key) {
    byte[] bytes = key.toArray();
    if (bytes.length < 2 || bytes.length > CatalogEntry.MAX_KEY) {
      throw corrupt(file, "?", "a catalog key of " + bytes.length + " bytes is no snapshot's");
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 1, bytes.length - 1)).toString();
    } catch (CharacterCodingException e) {
      throw corrupt(file, "?", "its name is not UTF-8");
    }
  }

  private static CorruptFileException corrupt(String file, String name, String what) {
    return new CorruptFileException(file, -1, "catalog, snapshot " + name + ": " + what);
  }

  /**
   * Whether a record under this name is this one: a commit is kept once under a name, because
   * keeping it is a commit.
   */
  boolean isIn(Slice value) {
    return value.length >= PAGE + MetaLayout.RUNS
        && value.segment.get(U64, value.offset + PAGE + MetaLayout.TXN_ID) == meta.txnId()
        && value.segment.get(U64, value.offset + CREATED) == created.toEpochMilli();
  }

  /** Visits the records; the slices hold for the call only. */
  static void forEach(Tree catalog, String file, BiConsumer<Slice, Slice> visitor) {
    if (catalog.entries() == 0) {
      return;
    }
    Slice key = new Slice();
    Slice value = new Slice();
    ScanOrder order = ScanOrder.ascending(file);
    try (Cursor cursor = catalog.cursor()) {
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        cursor.entry(key, value);
        order.check(key);
        if (CatalogKey.of(file, key) != CatalogKey.SNAPSHOT) {
          return;
        }
        visitor.accept(key, value);
      }
    }
  }
}
