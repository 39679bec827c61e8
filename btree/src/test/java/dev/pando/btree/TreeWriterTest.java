package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRoot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The write side's promises that random play would seldom reach or not show. */
class TreeWriterTest {
  private static byte[] key(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void longestKeysAndOneMore(int pageSize) {
    TreeFixture fixture = new TreeFixture(pageSize);
    int max = Tree.maxKey(pageSize);
    assertTrue(pageSize < 4096 || max >= 2000);
    for (int i = 0; i < 50; i++) {
      byte[] key = new byte[max];
      key[max - 1] = (byte) i;
      assertTrue(fixture.put(key, new byte[i % 2 == 0 ? 0 : pageSize]));
    }
    fixture.check();
    KeyBuffer bad = new KeyBuffer(max + 1);
    bad.set(new byte[max + 1]);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> fixture.tree.put(bad, java.lang.foreign.MemorySegment.NULL, 0, 0));
    assertEquals(
        "key length=" + (max + 1) + ", allowed 0 to " + max + " bytes", refused.getMessage());
    for (int i = 0; i < 50; i++) {
      byte[] key = new byte[max];
      key[max - 1] = (byte) i;
      assertTrue(fixture.delete(key));
      fixture.check();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void ascendingAndDescendingLoadsKeepPagesFull(int pageSize) {
    for (boolean up : new boolean[] {true, false}) {
      TreeFixture fixture = new TreeFixture(pageSize);
      int n = 20_000;
      for (int i = 0; i < n; i++) {
        fixture.put(key(up ? i : n - i), new byte[20]);
      }
      fixture.check();
      TreeRoot root = fixture.tree.root();
      int cell = (int) LeafLayout.inlineCell(4, 20) + NodeLayout.SLOT_BYTES;
      int perPage = NodeLayout.capacity(pageSize) / cell;
      assertEquals((n + perPage - 1) / perPage, root.leafPages(), "up: " + up);
    }
  }

  @Test
  void neighboursShareBeforeLeavesSplitInRandomLoads() {
    int pageSize = 4096;
    TreeFixture fixture = new TreeFixture(pageSize);
    int n = 20_000;
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    Collections.shuffle(numbers, new Random(1)); // another order would do as well
    numbers.forEach(number -> fixture.put(key(number), new byte[20]));
    fixture.check();
    long cell = LeafLayout.inlineCell(4, 20) + NodeLayout.SLOT_BYTES;
    long room = fixture.tree.root().leafPages() * NodeLayout.capacity(pageSize);
    double used = (double) n * cell / room;
    // Splits alone use 0.673 here.
    assertTrue(used > 0.70, "of the leaves are used " + used);
  }

  /** Bytes of the tree's pages for each byte of value, after a load in order. */
  private static double spent(int pageSize, int length, boolean up) {
    TreeFixture fixture = new TreeFixture(pageSize);
    int n = 2000;
    for (int i = 0; i < n; i++) {
      fixture.put(key(up ? i : n - i), new byte[length]);
    }
    fixture.check();
    return (double) fixture.pages.usedPages() * pageSize / ((double) n * length);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("proof")
  void valuesOfAboutAPageShareLeavesOfSeveralPages(boolean up) {
    // A value of 2,048 bytes took a page of 4,096 when it had a run of its own: twice its bytes.
    assertTrue(spent(4096, 2048, up) < 1.21, "2 KiB take " + spent(4096, 2048, up));
    for (int length = 1300; length <= 8200; length += 50) {
      double spent = spent(4096, length, up);
      assertTrue(spent < 1.35, length + " bytes take " + spent);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 16384, 32768, 65536})
  void loadsInOrderOfMixedValuesStaySound(int pageSize) {
    for (boolean up : new boolean[] {true, false}) {
      Random random = new Random(pageSize);
      TreeFixture fixture = new TreeFixture(pageSize);
      int n = 600;
      long bytes = 0;
      for (int i = 0; i < n; i++) {
        int length = random.nextInt(random.nextBoolean() ? 100 : 2 * pageSize);
        bytes += length;
        fixture.put(key(up ? i : n - i), new byte[length]);
        if (i % 50 == 0) {
          fixture.commit();
          fixture.check();
        }
      }
      fixture.check();
      double spent = (double) fixture.pages.usedPages() * pageSize / bytes;
      assertTrue(spent < (pageSize <= 4096 ? 1.4 : 2), pageSize + ": " + spent);
      for (int i = 0; i <= n; i++) {
        fixture.delete(key(up ? n - i : i));
        if (i % 50 == 0) {
          fixture.check();
        }
      }
      assertEquals(TreeRoot.EMPTY, fixture.tree.root());
      assertEquals(0, fixture.pages.usedPages());
    }
  }

  @Test
  void smallValuesNeverMakeALargeLeaf() {
    for (int length : new int[] {0, 50, 300, 1000, 1330}) {
      TreeFixture fixture = new TreeFixture(4096);
      Random random = new Random(length);
      for (int i = 0; i < 3000; i++) {
        fixture.put(key(random.nextInt(3000)), new byte[length]);
      }
      fixture.check();
      assertEquals(1, largestLeaf(fixture), "values of " + length + " bytes");
    }
  }

  @Test
  void leavesGiveBackThePagesOfLargeValues() {
    TreeFixture fixture = new TreeFixture(4096);
    for (int i = 0; i < 1000; i++) {
      fixture.put(key(i), new byte[3000]);
    }
    fixture.commit();
    assertEquals(3, largestLeaf(fixture));
    for (int i = 0; i < 1000; i++) {
      fixture.put(key(i), new byte[10]);
    }
    fixture.check();
    assertEquals(1, largestLeaf(fixture));
    assertTrue(fixture.tree.root().leafPages() < 40, fixture.tree.root().toString());
  }

  private static int largestLeaf(TreeFixture fixture) {
    int largest = 0;
    Slice key = new Slice();
    try (Cursor cursor = fixture.tree.cursor()) {
      java.lang.foreign.MemorySegment memory = fixture.pages.memory();
      while (cursor.next()) {
        cursor.key(key);
        // The leaf's first page is the nearest one below that carries its own number.
        long page = key.offset / fixture.pages.pageSize();
        while (PageHeader.pgno(memory, page * fixture.pages.pageSize()) != page) {
          page--;
        }
        int pages = PageHeader.leafPages(memory, page * fixture.pages.pageSize());
        largest = Math.max(largest, pages);
      }
    }
    return largest;
  }

  @Test
  void appendIsPutThatRefusesDisorder() {
    TreeFixture fixture = new TreeFixture(4096);
    for (int i = 0; i < 10_000; i += 2) {
      fixture.append(key(i), key(-i));
    }
    for (int bad : new int[] {9998, 9997, 0, 5}) {
      assertThrows(IllegalArgumentException.class, () -> fixture.append(key(bad), key(1)));
    }
    assertEquals(5000, fixture.tree.entries());
    assertArrayEquals(key(-9998), fixture.get(key(9998)));
    fixture.check();
  }

  @Test
  void headsThatAllTieStillFindEveryKey() {
    TreeFixture fixture = new TreeFixture(4096);
    // The outermost keys share nothing, so heads skip nothing; all others have one head.
    fixture.put(new byte[] {0}, new byte[0]);
    fixture.put(new byte[] {-1}, new byte[0]);
    for (int i = 0; i < 3000; i++) {
      fixture.put(("same" + i).getBytes(US_ASCII), key(i));
    }
    fixture.check();
    for (int i = 0; i < 3000; i++) {
      assertArrayEquals(key(i), fixture.get(("same" + i).getBytes(US_ASCII)));
      assertEquals(null, fixture.get(("same" + i + "x").getBytes(US_ASCII)));
    }
    assertEquals(null, fixture.get("same".getBytes(US_ASCII)));
  }

  @Test
  void zeroBytesAtTheEndOfKeysAreTold() {
    TreeFixture fixture = new TreeFixture(512);
    for (int length = 1; length < 40; length++) {
      byte[] key = new byte[length]; // heads are zero padded: all of these have the same head
      assertTrue(fixture.put(key, new byte[] {(byte) length}));
    }
    fixture.check();
    for (int length = 1; length < 40; length++) {
      assertArrayEquals(new byte[] {(byte) length}, fixture.get(new byte[length]));
    }
    assertTrue(fixture.delete(new byte[17]));
    assertFalse(fixture.delete(new byte[17]));
    fixture.check();
  }

  @Test
  void separatorsAreCutToWhatTellsPagesApart() {
    TreeFixture fixture = new TreeFixture(4096);
    Random random = new Random(5);
    for (int i = 0; i < 60_000; i++) {
      byte[] key = new byte[100];
      random.nextBytes(key);
      fixture.put(key, new byte[8]);
    }
    fixture.check();
    TreeRoot root = fixture.tree.root();
    // Whole keys would let a branch hold 31 children.
    assertTrue(
        root.leafPages() / root.branchPages() > 80,
        root.leafPages() + " leaves under " + root.branchPages() + " branches");
  }

  @Test
  void replacingKeepsCountsAndGivesOverflowPagesBack() {
    TreeFixture fixture = new TreeFixture(512);
    for (int length : new int[] {0, 10, 250, 251, 400, 5000, 480, 481, 1, 100_000, 0}) {
      fixture.put(key(1), new byte[length]);
      fixture.put(key(2), new byte[3]);
      assertEquals(length, fixture.get(key(1)).length);
      assertEquals(2, fixture.tree.entries());
      fixture.check();
    }
    assertEquals(0, fixture.tree.root().overflowPages());
  }

  @Test
  void anEmptiedTreeHasNoPages() {
    TreeFixture fixture = new TreeFixture(512);
    for (int i = 0; i < 2000; i++) {
      fixture.put(key(i), key(i));
    }
    fixture.commit();
    for (int i = 1999; i >= 0; i--) {
      assertTrue(fixture.delete(key(i)));
      if (i % 100 == 0) {
        fixture.check();
      }
    }
    assertEquals(TreeRoot.EMPTY, fixture.tree.root());
    assertEquals(0, fixture.pages.usedPages());
  }

  @Test
  void aCursorWhoseEntryIsDeletedStandsInTheGap() {
    TreeFixture fixture = new TreeFixture(512);
    for (int i = 0; i < 100; i++) {
      fixture.put(key(i), key(i));
    }
    Slice slice = new Slice();
    try (Cursor cursor = fixture.tree.cursor()) {
      assertTrue(cursor.seekExact(fixture.key(key(50))));
      fixture.delete(key(50));
      assertThrows(IllegalStateException.class, () -> cursor.key(slice));
      assertTrue(cursor.next());
      cursor.key(slice);
      assertArrayEquals(key(51), slice.toArray());
      fixture.delete(key(51));
      assertTrue(cursor.prev());
      cursor.key(slice);
      assertArrayEquals(key(49), slice.toArray());
    }
    fixture.check();
  }

  @Test
  void aCursorThatIsNowhereSaysSo() {
    TreeFixture fixture = new TreeFixture(512);
    Cursor cursor = fixture.tree.cursor();
    assertFalse(cursor.first());
    assertFalse(cursor.last());
    assertFalse(cursor.next());
    assertFalse(cursor.prev());
    assertFalse(cursor.positioned());
    assertThrows(IllegalStateException.class, () -> cursor.value(new Slice()));
  }

  /** With it, each part of the leaf would need a long key that the other part has. */
  @Test
  void aLargeEntryAmongKeysThatShareALongOne() {
    TreeFixture fixture = new TreeFixture(65_536, 16 << 20, true);
    String shared = "k".repeat(20_000);
    for (int i = 0; i < 1_280; i++) {
      fixture.put((shared + (10_000 + i) + "12345678").getBytes(US_ASCII), new byte[0]);
    }
    fixture.check();
    assertEquals(1, fixture.tree.root().leafPages());
    fixture.put((shared + "10640").getBytes(US_ASCII), new byte[12_000]);
    fixture.check();
    assertEquals(1_281, fixture.tree.entries());
    for (int i = 0; i < 1_280; i++) {
      assertTrue(fixture.delete((shared + (10_000 + i) + "12345678").getBytes(US_ASCII)));
    }
    fixture.check();
    assertEquals(12_000, fixture.get((shared + "10640").getBytes(US_ASCII)).length);
  }
}
