package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The differences of two trees beside those of two maps, and the pages that finding them reads. */
class TreeDiffTest {
  /** A tree of one moment and what is in it, by keys in hexadecimal. */
  private record Version(TreeRoot root, NavigableMap<String, byte[]> entries) {}

  private static final HexFormat HEX = HexFormat.of();

  private static byte[] number(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
  }

  private static List<String> found(TreeDiff diff) {
    List<String> all = new ArrayList<>();
    while (diff.next()) {
      String key = HEX.formatHex(diff.key().toArray());
      String was = diff.isBefore() ? HEX.formatHex(diff.valueBefore().toArray()) : "-";
      String is = diff.isAfter() ? HEX.formatHex(diff.valueAfter().toArray()) : "-";
      all.add(key + " " + was + " " + is);
    }
    assertFalse(diff.next(), "the end stays");
    return all;
  }

  private static List<String> wanted(
      NavigableMap<String, byte[]> before, NavigableMap<String, byte[]> after) {
    NavigableMap<String, byte[]> both = new TreeMap<>(before);
    both.putAll(after);
    List<String> all = new ArrayList<>();
    for (String key : both.keySet()) {
      byte[] was = before.get(key);
      byte[] is = after.get(key);
      if (!Arrays.equals(was, is)) {
        all.add(key + " " + show(was) + " " + show(is));
      }
    }
    return all;
  }

  private static String show(byte[] value) {
    return value == null ? "-" : HEX.formatHex(value);
  }

  private static TreeDiff all(PageReader pages, TreeRoot before, TreeRoot after) {
    return new TreeDiff(new Tree(pages, before), new Tree(pages, after), false, null, false);
  }

