package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random changes against a {@link TreeMap}. A failure prints its seed; {@code -Dcrash.seed=N} runs
 * that one again. {@code -Dcrash.scale=1} runs all operations, the build a part of them.
 */
@Tag("scaled")
class TreeModelTest {
  private static final double SCALE = Double.parseDouble(System.getProperty("crash.scale", "0.03"));

  @ParameterizedTest
  @CsvSource({
    "512, SHORT, 300000", "512, LONG, 100000", "512, PREFIXED, 200000", "512, VALUES, 100000",
    "1024, BINARY, 200000", "4096, SHORT, 300000", "4096, LONG, 150000", "4096, PREFIXED, 300000",
    "4096, VALUES, 150000", "65536, BINARY, 300000", "512, LARGE, 100000", "1024, LARGE, 100000",
    "2048, LARGE, 100000", "4096, LARGE, 100000", "8192, LARGE, 75000", "16384, LARGE, 75000",
    "32768, LARGE, 50000", "65536, LARGE, 50000", "512, PAIRS, 200000", "4096, PAIRS, 200000",
    "65536, PAIRS, 100000", "512, GROUPS, 100000", "4096, GROUPS, 200000", "65536, GROUPS, 200000"
  })
  void behavesLikeATreeMap(int pageSize, Keys keys, int operations) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    long part = Math.max(1, Math.round(operations * SCALE));
    System.out.printf(
        "%,d operations, pages of %d bytes, %s: seed %d, scale %s%n",
        part, pageSize, keys, seed, SCALE);
    try {
      new Run(pageSize, keys, seed, false).play(part / 2);
      new Run(pageSize, keys, seed, true).play(part / 2);
    } catch (Throwable failure) {
      throw new AssertionError(
          "seed %d, page size %d, %s: rerun with -Dcrash.seed=%d"
              .formatted(seed, pageSize, keys, seed),
          failure);
    }
  }

  /** What keys look like: each shape reaches other corners of the node layout. */
  enum Keys {
    SHORT,
    LONG,
    PREFIXED,
    VALUES,
    /** Values of all sizes: leaves grow and shrink from one page to many and back. */
    LARGE,
    BINARY,
    /** Groups of keys without values, as those of a multimap: they share their first bytes. */
    PAIRS,
    /** So many groups that a leaf of the largest pages cannot list the beginnings of all. */
    GROUPS;

    byte[] next(Random random, int maxKey) {
      if (random.nextInt(100) == 0) {
        return new byte[0];
      }
      return switch (this) {
        case SHORT, VALUES -> number(random.nextInt(4000), 1 + random.nextInt(4));
        case LARGE -> number(random.nextInt(700), 2 + random.nextInt(2));
        case LONG -> {
          byte[] key = new byte[1 + random.nextInt(maxKey)];
          Arrays.fill(key, (byte) random.nextInt(3));
          key[random.nextInt(key.length)] = (byte) random.nextInt(256);
          yield key;
        }
        case PREFIXED ->
            ("a long common prefix/" + "x".repeat(random.nextInt(3)) + random.nextInt(3000))
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        case BINARY -> {
          byte[] key = new byte[1 + random.nextInt(16)];
          random.nextBytes(key);
          key[0] &= 3;
          yield key;
        }
        case GROUPS ->
            "%06d is a group/%d"
                .formatted(random.nextInt(4000), random.nextInt(5))
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        case PAIRS -> {
          int group = random.nextInt(40);
          String name = "group ".repeat(group % 8) + group;
          if (group == 39) {
            name = "x".repeat(maxKey - 12);
          }
          String value = random.nextBoolean() ? "" : "many/" + random.nextInt(90);
          yield (name + "/" + random.nextInt(10) + value)
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        }
      };
    }

    byte[] value(Random random, int pageSize, int phase) {
      if (this == LARGE) {
        byte[] value = new byte[largeLength(random, pageSize, phase)];
        random.nextBytes(value);
        return value;
      }
      if ((this == PAIRS || this == GROUPS) && random.nextInt(20) > 0) {
        return new byte[0];
      }
      int limit = this == VALUES ? 3 * pageSize : 40;
      int length = random.nextInt(8) == 0 ? random.nextInt(limit) : random.nextInt(12);
      byte[] value = new byte[length];
      random.nextBytes(value);
      return value;
    }

    /** In each phase other sizes prevail; 20 KiB and the borders of a leaf's cells are in all. */
    private static int largeLength(Random random, int pageSize, int phase) {
      return switch (random.nextInt(10)) {
        case 0 -> random.nextInt(60);
        case 1 -> random.nextInt(20 << 10);
        case 2 -> Math.max(0, LeafLayout.maxCell(pageSize) - random.nextInt(20));
        case 3 -> pageSize / 2 - random.nextInt(60);
        default ->
            switch (phase % 4) {
              case 0 -> pageSize / 2 + random.nextInt(20);
              case 1 -> random.nextInt(2 * pageSize);
              case 2 -> random.nextInt(60);
              default -> pageSize + random.nextInt(40);
            };
      };
    }

    private static byte[] number(int n, int length) {
      byte[] key = new byte[length];
      for (int i = length - 1; i >= 0; i--) {
        key[i] = (byte) n;
        n >>>= 8;
      }
      return key;
    }
  }

  private static final class Run {
    private final TreeFixture fixture;
    private final NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    private final Keys keys;
    private final Random random;
    private final int pageSize;
    private final Cursor roaming;
    private Cursor cursor;
    private int phase;

    Run(int pageSize, Keys keys, long seed, boolean counted) {
      this.pageSize = pageSize;
      this.keys = keys;
      this.random = new Random(seed);
      long bytes = (long) ((1L << 29) * Math.max(1, 5 * SCALE));
      this.fixture = new TreeFixture(pageSize, bytes, counted);
      this.cursor = fixture.tree.cursor();
      this.roaming = cursor;
    }

    void play(long operations) {
      int bias = 70;
      for (long i = 0; i < operations; i++) {
        if (i % 2500 == 0) {
          phase++;
        }
        if (i % 5000 == 0) {
          bias = random.nextInt(3) == 0 ? 25 : 70; // phases that grow and phases that shrink
        }
        step(bias);
        if (i % 2000 == 0 || model.isEmpty()) {
          fixture.check();
        }
      }
      compareScans();
      drain();
    }

    private void step(int bias) {
      byte[] key = keys.next(random, Tree.maxKey(pageSize));
      int dice = random.nextInt(100);
      if (dice < bias) {
        byte[] value = keys.value(random, pageSize, phase);
        assertEquals(model.put(key, value) == null, fixture.put(key, value));
      } else if (dice < 95) {
        byte[] near = random.nextBoolean() ? key : model.ceilingKey(key);
        if (near != null) {
          assertEquals(model.remove(near) != null, fixture.delete(near));
        }
      } else if (dice < 97 || (dice == 97 && random.nextInt(8) > 0)) {
        compareCursor(key);
      } else if (dice == 97) {
        deleteRange();
      } else if (dice == 98) {
        fixture.pages.spill();
      } else if (random.nextInt(20) == 0) {
        fixture.commit();
        cursor = fixture.tree.cursor();
      }
      assertArrayEquals(model.get(key), fixture.get(key));
      assertEquals(model.size(), fixture.tree.entries());
    }

    /** The cursor has survived any number of changes since its last use. */
    private void compareCursor(byte[] key) {
      byte[] from = key(cursor);
      if (from != null) {
        boolean up = random.nextBoolean();
        byte[] expected = up ? model.higherKey(from) : model.lowerKey(from);
        assertEquals(expected != null, up ? cursor.next() : cursor.prev());
        if (expected != null) {
          assertArrayEquals(expected, key(cursor));
        }
      }
      assertEntry(model.ceilingEntry(key), cursor.seek(fixture.key(key)));
      assertEntry(model.floorEntry(key), cursor.seekFloor(fixture.key(key)));
      assertEquals(model.containsKey(key), cursor.seekExact(fixture.key(key)));
      compareRank(key);
      compareShare(key);
      cursor.seek(fixture.key(key));
    }

    private void deleteRange() {
      byte[] one = random.nextInt(8) == 0 ? null : keys.next(random, Tree.maxKey(pageSize));
      byte[] other = random.nextInt(8) == 0 ? null : keys.next(random, Tree.maxKey(pageSize));
      boolean turn = one != null && other != null && Arrays.compareUnsigned(one, other) > 0;
      NavigableMap<byte[], byte[]> part = part(turn ? other : one, turn ? one : other);
      if (part.size() > model.size() / (1 + random.nextInt(30))) {
        return; // the tree would always be small
      }
      KeyBuffer from = keyBuffer(turn ? other : one);
      KeyBuffer to = keyBuffer(turn ? one : other);
      assertEquals(part.size(), fixture.tree.countBetween(from, to));
      assertEquals(part.size(), fixture.tree.deleteRange(from, to));
      part.clear();
      fixture.check();
    }

    private NavigableMap<byte[], byte[]> part(byte[] from, byte[] to) {
      NavigableMap<byte[], byte[]> above = from == null ? model : model.tailMap(from, true);
      return to == null ? above : above.headMap(to, false);
    }

    private static KeyBuffer keyBuffer(byte[] key) {
      if (key == null) {
        return null;
      }
      KeyBuffer buffer = new KeyBuffer(key.length);
      buffer.set(key);
      return buffer;
    }

    private void compareRank(byte[] key) {
      assertEquals(model.headMap(key).size(), fixture.tree.countBetween(null, fixture.key(key)));
      long index = random.nextInt(-1, model.size() + 1);
      boolean isThere = index >= 0 && index < model.size();
      assertEquals(isThere, cursor.seekIndex(index));
      if (isThere) {
        assertEquals(index, model.headMap(key(cursor)).size());
      }
    }

    /** The share of a key that is there leads back to it, and grows from key to key. */
    private void compareShare(byte[] key) {
      double share = fixture.tree.share(fixture.key(key));
      assertTrue(share >= 0 && share <= 1, () -> "share " + share);
      byte[] below = model.lowerKey(key);
      if (below != null) {
        assertTrue(fixture.tree.share(fixture.key(below)) < share);
      }
      Slice found = new Slice();
      assertEquals(!model.isEmpty(), fixture.tree.keyAt(random.nextDouble(), found));
      if (model.containsKey(key)) {
        assertTrue(fixture.tree.keyAt(share + 1e-9, found)); // which may be rounded down
        assertArrayEquals(key, found.toArray());
      } else if (!model.isEmpty()) {
        assertTrue(model.containsKey(found.toArray()));
      }
    }

    private static byte[] key(Cursor cursor) {
      if (!cursor.positioned()) {
        return null;
      }
      try {
        Slice slice = new Slice();
        cursor.key(slice);
        return slice.toArray();
      } catch (IllegalStateException deleted) {
        return null;
      }
    }

    private void assertEntry(Map.Entry<byte[], byte[]> expected, boolean found) {
      assertEquals(expected != null, found);
      if (expected != null) {
        Slice key = new Slice();
        Slice value = new Slice();
        cursor.entry(key, value);
        assertArrayEquals(expected.getKey(), key.toArray());
        assertArrayEquals(expected.getValue(), value.toArray());
      }
    }

    private void compareScans() {
      Cursor scan = fixture.tree.cursor();
      Slice slice = new Slice();
      for (Map.Entry<byte[], byte[]> entry : model.entrySet()) {
        assertEquals(true, scan.next());
        scan.key(slice);
        assertArrayEquals(entry.getKey(), slice.toArray());
        scan.value(slice);
        assertArrayEquals(entry.getValue(), slice.toArray());
      }
      assertEquals(false, scan.next());
      assertEquals(false, scan.next());
      for (byte[] key : model.descendingKeySet()) {
        assertEquals(true, scan.prev());
        scan.key(slice);
        assertArrayEquals(key, slice.toArray());
      }
      assertEquals(false, scan.prev());
      scan.close();
      roaming.close();
    }

    /** Everything goes, in random order: no page may be left. */
    private void drain() {
      for (Iterator<byte[]> i = model.keySet().iterator(); i.hasNext(); ) {
        byte[] key = i.next();
        if (random.nextInt(4) != 0) {
          i.remove();
          assertEquals(true, fixture.delete(key));
        }
      }
      fixture.check();
      for (byte[] key : model.keySet()) {
        assertEquals(true, fixture.delete(key));
      }
      assertEquals(true, fixture.tree.root().isEmpty());
      assertEquals(fixture.tree.counted, fixture.tree.root().counted());
      fixture.check();
    }
  }

  @ParameterizedTest
  @CsvSource({"512", "4096"})
  void olderRootsStayWhole(int pageSize) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    Random random = new Random(seed);
    TreeFixture fixture = new TreeFixture(pageSize, 256L << 20);
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    var snapshots = new java.util.ArrayList<Snapshot>();
    for (int round = 0; round < 12; round++) {
      for (int i = 0; i < 500; i++) {
        byte[] key = Keys.SHORT.next(random, Tree.maxKey(pageSize));
        byte[] value = Keys.VALUES.value(random, pageSize, 0);
        if (random.nextInt(3) == 0) {
          assertEquals(model.remove(key) != null, fixture.delete(key), "seed " + seed);
        } else {
          model.put(key, value);
          fixture.put(key, value);
        }
      }
      snapshots.add(new Snapshot(fixture.commit(), new TreeMap<>(model)));
    }
    for (Snapshot snapshot : snapshots) {
      fixture.check(snapshot.root, false);
      Cursor scan = new Tree(fixture.pages, snapshot.root).cursor();
      Slice slice = new Slice();
      for (var entry : snapshot.content.entrySet()) {
        assertEquals(true, scan.next(), "seed " + seed);
        scan.key(slice);
        assertArrayEquals(entry.getKey(), slice.toArray(), "seed " + seed);
        scan.value(slice);
        assertArrayEquals(entry.getValue(), slice.toArray(), "seed " + seed);
      }
      assertEquals(false, scan.next(), "seed " + seed);
    }
  }

  private record Snapshot(dev.pando.pager.TreeRoot root, NavigableMap<byte[], byte[]> content) {}

  @ParameterizedTest
  @CsvSource({"512", "4096", "65536"})
  void clearFreesEverything(int pageSize) {
    TreeFixture fixture = new TreeFixture(pageSize);
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      fixture.put(Keys.BINARY.next(random, 100), Keys.VALUES.value(random, pageSize, 0));
    }
    fixture.commit();
    fixture.put(new byte[] {1}, new byte[2 * pageSize]);
    fixture.tree.clear();
    fixture.check();
    assertEquals(0, fixture.pages.usedPages());
    for (int i = 0; i < 300; i++) {
      // No overflow run leads to the leaves of several pages.
      fixture.put(
          Keys.SHORT.next(random, 100), new byte[pageSize / 3 + random.nextInt(pageSize / 9)]);
    }
    assertEquals(0, fixture.tree.root().overflowPages());
    fixture.commit();
    fixture.tree.clear();
    fixture.check();
    assertEquals(0, fixture.pages.usedPages());
    fixture.put(
        new byte[] {1}, MemorySegment.NULL.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    fixture.check();
  }
}
