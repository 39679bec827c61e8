package dev.pando.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Entry;
import dev.pando.FeedOptions;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The target becomes what the source is, whatever happens to it meanwhile. */
class MirrorTest {
  private static final Path FILE = Path.of("/simulated/target.pando");
  private static final Table<Long, Long> SUMS = Table.of("sums", Codec.u64(), Codec.u64());
  private static final Table<String, String> WORDS = Table.of("words", Codec.utf8(), Codec.utf8());

  private final Database source = Database.inMemory();

  private void change(Random random) {
    change(source, Durability.SYNC, random);
  }

  private static void change(Database source, Durability durability, Random random) {
    source.update(
        durability,
        tx -> {
          tx.add(SUMS, (long) random.nextInt(50), 1L);
          tx.put(WORDS, "w" + random.nextInt(50), "v" + random.nextInt());
          tx.delete(WORDS, "w" + random.nextInt(50));
        });
  }

  private void assertSame(Database target) {
    assertSame(source, target);
  }

  private static void assertSame(Database source, Database target) {
    assertEquals(source.list(SUMS, Range.all()), target.list(SUMS, Range.all()));
    assertEquals(source.list(WORDS, Range.all()), target.list(WORDS, Range.all()));
    assertTrue(target.check().ok());
  }

  @Test
  void follows() throws InterruptedException {
    Random random = new Random(1);
    change(random);
    try (Database target = Database.inMemory()) {
      target.put(WORDS, "is not in", "the source");
      assertEquals(0, new Mirror(source, target).catchUp());
      assertSame(target);
      for (int i = 0; i < 20; i++) {
        change(random);
      }
      assertEquals(20, new Mirror(source, target).catchUp());
      assertSame(target);
      assertEquals(0, source.changes("mirror").stat().commits());
      source.update(tx -> tx.drop(WORDS));
      source.update(tx -> tx.put(Table.of("words", Codec.u64(), Codec.utf8()), 1L, "one"));
      assertEquals(2, new Mirror(source, target).catchUp());
      assertEquals("one", target.get(Table.of("words", Codec.u64(), Codec.utf8()), 1L));
    }
    source.close();
  }

  @Test
  void copiesWhenItWasTooLongBehind() throws InterruptedException {
    Random random = new Random(2);
    try (Database target = Database.inMemory()) {
      assertEquals(0, new Mirror(source, target).catchUp());
      source.changes("mirror").change(FeedOptions.ofAllTables().withMaxCommits(5));
      for (int i = 0; i < 20; i++) {
        change(random);
      }
      source.changes("mirror").change(FeedOptions.ofAllTables());
      assertEquals(0, new Mirror(source, target).catchUp());
      assertSame(target);
    }
    source.close();
  }

  /** What the copy had is on disk in the source, whose commits are not synced otherwise. */
  @Test
  void copiesWhatAPowerCutLeaves() throws InterruptedException {
    Options options = Options.defaults().withSyncInterval(null).withCloseTimeout(Duration.ZERO);
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      SimulatedDisk disk = new SimulatedDisk(4 << 20);
      SimulatedDisk left;
      try (Database target = Database.inMemory()) {
        Database before = Database.open(FILE, disk.options(options));
        new Mirror(before, target);
        for (int i = 0; i < 10; i++) {
          change(before, Durability.ASYNC, random);
        }
        long _ = new Mirror(before, target).catchUp();
        left = disk.powerCuts(seed).any();
        disk.kill();
        try (Database after = Database.open(FILE, left.options(options))) {
          for (int i = 0; i < 12; i++) { // takes the numbers of commits that are lost
            change(after, Durability.ASYNC, random);
          }
          long _ = new Mirror(after, target).catchUp();
          assertSame(after, target);
        }
        try {
          before.close();
        } catch (RuntimeException | KilledError e) {
          // its disk is dead
        }
      }
      disk.close();
      left.close();
    }
    source.close();
  }

  /** A commit that is applied twice, or never, would make other sums. */
  @Test
  void appliesEachCommitOnce() throws InterruptedException {
    Random random = new Random(3);
    Options options = Options.defaults().withCloseTimeout(Duration.ZERO);
    SimulatedDisk disk = new SimulatedDisk(16 << 20);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 5; i++) {
        change(random);
      }
      int[] left = {random.nextInt(60)};
      SimulatedDisk[] after = new SimulatedDisk[1];
      SimulatedDisk now = disk;
      now.onCall(
          (call, file, offset, bytes) -> {
            if (after[0] == null && left[0]-- == 0) {
              after[0] = now.afterKill();
              now.kill();
            }
          });
      try (Database target = Database.open(FILE, now.options(options))) {
        long _ = new Mirror(source, target).catchUp();
      } catch (KilledError e) {
        // the process is dead
      }
      if (after[0] != null) {
        now.close();
        disk = after[0];
      }
    }
    try (Database target = Database.open(FILE, disk.options(options))) {
      long _ = new Mirror(source, target).catchUp();
      assertSame(target);
      long sum = target.list(SUMS, Range.all()).stream().mapToLong(Entry::value).sum();
      assertEquals(100, sum);
    }
    disk.close();
    source.close();
  }
}
