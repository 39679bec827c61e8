package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.TreeRoot;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sorted load makes the tree that appends of the same entries make. */
class SortedLoadTest {
  private static byte[] bytes(String key) {
    return key.getBytes(US_ASCII);
  }

  /** Entries in memory as a load takes them. */
  private record Encoded(MemorySegment memory, int[] bounds, int count) {
    static Encoded of(NavigableMap<String, byte[]> entries) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(new byte[3]);
      int[] bounds = new int[2 * entries.size() + 1];
      int i = 0;
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        bounds[i++] = all.size();
        all.writeBytes(bytes(entry.getKey()));
        bounds[i++] = all.size();
        all.writeBytes(entry.getValue());
      }
      bounds[i] = all.size();
      return new Encoded(MemorySegment.ofArray(all.toByteArray()), bounds, entries.size());
    }

    void appendTo(TreeFixture fixture, int from, int to) {
      fixture.tree.sortedLoad().append(memory, bounds, from, to);
    }
  }

  private static NavigableMap<String, byte[]> entries(
      Random random, String first, int count, int mostKey, int mostValue) {
    NavigableMap<String, byte[]> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = first + (10_000_000 + 64L * i + random.nextInt(64));
      if (random.nextInt(4) == 0) {
        key += "k".repeat(random.nextInt(mostKey));
      }
      byte[] value = new byte[random.nextInt(8) == 0 ? 0 : random.nextInt(mostValue)];
      random.nextBytes(value);
      entries.put(key, value);
    }
    return entries;
  }

  private static void assertContent(NavigableMap<String, byte[]> expected, TreeFixture fixture) {
    fixture.check();
    Slice key = new Slice();
    Slice value = new Slice();
    try (Cursor cursor = fixture.tree.cursor()) {
      for (Map.Entry<String, byte[]> entry : expected.entrySet()) {
        assertTrue(cursor.next());
        cursor.entry(key, value);
        assertArrayEquals(bytes(entry.getKey()), key.toArray());
        assertArrayEquals(entry.getValue(), value.toArray());
      }
      assertFalse(cursor.next());
    }
  }

  private static TreeRoot counts(TreeFixture fixture) {
    TreeRoot r = fixture.tree.root();
    return new TreeRoot(
        3,
        1,
        r.depth(),
        r.entries(),
        r.branchPages(),
        r.leafPages(),
        r.overflowPages(),
        r.counted());
  }

  /** Values of all kinds: none, short, long, so large that leaves grow, and in overflow runs. */
  @ParameterizedTest
  @CsvSource({
    "512, 20, 12",
    "512, 150, 60",
    "512, 3, 500",
    "512, 3, 3000",
    "4096, 20, 12",
    "4096, 300, 300",
    "4096, 500, 4000",
    "4096, 3, 20000",
    "65536, 20, 100",
    "65536, 20, 60000"
  })
  void isAsAppends(int pageSize, int mostKey, int mostValue) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.printf("loads of pages of %d bytes: -Dcrash.seed=%d%n", pageSize, seed);
    for (boolean counted : new boolean[] {false, true}) {
      Random random = new Random(seed);
      TreeFixture loaded = new TreeFixture(pageSize, 128L << 20, counted);
      TreeFixture appended = new TreeFixture(pageSize, 128L << 20, counted);
      NavigableMap<String, byte[]> all = new TreeMap<>();
      for (int part = 0; part < 4; part++) {
        int count = random.nextInt(mostValue > 1000 ? 300 : 3000);
        var entries = entries(random, "part " + part + "/", count, mostKey, mostValue);
        all.putAll(entries);
        Encoded encoded = Encoded.of(entries);
        for (int from = 0; from < encoded.count; ) {
          int to = Math.min(encoded.count, from + 1 + random.nextInt(1 << random.nextInt(11)));
          encoded.appendTo(loaded, from, to);
          from = to;
          if (random.nextInt(10) == 0) {
            loaded.pages.spill();
          }
        }
        entries.forEach((key, value) -> appended.append(bytes(key), value));
        assertEquals(counts(appended), counts(loaded));
        assertContent(all, loaded);
        loaded.commit();
        appended.commit();
      }
    }
  }

  /** It must be greater than the key of an earlier load as well. */
  @Test
  void aKeyThatIsNotAboveTheLastOneIsRefused() {
    TreeFixture fixture = new TreeFixture(512);
    NavigableMap<String, byte[]> entries = entries(new Random(1), "b", 100, 20, 20);
    Encoded encoded = Encoded.of(entries);
    encoded.appendTo(fixture, 0, 100);
    assertThrows(IllegalArgumentException.class, () -> encoded.appendTo(fixture, 99, 100));
    Encoded less = Encoded.of(entries(new Random(1), "a", 100, 20, 20));
    assertThrows(IllegalArgumentException.class, () -> less.appendTo(fixture, 0, 100));
    assertContent(entries, fixture);
    encoded.appendTo(fixture, 0, 0);
    assertContent(entries, fixture);
  }

  /** Heads of keys of at most four bytes leave nothing out, and a longer key may follow. */
  @Test
  void headsAreThoseOfTheirKeys() {
    for (String[] keys :
        new String[][] {
          {"ab", "abc", "abcd", "abcde"}, {"abcdef", "abcdeg"}, {"abcdef"}, {"abcd", "abce"}
        }) {
      for (int first = 0; first <= keys.length; first++) {
        TreeFixture loaded = new TreeFixture(512);
        NavigableMap<String, byte[]> entries = new TreeMap<>();
        for (String key : keys) {
          entries.put(key, new byte[1]);
        }
        Encoded encoded = Encoded.of(entries);
        encoded.appendTo(loaded, 0, first);
        encoded.appendTo(loaded, first, keys.length);
        assertContent(entries, loaded);
      }
    }
  }
}
