package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** FORMAT.md and the layout of nodes say the same. */
class NodeFormatTest {
  private static final List<Class<?>> LAYOUTS = List.of(NodeLayout.class, LeafLayout.class, BranchLayout.class);

  /** A row whose first cell is a number, with a cell that names a constant in backquotes. */
  private static final Pattern ROW =
      Pattern.compile("\\| *([0-9]+) *\\|(?:[^|]*\\|)? *`(\\w+)\\.(\\w+)` *\\|.*");

  @Test
  void everyConstantHasItsRowAndEveryRowItsConstant() throws Exception {
    Map<String, Long> constants = new TreeMap<>();
    for (Class<?> layout : LAYOUTS) {
      for (Field field : layout.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (Modifier.isStatic(modifiers)
            && !Modifier.isPrivate(modifiers)
            && field.getType().isPrimitive()
            && !field.isSynthetic()
            && !field.getName().startsWith("$")) {
          constants.put(layout.getSimpleName() + "." + field.getName(), field.getLong(null));
        }
      }
    }
    assertEquals(16, constants.size(), "constants");
    assertEquals(constants, documented());
  }

  private static Map<String, Long> documented() throws IOException {
    List<String> names = LAYOUTS.stream().map(Class::getSimpleName).toList();
    Map<String, Long> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../pager/FORMAT.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && names.contains(row.group(2))) {
        String name = row.group(2) + "." + row.group(3);
        assertEquals(null, rows.put(name, Long.decode(row.group(1))), "two rows for " + name);
      }
    }
    return rows;
  }

  /** A leaf, byte by byte as FORMAT.md says: keys share a prefix, one value is long. */
  @Test
  void aLeafIsWhatThePageSays() {
    TreeFixture fixture = new TreeFixture(512);
    fixture.put(bytes("abcdeX"), bytes("1"));
    fixture.put(bytes("abcdZ"), bytes(""));
    fixture.put(bytes("abcdfgh"), new byte[200]);
    long root = fixture.tree.root().pgno();
    byte[] page = page(fixture, root);

    byte[] expected = new byte[512];
    putLong(expected, PageHeader.PGNO, root);
    putLong(expected, PageHeader.BIRTH, 1);
    expected[PageHeader.TYPE] = PageHeader.LEAF;
    expected[PageHeader.PAGES] = 1;
    expected[PageHeader.COUNT] = 3;
    expected[PageHeader.CELL_BYTES] = (byte) (9 + 7 + 209);
    expected[PageHeader.PREFIX] = 4; // "abcd"
    copy(expected, 32, 0, 0, 0, 'Z'); // heads, the least significant byte first
    copy(expected, 36, 0, 0, 'X', 'e');
    copy(expected, 40, 0, 'h', 'g', 'f');
    int first = 512 - 9;
    int second = first - 7;
    int third = second - 209;
    copy(expected, 44, second & 0xFF, second >> 8, first & 0xFF, first >> 8);
    copy(expected, 48, third & 0xFF, third >> 8);
    copy(expected, first, 6, 1, 'a', 'b', 'c', 'd', 'e', 'X', '1');
    copy(expected, second, 5, 0, 'a', 'b', 'c', 'd', 'Z');
    copy(expected, third, 7, 200, 'a', 'b', 'c', 'd', 'f', 'g', 'h');
    assertArrayEquals(expected, page);
    fixture.check();
  }

  /** A branch above three leaves; separators are cut, and the first one is empty. */
  @Test
  void aBranchIsWhatThePageSays() {
    TreeFixture fixture = new TreeFixture(512);
    for (int i = 0; i < 5; i++) {
      fixture.put(bytes("k" + i + "tail"), new byte[200]);
    }
    long root = fixture.tree.root().pgno();
    byte[] page = page(fixture, root);
    assertEquals(2, fixture.tree.root().depth());
    byte[] expected = new byte[512];
    putLong(expected, PageHeader.PGNO, root);
    putLong(expected, PageHeader.BIRTH, 1);
    expected[PageHeader.TYPE] = PageHeader.BRANCH;
    expected[PageHeader.PAGES] = 1;
    expected[PageHeader.COUNT] = 3;
    expected[PageHeader.CELL_BYTES] = 13 + 15 + 15;
    copy(expected, 36, 0, 0, '2', 'k');
    copy(expected, 40, 0, 0, '4', 'k');
    copy(expected, 44, 512 - 13 & 0xFF, 1, 512 - 28 & 0xFF, 1, 512 - 43 & 0xFF, 1);
    copy(expected, 512 - 13, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
    copy(expected, 512 - 28, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 'k', '2');
    copy(expected, 512 - 43, 6, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 'k', '4');
    assertArrayEquals(expected, page);
    fixture.check();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] page(TreeFixture fixture, long pgno) {
    return fixture.pages.memory().asSlice(pgno * 512, 512).toArray(ValueLayout.JAVA_BYTE);
  }

  private static void putLong(byte[] target, int at, long number) {
    for (int i = 0; i < 8; i++) {
      target[at + i] = (byte) (number >>> 8 * i);
    }
  }

  private static void copy(byte[] target, int at, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      target[at + i] = (byte) bytes[i];
    }
  }
}
