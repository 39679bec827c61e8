package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys that have their first bytes in another cell of their leaf, at the borders of its room. */
class SharedKeysTest {
  private static final byte[] NOTHING = {};

  private static byte[] key(int start, int number) {
    return ("k".repeat(start) + (1000 + number)).getBytes(US_ASCII);
  }

  /**
   * The cell whose key the others share got a value that is a byte shorter. Its heir needs the room
   * of the whole key, so the leaf was divided, and the leaf that had been there was repaired.
   */
  @Test
  void aShorterValueInAFullLeafDividesIt() {
    for (int keys = 10; keys < 30; keys++) {
      TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
      fixture.put(key(100, 0), new byte[20]);
      for (int i = 1; i < keys; i++) {
        fixture.put(key(100, i), NOTHING);
      }
      fixture.check();
      fixture.put(key(100, 0), new byte[19]);
      fixture.check();
      assertArrayEquals(new byte[19], fixture.get(key(100, 0)));
      assertEquals(keys, fixture.tree.entries());
    }
  }

  /** A part of a divided leaf needs a whole key of its own: both take more than half. */
  @Test
  void longKeysAreDividedEvenly() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(1));
    TreeFixture fixture = new TreeFixture(4096, 1 << 24, true);
    for (int i : numbers) {
      fixture.put(key(1900, i), NOTHING);
    }
    fixture.check();
    assertTrue(fixture.tree.root().leafPages() < 15, () -> "" + fixture.tree.root());
  }

  /** Another writer may share no byte: such a key needs an heir as well. */
  @Test
  void aKeyThatSharesNothingOutlivesTheOtherCell() {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    for (String key : List.of("a", "bb", "zzzzzzz")) {
      fixture.put(key.getBytes(US_ASCII), NOTHING);
    }
    fixture.commit();
    MemorySegment memory = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * 512;
    long word = fixture.tree.leaves.header(memory, base);
    int place = 512 - fixture.tree.leaves.cell(memory, base, word, 0);
    long last = base + fixture.tree.leaves.cell(memory, base, word, 2);
    SharedKeys.write(
        memory, last, 0, place, MemorySegment.ofArray("zzzz".getBytes(US_ASCII)), 0, 4);
    SharedKeys.mark(memory, base, true);
    fixture.check();
    fixture.delete("a".getBytes(US_ASCII));
    fixture.check();
    assertArrayEquals(NOTHING, fixture.get("zzzz".getBytes(US_ASCII)));
  }

  private static List<Integer> offsets(TreeFixture fixture) {
    MemorySegment memory = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * fixture.pages.pageSize();
    long word = fixture.tree.leaves.header(memory, base);
    List<Integer> offsets = new ArrayList<>();
    for (int slot = 0; slot < NodeReader.count(word); slot++) {
      offsets.add(fixture.tree.leaves.cell(memory, base, word, slot));
    }
    return offsets;
  }

  private static boolean isMarked(TreeFixture fixture) {
    MemorySegment memory = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * fixture.pages.pageSize();
    return NodeReader.sharesKeys(fixture.tree.leaves.header(memory, base));
  }

  /** Of keys with cells of one length, only the lowest cell moves when one is removed. */
  @Test
  void theLowestCellTakesThePlaceOfARemovedOne() {
    TreeFixture fixture = new TreeFixture(4096, 1 << 20, true);
    List<Integer> numbers = new ArrayList<>();
    fixture.put(key(20, 0), NOTHING);
    numbers.add(0);
    for (int i = 1000; i < 1100; i++) { // all share as many bytes with the first one
      fixture.put(key(20, i), NOTHING);
      numbers.add(i);
    }
    Random random = new Random(5);
    while (numbers.size() > 1) {
      int slot = 1 + random.nextInt(numbers.size() - 1); // slot 0 has the whole key
      List<Integer> expected = offsets(fixture);
      int lowest = expected.indexOf(Collections.min(expected));
      expected.set(lowest, expected.get(slot));
      expected.remove(slot);
      assertTrue(fixture.delete(key(20, numbers.remove(slot))));
      assertEquals(expected, offsets(fixture));
      fixture.check();
    }
    for (int i : numbers) {
      assertArrayEquals(NOTHING, fixture.get(key(20, i)));
    }
  }

  /** A leaf's flags say whether any of its keys is shared, however the last shared one went. */
  @Test
  void flagsFollowTheKeys() {
    for (int removed = 0; removed < 2; removed++) {
      TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
      fixture.put(key(20, 0), NOTHING);
      fixture.put("z".getBytes(US_ASCII), NOTHING);
      assertFalse(isMarked(fixture));
      fixture.put(key(20, 1), NOTHING);
      assertTrue(isMarked(fixture));
      fixture.check();
      fixture.delete(key(20, removed)); // the whole key, or the one that shares it
      assertFalse(isMarked(fixture));
      fixture.check();
      assertArrayEquals(NOTHING, fixture.get(key(20, 1 - removed)));
    }
  }

  /** A writer would not repair cells of a leaf whose flags are wrong. */
  @Test
  void wrongFlagsAreRefusedByAWriter() {
    for (boolean shares : new boolean[] {false, true}) {
      TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
      fixture.put(key(20, 0), NOTHING);
      fixture.put(shares ? key(20, 1) : "z".getBytes(US_ASCII), NOTHING);
      fixture.commit();
      long base = fixture.tree.root().pgno() * 512;
      SharedKeys.mark(fixture.pages.memory(), base, !shares);
      CorruptFileException refused =
          assertThrows(CorruptFileException.class, () -> fixture.delete(key(20, 0)));
      assertTrue(refused.getMessage().contains("its flags say"), refused.getMessage());
    }
  }

  /** Keys of a multimap that come at random: neighbours take some before a leaf is divided. */
  @Test
  void randomLoadsLeaveLeavesFull() {
    List<byte[]> keys = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 60_000; i++) {
      byte[] value = new byte[8];
      random.nextBytes(value);
      byte[] key = Arrays.copyOf(("key of values " + (100 + i % 60)).getBytes(US_ASCII), 25);
      System.arraycopy(value, 0, key, 17, 8);
      keys.add(key);
    }
    Collections.shuffle(keys, random);
    TreeFixture fixture = new TreeFixture(4096, 1 << 24, true);
    keys.forEach(key -> fixture.put(key, NOTHING));
    fixture.check();
    double fill = PagePacker.fill(fixture.tree);
    assertTrue(fill > 0.79, () -> "fill " + fill);
  }

  /**
   * The first key of the next leaf has its first bytes in another cell there. As a whole key it has
   * no room in the leaf before, and both leaves were copied for nothing.
   */
  @Test
  void aSharedKeyWithoutRoomForItsWholeIsNotTaken() {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    fixture.put("a".getBytes(US_ASCII), new byte[200]);
    fixture.put("b".getBytes(US_ASCII), new byte[200]);
    fixture.put(key(100, 2), NOTHING);
    fixture.put(key(100, 1), NOTHING);
    TreeRoot root = fixture.commit();
    assertEquals(2, root.leafPages());
    assertNull(PagePacker.pack(fixture.tree, 0, null, 10));
    assertEquals(root, fixture.tree.root());
    fixture.delete("b".getBytes(US_ASCII));
    assertNull(PagePacker.pack(fixture.tree, 0, null, 10));
    assertEquals(1, fixture.tree.root().leafPages());
    fixture.check();
  }
}
