package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deletes from one leaf, in which the lowest cell can fill the gap or cannot. */
final class LowestCellTest {
  private static final int PAGE = 4096;

  private final TreeFixture fixture = new TreeFixture(PAGE, 1 << 20);

  private static byte[] key(int i) {
    return new byte[] {(byte) i};
  }

  private static byte[] value(int i, int length) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) i);
    return value;
  }

  private void deleteAll(List<Integer> keys, int[] lengths) {
    for (int gone = 0; gone < keys.size(); gone++) {
      assertTrue(fixture.delete(key(keys.get(gone))));
      for (int left : keys.subList(gone + 1, keys.size())) {
        assertArrayEquals(value(left, lengths[left]), fixture.get(key(left)));
      }
      fixture.check();
    }
  }

  /** Puts and deletes in orders of their own, so that places of cells and slots differ. */
  private void putAndDelete(long seed, int[] lengths) {
    Random random = new Random(seed);
    List<Integer> keys = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      keys.add(i);
    }
    Collections.shuffle(keys, random);
    keys.forEach(i -> fixture.put(key(i), value(i, lengths[i])));
    fixture.check();
    Collections.shuffle(keys, random);
    deleteAll(keys, lengths);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void cellsOfOneLength(long seed) {
    int[] lengths = new int[30];
    Arrays.fill(lengths, 100);
    putAndDelete(seed, lengths);
  }

  /** The sum is that of cells of one length, and the lowest has another. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void cellsOfManyLengthsWithTheSumOfOne(long seed) {
    int[] lengths = new int[31];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 50 + 2 * (i - 15);
    }
    putAndDelete(seed, lengths);
  }

  @Test
  void noOtherCellMoves() {
    for (int i = 0; i < 4; i++) {
      fixture.put(key(i), value(i, 8));
    }
    MemorySegment page = fixture.pages.memory();
    long base = fixture.tree.root().pgno() * PAGE;
    LeafReader leaves = fixture.tree.leaves;
    long before = leaves.header(page, base);
    int gap = leaves.cell(page, base, before, 1);
    int first = leaves.cell(page, base, before, 0);
    int third = leaves.cell(page, base, before, 2);

    fixture.delete(key(1));

    long after = leaves.header(page, base);
    assertEquals(first, leaves.cell(page, base, after, 0));
    assertEquals(third, leaves.cell(page, base, after, 1));
    assertEquals(gap, leaves.cell(page, base, after, 2), "the lowest was put last");
    fixture.check();
  }
}