  @ParameterizedTest
  @CsvSource({"512, false", "512, true", "4096, false", "4096, true", "65536, false"})
  void equalsTheDifferenceOfTwoMaps(int pageSize, boolean counted) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.printf("differences, pages of %d bytes: seed %d%n", pageSize, seed);
    for (int i = 0; i < (pageSize < 65_536 ? 20 : 4); i++) {
      try {
        compareVersions(pageSize, counted, new Random(seed + i));
      } catch (Throwable e) {
        throw new AssertionError("rerun with -Dcrash.seed=" + (seed + i), e);
      }
    }
  }

  private static void compareVersions(int pageSize, boolean counted, Random random) {
    TreeFixture fixture =
        new TreeFixture(pageSize, pageSize < 65_536 ? 24L << 20 : 128L << 20, counted);
    NavigableMap<String, byte[]> entries = new TreeMap<>();
    List<Version> versions = new ArrayList<>();
    versions.add(new Version(fixture.commit(), new TreeMap<>()));
    int keys = 1 << random.nextInt(2, 12);
    for (int i = 0; i < 6; i++) {
      change(fixture, entries, keys, random);
      versions.add(new Version(fixture.commit(), new TreeMap<>(entries)));
    }
    for (Version before : versions) {
      for (Version after : versions) {
        compare(fixture.pages, before, after, keys, random);
      }
    }
    fixture.check();
  }

  private static void change(
      TreeFixture fixture, NavigableMap<String, byte[]> entries, int keys, Random random) {
    int changes = random.nextInt(1 << random.nextInt(1, 11));
    boolean deletes = random.nextInt(4) == 0;
    for (int i = 0; i < changes; i++) {
      byte[] key = key(random.nextInt(keys));
      if (random.nextInt(10) < (deletes ? 8 : 3)) {
        boolean _ = fixture.delete(key);
        byte[] _ = entries.remove(HEX.formatHex(key));
      } else {
        int most = random.nextInt(40) == 0 ? 30_000 : random.nextBoolean() ? 30 : 1;
        byte[] value = new byte[random.nextInt(most)];
        Arrays.fill(value, (byte) random.nextInt(2)); // a value may come back
        boolean _ = fixture.put(key, value);
        byte[] _ = entries.put(HEX.formatHex(key), value);
      }
    }
  }

  /** Some keys begin alike and are long, so that cells of counted trees share them. */
  private static byte[] key(int number) {
    byte[] key = new byte[number % 3 == 0 ? Integer.BYTES : 40];
    Arrays.fill(key, (byte) (number % 3));
    return ByteBuffer.wrap(key).putInt(key.length - Integer.BYTES, number).array();
  }

  private static void compare(
      MemoryPages pages, Version before, Version after, int keys, Random random) {
    List<String> wanted = wanted(before.entries(), after.entries());
    assertEquals(wanted, found(all(pages, before.root(), after.root())));
    byte[] a = key(random.nextInt(keys));
    byte[] b = key(random.nextInt(keys));
    boolean ordered = Arrays.compareUnsigned(a, b) <= 0;
    byte[] low = ordered ? a : b;
    byte[] high = ordered ? b : a;
    for (boolean reversed : new boolean[] {false, true}) {
      boolean lowCounts = random.nextBoolean();
      boolean highCounts = random.nextBoolean();
      String from = HEX.formatHex(low);
      String to = HEX.formatHex(high);
      if (from.equals(to) && !(lowCounts && highCounts)) {
        continue;
      }
      List<String> part =
          wanted(
              before.entries().subMap(from, lowCounts, to, highCounts),
              after.entries().subMap(from, lowCounts, to, highCounts));
      TreeDiff diff =
          new TreeDiff(
              new Tree(pages, before.root()),
              new Tree(pages, after.root()),
              reversed,
              MemorySegment.ofArray(reversed ? low : high),
              reversed ? lowCounts : highCounts);
      KeyBuffer bound = new KeyBuffer(100);
      bound.set(reversed ? high : low);
      diff.begin(bound, reversed ? highCounts : lowCounts);
      assertEquals(reversed ? part.reversed() : part, found(diff));
    }
  }

  /** Ten changes in a million entries: a path of pages for each, and nothing else. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsFewPages(boolean counted) {
    TreeFixture fixture = new TreeFixture(4096, 256L << 20, counted);
    for (long key = 0; key < 1_000_000; key++) {
      fixture.append(number(2 * key), number(key));
    }
    TreeRoot before = fixture.commit();
    Random random = new Random(7);
    for (int i = 0; i < 10; i++) {
      long key = random.nextLong(2_000_000);
      if (i % 3 == 0) {
        boolean _ = fixture.delete(number(key & -2L));
      } else {
        boolean _ = fixture.put(number(key), number(-1 - i));
      }
    }
    TreeRoot after = fixture.commit();
    CountedPages pages = new CountedPages(fixture.pages);
    assertEquals(10, found(all(pages, before, after)).size());
    System.out.println("pages read for 10 changes in a million entries: " + pages.read);
    assertTrue(pages.read < 100, () -> pages.read + " pages");
    pages.read = 0;
    assertEquals(List.of(), found(all(pages, after, after)));
    assertEquals(0, pages.read);
    fixture.check(after, false);
  }

  /** The trees differ in depth, and all that follows a bulk insert is shifted. */
  @Test
  void readsFewPagesBesideALargeInsert() {
    TreeFixture fixture = new TreeFixture(512, 64L << 20, false);
    for (long key = 0; key < 100_000; key++) {
      fixture.append(number(key << 20), number(key));
    }
    TreeRoot before = fixture.commit();
    for (long key = 1; key <= 3000; key++) {
      boolean _ = fixture.put(number((50_000L << 20) + key), number(key));
    }
    TreeRoot after = fixture.commit();
    CountedPages pages = new CountedPages(fixture.pages);
    assertEquals(3000, found(all(pages, before, after)).size());
    long added =
        after.branchPages() + after.leafPages() - before.branchPages() - before.leafPages();
    assertTrue(pages.read < added + 60, () -> pages.read + " pages, " + added + " were added");
    fixture.check(after, false);
  }

  @Test
  void readsNoLongValueThatIsTheSame() {
    TreeFixture fixture = new TreeFixture(512);
    byte[] large = new byte[20_000];
    for (int key = 0; key < 20; key++) {
      boolean _ = fixture.put(number(key), large);
    }
    TreeRoot before = fixture.commit();
    boolean _ = fixture.put(number(5), number(1));
    TreeRoot after = fixture.commit();
    CountedPages pages = new CountedPages(fixture.pages);
    TreeDiff diff = all(pages, before, after);
    assertTrue(diff.next());
    assertEquals(20_000, diff.valueBefore().length);
    assertFalse(diff.next());
    assertTrue(pages.read <= 2 * before.depth() + 2, () -> pages.read + " pages");
    fixture.check(after, false);
  }

  /** So a crafted tree, which names one page many times on each level, does not take forever. */
  @Test
  void refusesMorePagesThanTheRootSays() {
    TreeFixture fixture = new TreeFixture(512);
    for (long key = 0; key < 2000; key++) {
      fixture.append(number(key), number(key));
    }
    TreeRoot before = fixture.commit();
    boolean _ = fixture.put(number(1), number(7));
    TreeRoot after = fixture.commit();
    TreeRoot few =
        new TreeRoot(after.pgno(), after.birth(), after.depth(), after.entries(), 1, 1, 0);
    TreeDiff diff = all(fixture.pages, before, few);
    assertThrows(CorruptFileException.class, () -> found(diff));
    fixture.check(after, false);
  }
}
