package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.pager.TreeRoot;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * FORMAT.md says of leaves, branches and overflow runs what the code does: the constants are
 * compared in both directions, and pages written by the code with pages written here by hand.
 */
class NodeFormatTest {
  private static final List<Class<?>> LAYOUTS =
      List.of(NodeLayout.class, LeafLayout.class, BranchLayout.class);

  /** A row whose first cell is a number, with a cell that names a constant in backquotes. */
  private static final Pattern ROW =
      Pattern.compile("\\| *([0-9]+) *\\|(?:[^|]*\\|)? *`(\\w+)\\.(\\w+)` *\\|.*");

  @Test
  void everyConstantHasItsRowAndEveryRowItsConstant() throws Exception {
    assertEquals(constants(), documented());
  }

  private static Map<String, Long> documented() throws IOException {
    List<String> names = LAYOUTS.stream().map(Class::getSimpleName).toList();
    Map<String, Long> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../pager/FORMAT.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && names.contains(row.group(2))) {
        String name = row.group(2) + "." + row.group(3);
        assertEquals(null, rows.put(name, Long.valueOf(row.group(1))), "two rows for " + name);
      }
    }
    return rows;
  }

  private static Map<String, Long> constants() throws IllegalAccessException {
    Map<String, Long> found = new TreeMap<>();
    for (Class<?> layout : LAYOUTS) {
      for (Field field : layout.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType().isPrimitive()) {
          found.put(layout.getSimpleName() + "." + field.getName(), field.getLong(null));
        }
      }
    }
    return found;
  }

  /** A page in hex: each line is an offset and bytes; {@code xx*n} repeats one, the rest is 0. */
  private static byte[] byHand(int size, String text) {
    byte[] page = new byte[size];
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split(" +");
      int at = Integer.parseInt(words[0]);
      for (String word : Arrays.asList(words).subList(1, words.length)) {
        String[] repeated = word.split("\\*");
        byte[] bytes = HexFormat.of().parseHex(repeated[0]);
        for (int n = repeated.length == 1 ? 1 : Integer.parseInt(repeated[1]); n > 0; n--) {
          System.arraycopy(bytes, 0, page, at, bytes.length);
          at += bytes.length;
        }
      }
    }
    return page;
  }

  private static void assertPages(TreeFixture fixture, long pgno, int size, String byHand) {
    byte[] written =
        fixture
            .pages
            .memory()
            .asSlice(pgno * fixture.pages.pageSize(), size)
            .toArray(ValueLayout.JAVA_BYTE);
    byte[] expected = byHand(size, byHand);
    int differs = Arrays.mismatch(expected, written);
    assertArrayEquals(expected, written, "page " + pgno + ", first difference at " + differs);
  }

  private static void put(TreeFixture fixture, String key, String value) {
    fixture.put(key.getBytes(US_ASCII), value.getBytes(US_ASCII));
  }

  @Test
  void leafWithEveryKindOfCell() {
    TreeFixture fixture = new TreeFixture(1024);
    put(fixture, "pando-a", "one");
    put(fixture, "pando-b", "");
    put(fixture, "pando-c", "v".repeat(2400));
    put(fixture, "pando-d" + "x".repeat(250), "z");
    put(fixture, "pando-e", "v".repeat(251));
    fixture.check();
    assertEquals(new TreeRoot(3, 1, 1, 5, 0, 1, 3), fixture.tree.root());
    assertPages(
        fixture,
        3,
        1024,
        """
           0 00000000 03 00 0500
           8 3e02 0600 01000000
          16 0300000000000000
          24 0100000000000000
          32 00000061 00000062 00000063 78787864 00000065
          52 f403 eb03 ce03 c802 c201
         450 07 fb fb00 70616e646f2d65 76*251
         712 ff 01 0101 70616e646f2d64 78*250 7a
         974 07 fc 70616e646f2d63 040000000000 010000000000 6009000000000000
        1003 07 00 70616e646f2d62
        1012 07 03 70616e646f2d61 6f6e65
        """);
    // The value of pando-c.
    assertPages(
        fixture,
        4,
        3072,
        """
           0 00000000 04 00 0000
           8 0000 0000 03000000
          16 0400000000000000
          24 0100000000000000
          32 76*2400
        """);
  }

  @Test
  void leafOfTwoPages() {
    TreeFixture fixture = new TreeFixture(512);
    put(fixture, "a", "v".repeat(200));
    put(fixture, "b", "v".repeat(400));
    fixture.check();
    assertEquals(new TreeRoot(4, 1, 1, 2, 0, 2, 0), fixture.tree.root());
    assertPages(
        fixture,
        4,
        1024,
        """
           0 00000000 03 10 0200
           8 6002 0000 02000000
          16 0400000000000000
          24 0100000000000000
          32 00000061 00000062
          40 3503 a001
         416 01 fb 9001 62 76*400
         821 01 c8 61 76*200
        """);
  }

  @Test
  void headsOfShortKeysArePaddedAndLeaveOutNothing() {
    TreeFixture fixture = new TreeFixture(512);
    put(fixture, "abc", "1");
    put(fixture, "ab", "2");
    put(fixture, "abcd", "3");
    fixture.check();
    assertPages(
        fixture,
        3,
        512,
        """
           0 00000000 03 00 0300
           8 1200 0000 01000000
          16 0300000000000000
          24 0100000000000000
          32 00006261 00636261 64636261
          44 f501 fa01 ee01
         494 04 01 61626364 33
         501 02 01 6162 32
         506 03 01 616263 31
        """);
  }

  @Test
  void branch() {
    TreeFixture fixture = new TreeFixture(512);
    for (String key : new String[] {"pando-a", "pando-b", "pando-c", "pando-d", "pando-e"}) {
      put(fixture, key, "v".repeat(200));
    }
    fixture.check();
    assertEquals(new TreeRoot(5, 1, 2, 5, 1, 3, 0), fixture.tree.root());
    assertPages(
        fixture,
        5,
        512,
        """
           0 00000000 02 00 0300
           8 3500 0600 01000000
          16 0500000000000000
          24 0100000000000000
          32 00000000 00000063 00000065
          44 f301 df01 cb01
         459 060000000000 010000000000 07 70616e646f2d65
         479 040000000000 010000000000 07 70616e646f2d63
         499 030000000000 010000000000 00
        """);
  }

  @Test
  void branchOfACountedTree() {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    for (String key : new String[] {"pando-a", "pando-b", "pando-c", "pando-d", "pando-e"}) {
      put(fixture, key, "v".repeat(200));
    }
    fixture.check();
    assertEquals(new TreeRoot(5, 1, 2, 5, 1, 3, 0, true), fixture.tree.root());
    assertPages(
        fixture,
        5,
        512,
        """
           0 00000000 02 01 0300
           8 3b00 0600 01000000
          16 0500000000000000
          24 0100000000000000
          32 00000000 00000063 00000065
          44 f101 db01 c501
         453 060000000000 010000000000 07 70616e646f2d65 0100
         475 040000000000 010000000000 07 70616e646f2d63 0200
         497 030000000000 010000000000 00 0200
        """);
  }

  @Test
  void leafOfACountedTreeWithSharedKeys() {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    put(fixture, "pairs of a key/1", "");
    put(fixture, "pairs of a key/2", "");
    put(fixture, "pairs of a key/30", "");
    fixture.check();
    assertPages(
        fixture,
        3,
        512,
        """
           0 00000000 03 01 0300
           8 2100 0f00 01000000
          16 0300000000000000
          24 0100000000000000
          32 00000031 00000032 00003033
          44 e801 e401 df01
         479 02 fd 00 3330
         484 01 fd 00 32
         488 10 00 70616972 73206f66 2061206b 65792f31
         506 1800 0f00 0100
        """);
  }

  @Test
  void branchWithOneLongSeparator() {
    TreeFixture fixture = new TreeFixture(1024);
    for (String last : new String[] {"a", "b", "c"}) {
      put(fixture, "k".repeat(300) + last, "v".repeat(150));
    }
    fixture.check();
    assertEquals(new TreeRoot(5, 1, 2, 3, 1, 2, 0), fixture.tree.root());
    assertPages(
        fixture,
        5,
        1024,
        """
           0 00000000 02 00 0200
           8 4901 0000 01000000
          16 0500000000000000
          24 0100000000000000
          32 00000000 6b6b6b6b
          40 f303 b702
         695 040000000000 010000000000 ff 2d01 6b*300 63
        1011 030000000000 010000000000 00
        """);
  }

  @Test
  void boundsOfKeysAndCells() {
    assertEquals(208, Tree.maxKey(512));
    assertEquals(2000, Tree.maxKey(4096));
    assertEquals(32720, Tree.maxKey(65536));
    assertEquals(1152, LeafLayout.maxCell(512));
    assertEquals(9216, LeafLayout.maxCell(4096));
    assertEquals(32746, LeafLayout.maxCell(16384));
    assertEquals(32746, LeafLayout.maxCell(65536));
  }
}
