package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFullException;
import dev.pando.pager.MemoryStorage;
import dev.pando.testkit.SimulatedDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is special in databases in memory; {@link SameInMemoryTest} has what is not. */
class InMemoryTest extends DatabaseTestBase {
  private Database inMemory(Options options) {
    return opened(Database.inMemory(options));
  }

  private static byte[] blob(long key, int length) {
    byte[] bytes = new byte[length];
    new Random(key).nextBytes(bytes);
    return bytes;
  }

  private static Set<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.collect(Collectors.toSet());
    }
  }

  @Test
  void twoAreIndependentAndOnNoDisk() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    final Set<Path> before = files(here);
    try (Database one = Database.inMemory();
        Database two = Database.inMemory()) {
      one.put(NAMES, 1L, "one");
      assertThat(two.get(NAMES, 1L)).isNull();
      two.put(NAMES, 1L, "two");
      assertThat(one.get(NAMES, 1L)).isEqualTo("one");
      assertThat(one.openReport().created()).isTrue();
      assertThat(one.path()).isNotEqualTo(two.path());
      assertThat(one.path().toString()).startsWith("memory-");
      assertThat(one).hasToString("database " + one.path());
      assertThat(files(here)).isEqualTo(before);
      CheckReport _ = one.check().throwIfBad();
      CheckReport _ = two.check().throwIfBad();
    }
    Database closed = Database.inMemory();
    closed.close();
    assertThatThrownBy(() -> closed.get(NAMES, 1L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the database is closed: " + closed.path());
    assertThat(files(here)).isEqualTo(before);
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    Options usual = Options.defaults();
    assertThatThrownBy(() -> Database.inMemory(usual.withReadOnly(true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("memory", "readOnly=true");
    assertThatThrownBy(() -> Database.inMemory(usual.withCreateIfMissing(false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("memory", "createIfMissing=false");
    try (SimulatedDisk disk = new SimulatedDisk()) {
      assertThatThrownBy(() -> Database.inMemory(disk.options(usual)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("memory", "disk");
    }
  }

  /** Values that are in several pieces of memory, or end where one ends. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void largeValues(int pageSize) {
    Database db = inMemory(Options.defaults().withPageSize(pageSize));
    int[] lengths = {100, 5_000, 70_000, 300_000, 1_048_576, 3_500_000};
    for (int round = 0; round < 2; round++) {
      int first = round;
      db.update(
          tx -> {
            for (long key = first; key < 24; key += 2) {
              tx.put(BLOBS, key, blob(key + first, lengths[(int) (key + first) % lengths.length]));
              assertThat(tx.get(BLOBS, key)).hasSize(lengths[(int) (key + first) % lengths.length]);
            }
          });
      try (ReadTxn tx = db.beginRead()) {
        for (long key = first; key < 24; key += 2) {
          byte[] wanted = blob(key + first, lengths[(int) (key + first) % lengths.length]);
          assertThat(tx.get(BLOBS, key)).as("key %d", key).isEqualTo(wanted);
          View view = new View();
          assertThat(tx.raw(BLOBS).get(ByteBuffer.allocate(Long.BYTES).putLong(0, key), view))
              .isTrue();
          assertThat(view.toArray()).isEqualTo(wanted);
        }
      }
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** A cache whose entries come and go takes no more memory than its most entries. */
  @Test
  void freePagesAreReusedAndCompactionReturnsThem() {
    Database db = inMemory(Options.defaults());
    long most = 0;
    for (int round = 0; round < 30; round++) {
      long now = round;
      db.update(
          tx -> {
            for (long key = 0; key < 200; key++) {
              tx.put(BLOBS, key, blob(now + key, 10_000));
            }
          });
      most = round == 5 ? db.stat().fileBytes() : most;
    }
    assertThat(db.stat().fileBytes()).isLessThan(most * 2);
    db.update(tx -> assertThat(tx.deleteRange(BLOBS, Range.atLeast(10L))).isPositive());
    db.compact();
    assertThat(db.stat().fileBytes()).isLessThan(most / 4);
    assertThat(db.get(BLOBS, 3L)).isEqualTo(blob(32, 10_000));
  }

  @Test
  void aFullOneGoesOn() {
    Database db = inMemory(Options.defaults().withMaxSize(1 << 20));
    db.put(NAMES, 1L, "kept");
    assertThatThrownBy(() -> db.put(BLOBS, 1L, new byte[2 << 20]))
        .isInstanceOf(DatabaseFullException.class)
        .hasMessageContainingAll(db.path().toString(), "limit is 1048576 bytes");
    assertThat(db.get(NAMES, 1L)).isEqualTo("kept");
    db.put(BLOBS, 1L, new byte[100_000]);
  }

  /** At every moment at which a file needs memory, there is none. */
  @Test
  void withoutMemoryOneGoesOn() {
    long[] left = {Long.MAX_VALUE};
    Path name = Path.of("memory");
    MemoryStorage storage =
        new MemoryStorage(
            name,
            512,
            (arena, bytes, alignment) -> {
              left[0] -= bytes;
              if (left[0] < 0) {
                throw new OutOfMemoryError("planted");
              }
              return arena.allocate(bytes, alignment);
            });
    Options options = Options.defaults().withPageSize(512).withSpillLimit(64 << 10);
    Database db = open(name, options.withStorage(storage));
    long kept = 0;
    for (long memory = 0; memory < 20; memory++) {
      left[0] = memory << 20;
      try {
        for (int step = 0; step < 50; step++) {
          long first = kept;
          int length = step % 3 == 0 ? 300_000 : 400;
          db.update(
              tx -> {
                for (long key = first; key < first + 4; key++) {
                  tx.put(BLOBS, key, blob(key, length));
                }
              });
          kept += 4;
        }
        assertThat(memory).as("memory, in MiB, for 20 MB").isGreaterThan(15);
      } catch (DatabaseFullException e) {
        assertThat(e).hasMessageContainingAll("memory: cannot grow from", "withMaxSize");
      }
      assertThat(db.count(BLOBS)).isEqualTo(kept);
      CheckReport _ = db.check().throwIfBad();
      left[0] = Long.MAX_VALUE;
      db.put(NAMES, memory, "goes on");
    }
    assertThat(db.count(NAMES)).isEqualTo(20);
  }

  @Test
  void closingFreesTheMemory() {
    List<MemorySegment> all = new ArrayList<>();
    Path name = Path.of("memory");
    MemoryStorage storage =
        new MemoryStorage(
            name,
            4096,
            (arena, bytes, alignment) -> {
              all.add(arena.allocate(bytes, alignment));
              return all.getLast();
            });
    Database db = open(name, Options.defaults().withStorage(storage));
    for (long key = 0; key < 100; key++) {
      db.put(BLOBS, key, blob(key, 100_000));
    }
    assertThat(all).hasSizeGreaterThan(4).allMatch(memory -> memory.scope().isAlive());
    long bytes = all.stream().mapToLong(MemorySegment::byteSize).sum();
    assertThat(bytes).isLessThan(db.stat().fileBytes() * 5 / 4 + (2 << 20));
    closeChecked(db);
    assertThat(all).noneMatch(memory -> memory.scope().isAlive());
    assertThat(storage.exists(name)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(BackupForm.class)
  void backups(BackupForm form) throws IOException {
    Database db = inMemory(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (long key = 0; key < 2000; key++) {
            tx.put(NAMES, key, "name " + key);
          }
          tx.put(BLOBS, 1L, blob(1, 3_000_000));
        });
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BackupReport _ = db.backup(Channels.newChannel(bytes), form, (_, _) -> {});
    BackupReport _ = db.backup(file(), form, (_, _) -> {});
    Path other = directory().resolve("other.pando");
    Files.write(other, bytes.toByteArray());
    assertThat(files(directory())).containsExactlyInAnyOrder(file(), other);
    for (Path path : List.of(file(), other)) {
      Database copy = open(path, Options.defaults());
      assertThat(copy.count(NAMES)).isEqualTo(2000);
      assertThat(copy.get(BLOBS, 1L)).isEqualTo(blob(1, 3_000_000));
    }
    db.put(NAMES, 3L, "goes on");
  }

  /** Durable when the call returns, as far as memory is. */
  @ParameterizedTest
  @EnumSource(Durability.class)
  void waitsForNoDisk(Durability durability) throws Exception {
    Database db = inMemory(Options.defaults().withDurability(durability));
    for (long key = 0; key < 300; key++) {
      db.put(NAMES, key, "x");
    }
    db.sync();
    assertThat(db.stat().unsyncedCommits()).isZero();
    long seen = db.awaitCommit(0, Duration.ZERO);
    Thread writer = Thread.ofPlatform().start(() -> db.put(NAMES, 1L, "news"));
    assertThat(db.awaitCommit(seen, Duration.ofMinutes(1))).isGreaterThan(seen);
    writer.join();
  }

  /** Readers of all kinds get an exception, and no memory that is gone. */
  @Test
  void closingWhileOthersRead() throws InterruptedException {
    for (int round = 0; round < 10; round++) {
      Database db = Database.inMemory(Options.defaults().withCloseTimeout(Duration.ZERO));
      db.update(
          tx -> {
            for (long key = 0; key < 3000; key++) {
              tx.put(NAMES, key, "name " + key);
            }
            tx.put(BLOBS, 1L, blob(1, 2_500_000));
          });
      CheckReport _ = db.check().throwIfBad();
      Queue<Throwable> ends = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      List<Runnable> uses =
          List.of(
              () -> db.getAll(NAMES, List.of(1L, 2000L)),
              () -> db.view(tx -> Arrays.hashCode(tx.get(BLOBS, 1L))),
              () -> db.view(tx -> tx.scan(NAMES).stream().count()),
              () -> db.put(NAMES, 1L, "changed"));
      CountDownLatch used = new CountDownLatch(uses.size());
      for (Runnable use : uses) {
        Runnable counted =
            () -> {
              use.run();
              used.countDown();
            };
        threads.add(Thread.ofPlatform().start(() -> untilItThrows(counted, ends)));
      }
      used.await();
      db.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(ends).hasSize(uses.size());
      assertThat(ends).allSatisfy(e -> assertThat(e).isInstanceOf(IllegalStateException.class));
    }
  }

  private static void untilItThrows(Runnable use, Queue<Throwable> ends) {
    try {
      while (true) {
        use.run();
      }
    } catch (Throwable e) {
      ends.add(e);
    }
  }
}
