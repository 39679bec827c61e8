package dev.pando.btree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of a tree that are newer than a transaction, beside all pages with their births. */
class NewPagesTest {
  private static byte[] number(long key) {
    return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
  }

  /** The lengths of the new pages and runs, by their numbers. */
  private static Map<Long, Long> found(PageReader pages, TreeRoot root, long since) {
    Map<Long, Long> all = new TreeMap<>();
    NewPages.visit(
        pages,
        root,
        since,
        (pgno, length) -> {
          assertEquals(null, all.put(pgno, length), "page " + pgno + " was seen twice");
          return true;
        },
        null);
    return all;
  }

  private static Map<Long, Long> wanted(PageReader pages, TreeRoot root, long since) {
    Map<Long, Long> all = new TreeMap<>();
    TreePages.visit(
        new Tree(pages, root),
        (pgno, birth, length, _) -> {
          if (birth > since) {
            all.put(pgno, length);
          }
        });
    return all;
  }

  @ParameterizedTest
  @CsvSource({"512, false", "512, true", "4096, false", "65536, false"})
  void areThoseBornSince(int pageSize, boolean counted) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.printf("new pages, pages of %d bytes: seed %d%n", pageSize, seed);
    Random random = new Random(seed);
    TreeFixture fixture = new TreeFixture(pageSize, 256L << 20, counted);
    for (int round = 0; round < 12; round++) {
      int changes = 1 << random.nextInt(11);
      for (int i = 0; i < changes; i++) {
        byte[] key = number(random.nextInt(2000));
        if (random.nextInt(3) == 0) {
          boolean _ = fixture.delete(key);
        } else {
          byte[] value = new byte[random.nextInt(random.nextInt(60) == 0 ? 30_000 : 60)];
          Arrays.fill(value, (byte) i);
          boolean _ = fixture.put(key, value);
        }
      }
      TreeRoot root = fixture.commit();
      for (long since = 0; since <= fixture.pages.txnId(); since++) {
        assertEquals(
            wanted(fixture.pages, root, since),
            found(fixture.pages, root, since),
            "since " + since + ", seed " + seed);
      }
      fixture.check(root, false);
    }
  }

  /** Each changed key costs a path, whatever the size of the tree. */
  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100, 1000})
  void readsAPathForEachChange(int changes) {
    TreeFixture fixture = new TreeFixture(4096, 256L << 20);
    for (long key = 0; key < 1_000_000; key++) {
      fixture.append(number(key), number(key));
    }
    TreeRoot before = fixture.commit();
    long since = fixture.pages.txnId() - 1;
    Random random = new Random(changes);
    for (int i = 0; i < changes; i++) {
      boolean _ = fixture.put(number(random.nextLong(1_000_000)), number(-1));
    }
    TreeRoot root = fixture.commit();
    CountedPages pages = new CountedPages(fixture.pages);
    Map<Long, Long> found = found(pages, root, since);
    assertEquals(found.size(), pages.read, "no page is read that is not new");
    assertTrue(pages.read <= changes * before.depth(), () -> pages.read + " pages");
    fixture.check(root, false);
  }

  @Test
  void seesTheEntriesOfNewLeaves() {
    TreeFixture fixture = new TreeFixture(512);
    for (long key = 0; key < 500; key++) {
      boolean _ = fixture.put(number(key), number(key));
    }
    TreeRoot _ = fixture.commit();
    boolean _ = fixture.put(number(7), number(-7));
    TreeRoot root = fixture.commit();
    Map<String, String> seen = new TreeMap<>();
    NewPages.visit(
        fixture.pages,
        root,
        fixture.pages.txnId() - 2,
        (_, _) -> true,
        (key, value) -> seen.put(Arrays.toString(key.toArray()), Arrays.toString(value.toArray())));
    assertEquals(Arrays.toString(number(-7)), seen.get(Arrays.toString(number(7))));
    assertTrue(seen.size() < 60, "only one leaf is new");
    fixture.check(root, false);
  }
}
