package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogKey;
import dev.pando.txn.catalog.IndexList;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.commit.TransactionIds;
import dev.pando.txn.feed.FeedLayout;
import dev.pando.txn.space.FreeRecord;
import dev.pando.txn.space.PageSet;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * FORMAT.md says of the catalog, the free tree and the transaction ids what the code does: the
 * constants are compared in both directions, and records of the code with bytes written by hand.
 */
final class CatalogFormatTest {
  private static final List<Class<?>> LAYOUTS =
      List.of(
          CatalogEntry.class,
          CatalogKey.class,
          IndexList.class,
          TableNames.class,
          FeedLayout.class,
          SnapshotEntry.class,
          FreeRecord.class,
          TransactionIds.class,
          BlobHead.class,
          Meta.class);

  /** A row whose first cell is a number, with a cell that names a constant in backquotes. */
  private static final Pattern ROW =
      Pattern.compile("\\| *([0-9]+) *\\|(?:[^|]*\\|)? *`(\\w+)\\.(\\w+)` *\\|.*");

  @Test
  void everyConstantHasItsRowAndEveryRowItsConstant() throws Exception {
    assertThat(documented()).isEqualTo(constants());
  }

  private static Map<String, Long> documented() throws IOException {
    List<String> names = LAYOUTS.stream().map(Class::getSimpleName).toList();
    Map<String, Long> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../pager/FORMAT.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && names.contains(row.group(2))) {
        String name = row.group(2) + "." + row.group(3);
        assertThat(rows.put(name, Long.valueOf(row.group(1)))).as("rows for " + name).isNull();
      }
    }
    return rows;
  }

  private static Map<String, Long> constants() throws IllegalAccessException {
    Map<String, Long> found = new TreeMap<>();
    for (Class<?> layout : LAYOUTS) {
      for (Field field : layout.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        boolean constant = Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers);
        if (constant && field.getType().isPrimitive() && field.getType() != boolean.class) {
          field.setAccessible(true);
          found.put(layout.getSimpleName() + "." + field.getName(), field.getLong(null));
        }
      }
    }
    return found;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s+", ""));
  }

  private static Slice slice(byte[] bytes) {
    Slice slice = new Slice();
    slice.set(MemorySegment.ofArray(bytes), 0, bytes.length);
    return slice;
  }

  @Test
  void catalogRecord() {
    byte[] key = hex("74 6ec3a9");
    byte[] value =
        hex(
            """
            01 00 0000
            0900000000000000 0703000000000000 02000000 00000000
            0a00000000000000 0100000000000000 0200000000000000 0300000000000000
            0300 753634
            0500 6279746573
            """);
    CatalogEntry entry = new CatalogEntry(new TreeRoot(9, 775, 2, 10, 1, 2, 3), "u64", "bytes");
    KeyBuffer written = new KeyBuffer(CatalogEntry.MAX_KEY);
    CatalogEntry.writeKey("n\u00e9", written);
    assertThat(written.toArray()).isEqualTo(key);
    assertThat(entry.encode()).isEqualTo(value);
    assertThat(CatalogEntry.name("file", slice(key))).isEqualTo("n\u00e9");
    assertThat(CatalogEntry.decode("file", "n\u00e9", slice(value), 20, 775)).isEqualTo(entry);
  }

  @Test
  void headOfABlob() {
    byte[] head = hex("01 00 0000 e0ff0300 8877665544330000");
    BlobHead blob = new BlobHead(BlobTable.CHUNK_BYTES, 0x3344_5566_7788L);
    assertThat(blob.encode()).isEqualTo(head);
    assertThat(BlobHead.decode("file", "t", slice(head))).isEqualTo(blob);
    assertThat(BlobTable.of("t", Codec.utf8()).headKey("a")).isEqualTo(hex("61 0000 00000000"));
    assertThat(BlobTable.of("t", Codec.u32()).headKey(7)).isEqualTo(hex("00000007 00000000"));
    assertThat(BlobTable.of("t", Codec.utf8()).stored()).hasToString("t(tuple(utf8,u32) -> blob)");
  }

  @Test
  void recordOfATableWithIndexes() {
    byte[] value =
        hex(
            """
            01 01 0000
            0900000000000000 0703000000000000 02000000 00000000
            0a00000000000000 0100000000000000 0200000000000000 0300000000000000
            0300 753634
            0500 6279746573
            02
            0700000000000000 03 0200 6279 0400 75746638 0100 66 0000
            0800000000000000 08 0100 61 0300 693332 0200 c3a9 0200 00ff
            """);
    CatalogEntry entry =
        new CatalogEntry(
            new TreeRoot(9, 775, 2, 10, 1, 2, 3),
            "u64",
            "bytes",
            List.of(
                new IndexRecord(7, "by", true, true, "utf8", "f", false, null),
                new IndexRecord(8, "a", false, false, "i32", "\u00e9", true, "\0\u00ff")));
    assertThat(entry.encode()).isEqualTo(value);
    assertThat(CatalogEntry.decode("file", "n", slice(value), 20, 775)).isEqualTo(entry);
    assertThat(entry.indexes().getFirst().tree()).isEqualTo("\0" + 7);
    for (int length = value.length - 1; length > 70; length--) {
      byte[] shorter = Arrays.copyOf(value, length);
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> CatalogEntry.decode("file", "n", slice(shorter), 20, 775));
    }
    int list = value.length - 24 - 25 - 1;
    for (int offset : new int[] {list, list + 9, list + 25 + 8}) {
      byte[] other = value.clone();
      other[offset] += 16;
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> CatalogEntry.decode("file", "n", slice(other), 20, 775));
    }
  }

  @Test
  void catalogRecordsOfOtherKindsAreRefused() {
    byte[] good = new CatalogEntry(TreeRoot.EMPTY, "u64", "utf8").encode();
    int kind = CatalogEntry.ROOT + TreeRootLayout.KIND;
    for (int offset : new int[] {CatalogEntry.VERSION, CatalogEntry.FLAGS, kind}) {
      byte[] other = good.clone();
      other[offset] += 2;
      assertThatExceptionOfType(UnsupportedFormatException.class)
          .isThrownBy(() -> CatalogEntry.decode("file", "t", slice(other), 3, 0))
          .withMessageContaining("table t");
    }
    byte[] counted = good.clone();
    counted[kind] = TreeRootLayout.COUNTED;
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> CatalogEntry.decode("file", "t", slice(counted), 3, 0))
        .withMessageContaining("table t: it is a table of u64 and utf8, with a tree of kind 1");
    byte[] long1 = good.clone();
    long1[CatalogEntry.CODECS]++;
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> CatalogEntry.decode("file", "t", slice(long1), 3, 0));
    assertThat(CatalogKey.of("file", slice(hex("74 61")))).isEqualTo(CatalogKey.TABLE);
    assertThat(CatalogKey.of("file", slice(hex("80 61")))).isEqualTo(CatalogKey.CARRIED);
    assertThat(CatalogKey.of("file", slice(hex("FF")))).isEqualTo(CatalogKey.CARRIED);
    for (String other : List.of("00", "72 61", "75 61", "7F")) {
      assertThatExceptionOfType(UnsupportedFormatException.class)
          .isThrownBy(() -> CatalogKey.of("file", slice(hex(other))));
    }
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> CatalogEntry.name("file", slice(hex("75 61"))));
  }

  @Test
  void freeRecordOfRuns() {
    PageSet free = new PageSet(0);
    free.addRun(0x203 * 1024L + 5, 1);
    free.addRun(0x203 * 1024L + 0x102, 0x203);
    free.addRun(0x204 * 1024L, 1); // of the next chunk
    byte[] value = hex("0500 0100 0201 0302");
    assertThat(written(free, 0x203)).isEqualTo(value);
    PageSet read = new PageSet(0);
    FreeRecord.read("file", slice(KEY_203), slice(value), 0x204 * 1024, read);
    assertThat(read.size()).isEqualTo(1 + 0x203);
    assertThat(read.contains(0x203 * 1024L + 5)).isTrue();
    assertThat(read.nextIn(0x203 * 1024L + 6, 1 << 30)).isEqualTo(0x203 * 1024L + 0x102);
  }

  @Test
  void freeRecordOfAWholeChunkAndOfNone() {
    PageSet free = new PageSet(0);
    free.addRun(1024, 1024);
    assertThat(written(free, 1)).isEqualTo(hex("0000 0004"));
    assertThat(written(free, 2)).isEmpty();
  }

  @Test
  void freeRecordAsABitmap() {
    PageSet free = new PageSet(0);
    for (int i = 0; i < 32; i++) {
      free.addRun(0x203 * 1024L + 10 * i, 1 + i % 3);
    }
    byte[] value = written(free, 0x203);
    assertThat(value)
        .hasSize(FreeRecord.BITMAP_BYTES)
        .startsWith(0x01, 0x0C, 0x70, 0x40, 0x00, 0x03);
    PageSet read = new PageSet(0);
    FreeRecord.read("file", slice(KEY_203), slice(value), 0x204 * 1024, read);
    for (long page = 0x203 * 1024; page < 0x204 * 1024; page++) {
      assertThat(read.contains(page)).isEqualTo(free.contains(page));
    }
  }

  private static final byte[] KEY_203 = hex("0000000000000203");

  private static byte[] written(PageSet free, long chunk) {
    byte[] value = new byte[FreeRecord.BITMAP_BYTES];
    int length = FreeRecord.writeValue(MemorySegment.ofArray(value), free, chunk);
    KeyBuffer key = new KeyBuffer(FreeRecord.KEY_BYTES);
    FreeRecord.writeKey(key, 0x203);
    assertThat(key.toArray()).isEqualTo(KEY_203);
    return Arrays.copyOf(value, length);
  }

  @Test
  void freeRecordsOutOfRangeAreRefused() {
    byte[] key = hex("0000000000000000");
    byte[] value = hex("0300 0100 0700 0200");
    FreeRecord.read("file", slice(key), slice(value), 9, new PageSet(0));
    refused(key, value, 8); // the last page is beyond the end
    refused(key, hex("0200 0100"), 9);
    refused(key, hex("0300 0000"), 9);
    refused(key, hex("0300 0100 0300 0100"), 9);
    refused(key, hex("0700 0100 0300 0100"), 9);
    refused(key, hex("0300 0204"), 5000); // into the next chunk
    refused(key, hex("0300 01"), 9);
    refused(key, hex(""), 9);
    refused(key, new byte[132], 9);
    refused(hex("0000000000000001"), hex("0000 0100"), 1024);
    refused(hex("FFFFFFFFFFFFFFFF"), hex("0000 0100"), 1024);
    refused(hex("00000000000000"), value, 9);
    byte[] bitmap = new byte[FreeRecord.BITMAP_BYTES];
    bitmap[0] = 0x18;
    FreeRecord.read("file", slice(key), slice(bitmap), 5, new PageSet(0));
    refused(key, bitmap, 4);
    bitmap[0] = 4;
    refused(key, bitmap, 100);
  }

  private static void refused(byte[] key, byte[] value, long pageCount) {
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(
            () -> FreeRecord.read("file", slice(key), slice(value), pageCount, new PageSet(0)));
  }

  @Test
  void namedSnapshotRecord() {
    Meta meta =
        Meta.initial(512, new UUID(1, 2))
            .withIds(9, 8, 10)
            .withoutTrailer()
            .withContent(20, 3, TreeRoot.EMPTY, TreeRoot.EMPTY, List.of(new FreeRun(5, 3, true)));
    byte[] record = new SnapshotEntry("n\u00e9", Instant.ofEpochMilli(0x0102), meta).encode();
    assertThat(record).hasSize(16 + 210 + 11);
    assertThat(HexFormat.of().formatHex(record, 0, 16))
        .isEqualTo("01" + "00".repeat(7) + "0201" + "00".repeat(6));
    assertThat(HexFormat.of().formatHex(record, 16 + 32, 16 + 40)).isEqualTo("50414e444f1a0d0a");
    Slice key = slice(hex("73 6ec3a9"));
    assertThat(CatalogKey.of("file", key)).isEqualTo(CatalogKey.SNAPSHOT);
    byte[] newer = record.clone();
    newer[0] = 2;
    assertThatExceptionOfType(UnsupportedFormatException.class)
        .isThrownBy(() -> SnapshotEntry.decode("file", 512, key, slice(newer)))
        .withMessageContaining("snapshot n\u00e9");
    SnapshotEntry read = SnapshotEntry.decode("file", 512, key, slice(record));
    assertThat(read.name()).isEqualTo("n\u00e9");
    assertThat(read.created()).isEqualTo(Instant.ofEpochMilli(0x0102));
    assertThat(read.meta()).isEqualTo(meta);
    for (int at : new int[] {16, 100, 225, record.length - 1}) {
      byte[] damaged = record.clone();
      damaged[at] ^= 0x10;
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> SnapshotEntry.decode("file", 512, key, slice(damaged)))
          .withMessageContaining("snapshot n\u00e9");
    }
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> SnapshotEntry.decode("file", 512, key, slice(Arrays.copyOf(record, 99))));
  }

  /** No writer makes one; a file of any bytes may have it. */
  @Test
  void keysOfTheCatalogThatAreTooShort() {
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> CatalogKey.of("file", slice(new byte[0])));
    for (String key : List.of("", "73")) {
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> SnapshotEntry.name("file", slice(hex(key))));
    }
    for (String key : List.of("", "74")) {
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> CatalogEntry.name("file", slice(hex(key))));
    }
  }

  /** With pages of 4,096 bytes and more a catalog has room for longer keys than names have. */
  @Test
  void namesThatAreTooLong() {
    byte[] key = new byte[CatalogEntry.MAX_KEY + 1];
    Arrays.fill(key, (byte) 'n');
    key[0] = CatalogEntry.TABLE;
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> CatalogEntry.name("file", slice(key)));
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> SnapshotEntry.name("file", slice(key)));
    byte[] longest = Arrays.copyOf(key, CatalogEntry.MAX_KEY);
    assertThat(CatalogEntry.name("file", slice(longest))).hasSize(Table.MAX_NAME);
    assertThat(SnapshotEntry.name("file", slice(longest))).hasSize(Table.MAX_NAME);
  }

  /** A table's record can be in an overflow run, of as many bytes as a sparse file has. */
  @Test
  void aTableRecordThatIsTooLong() {
    for (long bytes : new long[] {64 + 2 * 65_535 + (1 << 20) + 1, 1L << 30, 1L << 31, 1L << 40}) {
      Slice record = new Slice();
      record.set(MemorySegment.NULL, 0, bytes); // a copy of it fails
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> CatalogEntry.decode("file", "t", record, 100, 5))
          .withMessageContaining(String.valueOf(bytes));
    }
  }
}
