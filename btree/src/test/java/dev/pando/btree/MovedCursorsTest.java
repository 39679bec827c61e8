package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What cursors of a writer's tree cost that nobody closed. */
class MovedCursorsTest {
  private static final int KEYS = 2_000;

  private final TreeFixture fixture = new TreeFixture(512);
  private final TreeWriter tree = fixture.tree;

  MovedCursorsTest() {
    for (int i = 0; i < KEYS; i++) {
      assertTrue(fixture.put(key(2 * i), new byte[8]));
    }
  }

  private static byte[] key(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  private static KeyBuffer buffer(int n) {
    KeyBuffer buffer = new KeyBuffer(4);
    buffer.set(key(n));
    return buffer;
  }

  private static int keyOf(Cursor cursor) {
    Slice key = new Slice();
    cursor.key(key);
    return ByteBuffer.wrap(key.toArray()).getInt();
  }

  private Cursor at(int n) {
    Cursor cursor = tree.cursor();
    assertTrue(cursor.seekExact(buffer(n)));
    return cursor;
  }

  @Test
  void aChangeLeavesNoneToTheNext() {
    List<Cursor> cursors = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      cursors.add(at(2 * i));
    }
    assertEquals(100, tree.movedCursors().size());
    assertTrue(fixture.put(key(1), new byte[8]));
    assertEquals(0, tree.movedCursors().size());
    assertTrue(cursors.get(50).next());
    assertEquals(102, keyOf(cursors.get(50)));
    assertEquals(1, tree.movedCursors().size());
    assertTrue(fixture.delete(key(102)));
    assertTrue(cursors.get(50).prev());
    assertEquals(100, keyOf(cursors.get(50)));
  }

  @Test
  void closedOnesLeaveAtOnceInAnyOrder() {
    Random random = new Random(7);
    List<Cursor> cursors = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      cursors.add(at(2 * i));
    }
    Collections.shuffle(cursors, random);
    for (int left = 199; left >= 0; left--) {
      cursors.get(left).close();
      cursors.get(left).close();
      assertEquals(left, tree.movedCursors().size());
    }
  }

  @Test
  void onesThatWereDroppedAreNotKept() {
    for (int i = 0; i < 20_000; i++) {
      Cursor _ = at(2 * (i % KEYS));
      assertTrue(tree.movedCursors().size() <= 256);
    }
  }

  @Test
  void manyThatAreUsedInTurnKeepTheirPlaces() {
    List<Cursor> cursors = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      cursors.add(at(0));
    }
    for (int round = 1; round < KEYS; round++) {
      for (Cursor cursor : cursors) {
        assertTrue(cursor.next());
      }
      if (round > 10) { // each is found again a few times at first
        assertEquals(1_000, tree.movedCursors().size());
      }
      if (round == 20) {
        break;
      }
    }
    for (Cursor cursor : cursors) {
      assertEquals(40, keyOf(cursor));
    }
  }

  @Test
  void eachStaysWithItsKey() {
    long seed = System.nanoTime();
    System.out.println("moved cursors: seed " + seed);
    Random random = new Random(seed);
    List<Cursor> cursors = new ArrayList<>();
    List<Integer> keys = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int key = 2 * random.nextInt(KEYS);
      cursors.add(at(key));
      keys.add(key);
    }
    for (int step = 0; step < 20_000; step++) {
      int i = random.nextInt(cursors.size());
      switch (random.nextInt(4)) {
        case 0 -> {
          boolean _ = fixture.put(key(2 * random.nextInt(KEYS) + 1), new byte[random.nextInt(60)]);
          boolean _ = fixture.delete(key(2 * random.nextInt(KEYS) + 1));
        }
        case 1 -> {
          cursors.get(i).close();
          int key = 2 * random.nextInt(KEYS);
          cursors.set(i, at(key));
          keys.set(i, key);
        }
        default -> assertEquals(keys.get(i), keyOf(cursors.get(i)));
      }
    }
    assertArrayEquals(
        keys.stream().mapToInt(key -> key).toArray(),
        cursors.stream().mapToInt(MovedCursorsTest::keyOf).toArray());
    fixture.check();
  }
}
