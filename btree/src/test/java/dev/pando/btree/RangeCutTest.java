package dev.pando.btree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A range that is removed leaves what is left when its keys are removed one by one. */
class RangeCutTest {
  /** Pairs with and without values, whose keys are shared in a counted tree. */
  private static NavigableMap<String, byte[]> entries(Random random, int count, int mostValue) {
    NavigableMap<String, byte[]> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = "k".repeat(1 + 10 * random.nextInt(8)) + "/" + random.nextInt(100_000);
      entries.put(key, new byte[random.nextInt(3) > 0 ? 0 : random.nextInt(mostValue)]);
    }
    return entries;
  }

  private static byte[] bytes(String key) {
    return key.getBytes(US_ASCII);
  }

  private static KeyBuffer buffer(String key) {
    KeyBuffer buffer = new KeyBuffer(key.length());
    buffer.set(bytes(key));
    return buffer;
  }

  private static void assertContent(NavigableMap<String, byte[]> expected, TreeFixture fixture) {
    fixture.check();
    assertEquals(expected.size(), fixture.tree.entries());
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

  /** Ranges of all lengths, most of them within a leaf or two. */
  @ParameterizedTest
  @CsvSource({
    "512, false, 40",
    "512, true, 40",
    "512, true, 700",
    "4096, true, 5000",
    "4096, false, 5000",
    "65536, true, 40",
    "65536, false, 40"
  })
  void aRangeIsAsItsKeys(int pageSize, boolean counted, int mostValue) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.printf("ranges of pages of %d bytes: -Dcrash.seed=%d%n", pageSize, seed);
    Random random = new Random(seed);
    NavigableMap<String, byte[]> expected = entries(random, 3000, mostValue);
    TreeFixture fixture = new TreeFixture(pageSize, 64L << 20, counted);
    expected.forEach((key, value) -> fixture.put(bytes(key), value));
    while (expected.size() > 20) {
      String from = expected.ceilingKey(entries(random, 1, 1).firstKey());
      if (from == null) {
        continue;
      }
      int length = 1 + random.nextInt(1 << random.nextInt(9));
      NavigableMap<String, byte[]> part = new TreeMap<>();
      expected.tailMap(from, true).entrySet().stream()
          .limit(length)
          .forEach(e -> part.put(e.getKey(), e.getValue()));
      String end = part.lastKey() + "\0";
      assertEquals(part.size(), fixture.tree.deleteRange(buffer(from), buffer(end)));
      expected.keySet().removeAll(part.keySet());
      assertContent(expected, fixture);
      if (random.nextInt(10) == 0) {
        fixture.commit();
      }
    }
  }
}
