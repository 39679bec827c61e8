package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageMemory;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    TreeFixture fixture = withAKeyThatSharesNothing();
    fixture.delete("a".getBytes(US_ASCII));
    fixture.check();
    assertArrayEquals(NOTHING, fixture.get("zzzzzz".getBytes(US_ASCII)));
  }

  /** The cells have the same length, so that the new one was written over the old one. */
  @Test
  void aKeyThatSharesNothingGetsAValue() {
    TreeFixture fixture = withAKeyThatSharesNothing();
    fixture.put("zzzzzz".getBytes(US_ASCII), new byte[] {1});
    fixture.check();
    assertFalse(isMarked(fixture));
    assertArrayEquals(new byte[] {1}, fixture.get("zzzzzz".getBytes(US_ASCII)));
  }

  private static TreeFixture withAKeyThatSharesNothing() {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    for (String key : List.of("a", "bb", "zzzzzzz")) {
      fixture.put(key.getBytes(US_ASCII), NOTHING);
    }
    fixture.commit();
    MemorySegment memory = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * 512;
    long word = fixture.tree.leaves.header(memory, base);
    Beginnings.resize(fixture.tree.leaves, memory, base, 1);
    word = fixture.tree.leaves.header(memory, base);
    int place = 512 - fixture.tree.leaves.cell(memory, base, word, 0);
    Beginnings.set(memory, base, 512, 0, place, 0);
    long last = base + fixture.tree.leaves.cell(memory, base, word, 2);
    byte[] rest = "zzzzzz".getBytes(US_ASCII); // a cell as long as that of the whole key
    SharedKeys.write(memory, last, 0, MemorySegment.ofArray(rest), 0, rest.length);
    fixture.check();
    return fixture;
  }

  private static boolean isMarked(TreeFixture fixture) {
    MemorySegment memory = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * fixture.pages.pageSize();
    return NodeReader.sharesKeys(fixture.tree.leaves.header(memory, base));
  }

  /** Returns the beginnings in the list of the only leaf, used or not. */
  private static int beginnings(TreeFixture fixture) {
    MemorySegment memory = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * fixture.pages.pageSize();
    LeafReader leaves = fixture.tree.leaves;
    int bytes = Beginnings.listBytes(leaves, memory, base, leaves.header(memory, base));
    return bytes / LeafLayout.BEGINNING_BYTES;
  }

  private static byte[] key(char group, int number) {
    return (String.valueOf(group).repeat(12) + number).getBytes(US_ASCII);
  }

  /** A beginning that no key has is used by the next group, and the list ends with a used one. */
  @Test
  void theListHasNoMoreBeginningsThanGroups() {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    for (char group : new char[] {'a', 'b', 'c'}) {
      fixture.put(key(group, 1), NOTHING);
      fixture.put(key(group, 2), NOTHING);
      fixture.put(key(group, 3), NOTHING);
    }
    assertEquals(3, beginnings(fixture));
    Object[][] steps = {
      {'a', 3, 3}, // another key of the group remains
      {'a', 2, 3}, // the others have the numbers that they had
      {'c', 1, 3}, // its key is whole: one of the two others inherits it
      {'c', 2, 2},
      {'b', 3, 2},
      {'b', 1, 0},
    };
    for (Object[] step : steps) {
      assertTrue(fixture.delete(key((char) step[0], (int) step[1])));
      assertEquals(step[2], beginnings(fixture), Arrays.toString(step));
      fixture.check();
      if (step[2].equals(2)) {
        fixture.put(key('d', 1), NOTHING);
        fixture.put(key('d', 2), NOTHING); // as the beginning that was of group a
        assertEquals(2, beginnings(fixture));
        fixture.check();
        fixture.delete(key('d', 1));
      }
    }
    for (byte[] left : List.of(key('a', 1), key('b', 2), key('c', 3), key('d', 2))) {
      assertArrayEquals(NOTHING, fixture.get(left));
    }
    assertEquals(4, fixture.tree.entries());
  }

  /** A leaf of 64 KiB may have more groups than beginnings: the others store their whole keys. */
  @Test
  void moreGroupsThanBeginnings() {
    TreeFixture fixture = new TreeFixture(65_536, 1 << 24, true);
    List<byte[]> keys = new ArrayList<>();
    for (int group = 0; group < 1_000; group++) {
      for (int i = 0; i < 3; i++) {
        keys.add("%08d in a group/%d".formatted(group, i).getBytes(US_ASCII));
      }
    }
    for (byte[] key : keys) {
      fixture.put(key, NOTHING);
      if (fixture.tree.root().leafPages() == 1) {
        assertTrue(beginnings(fixture) <= LeafLayout.MAX_BEGINNINGS);
      }
    }
    fixture.check();
    long pages = fixture.tree.root().leafPages();
    assertTrue(pages <= 2, () -> pages + " pages");
    Collections.shuffle(keys, new Random(7));
    for (int i = 0; i < keys.size(); i++) {
      assertTrue(fixture.delete(keys.get(i)));
      if (i % 100 == 0 || keys.size() - i < 20) {
        fixture.check();
      }
    }
    assertEquals(0, fixture.tree.entries());
  }

  /** Two leaves may have more beginnings together than one may have, although their keys fit it. */
  @Test
  void packedLeavesHaveNoMoreBeginningsThanAllowed() {
    TreeFixture fixture = new TreeFixture(65_536, 1 << 24, true);
    int groups = 0;
    while (fixture.tree.root().leafPages() < 3) {
      for (int i = 0; i < 6; i++) {
        fixture.put("%08d in a group/%d".formatted(groups, i).getBytes(US_ASCII), NOTHING);
      }
      groups++;
    }
    for (int group = 0; group < groups; group++) { // few keys remain, but as many beginnings
      for (int i = 1; i < 5; i++) {
        fixture.delete("%08d in a group/%d".formatted(group, i).getBytes(US_ASCII));
      }
    }
    fixture.check();
    assertNull(PagePacker.pack(fixture.tree, 0, null, 100));
    fixture.check();
    for (int group = 0; group < groups; group++) {
      assertArrayEquals(
          NOTHING, fixture.get("%08d in a group/5".formatted(group).getBytes(US_ASCII)));
    }
    assertEquals(2L * groups, fixture.tree.entries());
  }

  /** A list with a number that is not allowed: the check sees it, and a writer refuses the leaf. */
  @ParameterizedTest
  @CsvSource({
    "2, 0",
    "2, 2",
    "2, 513",
    "2, 65535", // how many beginnings
    "4, 25",
    "4, 65535", // bytes of the key, which has 24
    "6, 0",
    "6, 1",
    "6, 2",
    "6, 31",
    "6, 36",
    "6, 37",
    "6, 480",
    "6, 481",
    "6, 600",
    "6, 65535", // place
    "34, 1",
    "34, 255", // the beginning of the other key
  })
  void wrongListsAreRefused(int fromEnd, int value) {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    fixture.put(key(20, 0), NOTHING);
    fixture.put(key(20, 1), NOTHING);
    fixture.commit();
    fixture.check();
    MemorySegment memory = fixture.pages.memory();
    long end = (fixture.tree.root().pgno() + 1) * 512;
    if (fromEnd > LeafLayout.listBytes(1)) {
      PageMemory.put8(memory, end - fromEnd, value);
    } else {
      PageMemory.put16(memory, end - fromEnd, value);
    }
    for (int i = 0; i < 3; i++) {
      try {
        byte[] _ = fixture.get(key(20, i));
      } catch (CorruptFileException expected) {
        assertEquals(fixture.tree.root().pgno(), expected.pgno());
      }
    }
    assertThrows(Throwable.class, fixture::check);
    assertThrows(CorruptFileException.class, () -> fixture.delete(key(20, 0)));
  }

  /**
   * The list of a leaf with two keys gets a beginning that no key has, or gives its only one the
   * number 1: a writer leaves zeros for the first ones, and none at the list's end.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 20, 0, false", // a second beginning, in the whole key
    "1, 8, 0, false",
    "1, 24, 0, false",
    "0, 0, 0, false", // zeros at the list's end
    "0, 0, 1, true", // zeros before the beginning of the other key
    "1, 20, 1, false",
  })
  void beginningsThatNoKeyHasAreRefused(int isThere, int length, int used, boolean allowed) {
    TreeFixture fixture = new TreeFixture(512, 1 << 20, true);
    fixture.put(key(20, 0), NOTHING);
    fixture.put(key(20, 1), NOTHING);
    fixture.commit();
    MemorySegment memory = fixture.pages.memory();
    LeafReader leaves = fixture.tree.leaves;
    long base = fixture.tree.root().pgno() * 512;
    Beginnings.resize(leaves, memory, base, 2);
    int place = Beginnings.place(memory, base, 512, 0);
    int shared = Beginnings.length(memory, base, 512, 0);
    Beginnings.set(memory, base, 512, 1 - used, isThere * place, length);
    Beginnings.set(memory, base, 512, used, place, shared);
    long other = base + leaves.cell(memory, base, leaves.header(memory, base), 1);
    PageMemory.put8(memory, other + LeafLayout.TAGS, used);
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(NOTHING, fixture.get(key(20, i)));
    }
    if (allowed) {
      fixture.check();
      fixture.delete(key(20, 0));
      fixture.check();
      return;
    }
    assertThrows(Throwable.class, fixture::check);
    CorruptFileException refused =
        assertThrows(CorruptFileException.class, () -> fixture.delete(key(20, 0)));
    assertTrue(refused.getMessage().contains("beginning " + (1 - used)), refused.getMessage());
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
      Beginnings.mark(fixture.pages.memory(), base, !shares);
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
