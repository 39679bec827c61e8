package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.TreeRoot;
import java.nio.ByteBuffer;
import java.util.Random;
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
    for (byte[] bad : new byte[][] {{}, new byte[max + 1]}) {
      KeyBuffer key = new KeyBuffer(max + 1);
      key.set(bad);
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> fixture.tree.put(key, java.lang.foreign.MemorySegment.NULL, 0, 0));
      assertEquals(
          "key length=" + bad.length + ", allowed 1 to " + max + " bytes", refused.getMessage());
    }
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
    // Whole keys would let a branch hold 33 children.
    assertTrue(
        root.leafPages() / root.branchPages() > 100,
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
}
