package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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
    fixture.check();
    fixture.delete("a".getBytes(US_ASCII));
    fixture.check();
    assertArrayEquals(NOTHING, fixture.get("zzzz".getBytes(US_ASCII)));
  }
}
