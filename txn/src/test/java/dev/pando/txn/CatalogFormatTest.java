package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.TreeRoot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * FORMAT.md says of the catalog, the free tree and the transaction ids what the code does: the
 * constants are compared in both directions, and records of the code with bytes written by hand.
 */
final class CatalogFormatTest {
  private static final List<Class<?>> LAYOUTS =
      List.of(CatalogEntry.class, FreeRecord.class, MetaWriter.class);

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
  void catalogRecordsOfOtherKindsAreRefused() {
    byte[] good = new CatalogEntry(TreeRoot.EMPTY, "u64", "utf8").encode();
    for (int offset : new int[] {CatalogEntry.VERSION, CatalogEntry.FLAGS, CatalogEntry.CODECS}) {
      byte[] other = good.clone();
      other[offset]++;
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> CatalogEntry.decode("file", "t", slice(other), 3, 0));
    }
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> CatalogEntry.name("file", slice(hex("75 61"))));
  }

  @Test
  void freeRecord() {
    byte[] key = hex("0000000000000102 0000000000000304 0000000000000506");
    byte[] value = hex("0708 0000");
    FreeRun run = new FreeRun(0x506, 0x807, 0x102, 0x304);
    KeyBuffer written = new KeyBuffer(FreeRecord.KEY_BYTES);
    FreeRecord.writeKey(written, run);
    byte[] writtenValue = new byte[FreeRecord.VALUE_BYTES];
    FreeRecord.writeValue(MemorySegment.ofArray(writtenValue), run.length());
    assertThat(written.toArray()).isEqualTo(key);
    assertThat(writtenValue).isEqualTo(value);
    assertThat(FreeRecord.read("file", slice(key), slice(value), 0x506 + 0x807, 0x304))
        .isEqualTo(run);
  }

  @Test
  void freeRecordsOutOfRangeAreRefused() {
    byte[] key = hex("0000000000000001 0000000000000002 0000000000000003");
    byte[] value = hex("0100 0000");
    assertThat(FreeRecord.read("file", slice(key), slice(value), 4, 2))
        .isEqualTo(new FreeRun(3, 1, 1, 2));
    refused(key, value, 3, 2); // the page is beyond the end
    refused(key, value, 4, 1); // freed by a later transaction
    refused(key, hex("0200 0000"), 4, 2);
    refused(key, hex("0000 0000"), 4, 2);
    refused(key, hex("0100"), 4, 2);
    refused(hex("0000000000000003 0000000000000002 0000000000000003"), value, 4, 3);
    refused(hex("0000000000000001 0000000000000002 0000000000000002"), value, 4, 2);
  }

  private static void refused(byte[] key, byte[] value, long pageCount, long txnId) {
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(() -> FreeRecord.read("file", slice(key), slice(value), pageCount, txnId));
  }
}
