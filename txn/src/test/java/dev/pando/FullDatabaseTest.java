package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFullException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.space.FreeSpace;
import dev.pando.txn.space.PageSet;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A database that may not grow any more uses all its free pages but a few, and these are enough to
 * delete what is in it.
 */
@Tag("proof")
final class FullDatabaseTest {
  private static final Path FILE = Path.of("/simulated/full.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());
  private static final Table<Long, byte[]> OTHER = Table.of("o", Codec.u64(), Codec.bytes());
  private static final int PAGE = 512;
  private static final long SMALL = 96 << 10;
  private static final long CAPACITY = 4 << 20;
  private static final int PROGRAMS = Integer.getInteger("full.programs", 10);

  /** What says no. */
  enum Full {
    LIMIT,
    DISK,

    /** A quota, or a limit of the process: nobody can ask for it. */
    SILENT_DISK
  }

  private SimulatedDisk disk = new SimulatedDisk(CAPACITY);

  @AfterEach
  void close() {
    disk.close();
  }

  private Database open(Full full, long bytes, Durability durability) {
    Options options = Options.defaults().withPageSize(PAGE).withDurability(durability);
    if (full == Full.LIMIT) {
      return Database.open(FILE, disk.options(options.withMaxSize(bytes)));
    }
    disk.fullAt(bytes, full == Full.DISK);
    return Database.open(FILE, disk.options(options));
  }

  @ParameterizedTest
  @CsvSource({
    "LIMIT,       SYNC,  1,    98304",
    "LIMIT,       ASYNC, 1,    98304",
    "LIMIT,       SYNC,  3000, 4194304",
    "LIMIT,       ASYNC, 3000, 4194304",
    "DISK,        SYNC,  1,    98304",
    "DISK,        ASYNC, 1,    98304",
    "DISK,        SYNC,  3000, 4194304",
    "DISK,        ASYNC, 3000, 4194304",
    "SILENT_DISK, SYNC,  1,    98304",
    "SILENT_DISK, ASYNC, 1,    98304",
    "SILENT_DISK, SYNC,  3000, 4194304",
    "SILENT_DISK, ASYNC, 3000, 4194304",
  })
  void whatWasPutCanBeDeleted(Full full, Durability durability, int batch, long bytes) {
    long seed = System.nanoTime();
    System.out.printf("FullDatabaseTest: seed %d%n", seed);
    try (Database db = open(full, bytes, durability)) {
      final long first = fill(db, seed, batch);
      CheckReport _ = db.check().throwIfBad();
      if (batch == 1) {
        Stat stat = db.stat();
        assertThat(stat.freePages())
            .as("pages that nobody uses, of %d", stat.pageCount())
            .isLessThanOrEqualTo(2 + 2 * DataFile.leastReserve(bytes / PAGE));
      }
      deleteAll(db, seed, batch, first);
      CheckReport _ = db.check().throwIfBad();
      assertThat(fill(db, seed, batch))
          .as("puts, first %d", first)
          .isGreaterThanOrEqualTo(first * 3 / 4);
      CheckReport _ = db.check().throwIfBad();
      assertThat(db.stat().fileBytes()).isLessThanOrEqualTo(bytes);
    }
  }

  private static long key(long seed, long number) {
    return (seed + number) * 0x9E3779B97F4A7C15L;
  }

  /** Puts entries in no order until there is no room; returns how many there are. */
  private static long fill(Database db, long seed, int batch) {
    long count = 0;
    for (int failures = 0; failures < 3; ) { // the first may only find out
      long from = count;
      try {
        db.update(
            tx -> {
              for (long i = from; i < from + batch; i++) {
                tx.put(TABLE, key(seed, i), new byte[100]);
              }
            });
        count += batch;
        failures = 0;
      } catch (DatabaseFullException e) {
        assertThat(e).hasMessageContaining("delete data");
        failures++;
      }
    }
    return count;
  }

  private static void deleteAll(Database db, long seed, int batch, long count) {
    List<Long> all = LongStream.range(0, count).boxed().collect(Collectors.toList());
    Collections.shuffle(all, new Random(seed));
    for (int at = 0; at < all.size(); at += batch) {
      List<Long> some = all.subList(at, Math.min(at + batch, all.size()));
      db.update(
          tx -> {
            for (long number : some) {
              assertThat(tx.delete(TABLE, key(seed, number))).isTrue();
            }
          });
    }
  }

  /** What makes room. */
  enum Way {
    DELETE {
      @Override
      void make(Database db) {
        db.update(tx -> tx.delete(TABLE, key(1, 0)));
      }
    },
    RAW_DELETE {
      @Override
      void make(Database db) {
        byte[] key = new byte[Long.BYTES];
        ByteBuffer _ = ByteBuffer.wrap(key).putLong(key(1, 0));
        db.update(tx -> assertThat(tx.raw("t").delete(key)).isTrue());
      }
    },
    CLEAR {
      @Override
      void make(Database db) {
        db.update(tx -> tx.clear(TABLE));
      }
    },
    DROP {
      @Override
      void make(Database db) {
        db.update(tx -> tx.drop("t"));
      }
    },
    DROP_SNAPSHOT {
      @Override
      void make(Database db) {
        assertThat(db.snapshots().drop("s")).isTrue();
      }
    },
    RESTORE_SNAPSHOT {
      @Override
      void make(Database db) {
        long _ = db.snapshots().restore("s");
        assertThat(db.<Long, RuntimeException>view(tx -> tx.count(TABLE))).isEqualTo(1);
        db.update(tx -> tx.put(TABLE, 2L, new byte[3000]));
      }
    },
    COMPACT {
      @Override
      void make(Database db) {
        db.compact();
      }
    };

    abstract void make(Database db);
  }

  @ParameterizedTest
  @EnumSource
  void roomIsMade(Way way) {
    for (Full full : Full.values()) {
      try (Database db = open(full, 64 << 10, Durability.SYNC)) {
        db.update(tx -> tx.put(TABLE, 1L, new byte[10]));
        if (way == Way.DROP_SNAPSHOT || way == Way.RESTORE_SNAPSHOT) {
          NamedSnapshot _ = db.snapshots().create("s");
        }
        long count = fill(db, 1, 1);
        for (int i = 0; i < 10; i++) {
          long number = count + i;
          assertThatThrownBy(() -> db.update(tx -> tx.put(TABLE, key(1, number), new byte[3000])))
              .isInstanceOf(DatabaseFullException.class);
        }
        way.make(db);
        CheckReport _ = db.check().throwIfBad();
      }
      disk.close();
      disk = new SimulatedDisk(CAPACITY);
    }
  }

  /** The room that others took away is there again, or they gave some back. */
  @Test
  void aDiskThatIsFullNoLongerIsUsedAgain() {
    try (Database db = open(Full.DISK, 64 << 10, Durability.SYNC)) {
      long count = fill(db, 1, 1);
      disk.fullAt(1 << 20, true);
      db.update(tx -> tx.put(TABLE, -1L, new byte[200_000]));
      assertThat(fill(db, 2, 1)).isGreaterThan(count);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /**
   * Pages that only commits see that are not on disk are released when there are no others: the
   * reserve is filled with them first, and the transaction gets the rest. Else it could take them
   * all, and there would be none for its own commit, or for the deletes after it.
   */
  @Test
  void whatIsReleasedLateFillsTheReserveFirst() throws ReflectiveOperationException {
    long seed = System.nanoTime();
    System.out.printf("FullDatabaseTest: seed %d%n", seed);
    try (Database db = openWithoutReserve(seed)) {
      final long durable = db.stat().durableTxn();
      try (WriteTxn tx = db.beginWrite()) {
        assertThat(db.stat().durableTxn()).as("more was released").isGreaterThan(durable);
        long pageCount = tx.free().pageCount();
        assertThat(inReserve(tx.free()) + SMALL / PAGE - pageCount)
            .as("pages in the reserve, or to grow by")
            .isGreaterThanOrEqualTo(DataFile.leastReserve(pageCount));
      }
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static long inReserve(FreeSpace free) throws ReflectiveOperationException {
    Field reserve = FreeSpace.class.getDeclaredField("reserve");
    reserve.setAccessible(true);
    Object kept = reserve.get(free);
    Field pages = kept.getClass().getDeclaredField("pages");
    pages.setAccessible(true);
    return ((PageSet) pages.get(kept)).size();
  }

  /**
   * A full database whose last commit has taken the reserve, and has freed many pages, which the
   * newest commit on disk sees.
   */
  private Database openWithoutReserve(long seed) {
    Options options =
        Options.defaults()
            .withPageSize(PAGE)
            .withMaxSize(SMALL)
            .withDurability(Durability.ASYNC)
            .withSyncInterval(Duration.ofHours(1));
    Database db = Database.open(FILE, disk.options(options));
    db.update(
        tx -> {
          for (long i = 0; i < 300; i++) {
            boolean _ = tx.put(OTHER, i, new byte[100]);
          }
        });
    final long count = fill(db, seed, 1);
    db.sync();
    try (WriteTxn tx = db.beginWrite()) {
      boolean _ = tx.drop(OTHER.name()); // first: the catalog's page is copied
      takeReserve(tx, seed, count);
      tx.commit();
    }
    return db;
  }

  /** Deletes entries here and there, which copies pages, until a few are left for the commit. */
  private static void takeReserve(WriteTxn tx, long seed, long count) {
    List<Savepoint> savepoints = new ArrayList<>();
    try {
      for (long i = 0; i < count; i++) {
        savepoints.add(tx.savepoint());
        boolean _ = tx.delete(TABLE, key(seed, i));
      }
      throw new AssertionError("there is no end of free pages");
    } catch (DatabaseFullException e) {
      tx.rollbackTo(savepoints.get(Math.max(savepoints.size() - 3, 0)));
    }
  }

  /** Its own file keeps the reserve, so that others on the disk cannot take it. */
  @Test
  void theReserveOutlivesTheProcess() {
    try (Database db = open(Full.DISK, 64 << 10, Durability.SYNC)) {
      long _ = fill(db, 1, 1);
    }
    disk.fullAt(0, true);
    try (Database db = open(Full.DISK, 0, Durability.SYNC)) {
      deleteAll(db, 1, 1, 100);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** Puts, deletes, long values, savepoints, readers, and commits that fail for want of room. */
  @ParameterizedTest
  @EnumSource
  void programsThatRunIntoIt(Full full) {
    long first = Long.getLong("full.seed", System.nanoTime());
    for (long seed = first; seed < first + PROGRAMS; seed++) {
      try (Database db = open(full, 96 << 10, Durability.ASYNC)) {
        runInto(db, new Random(seed));
        CheckReport _ = db.check().throwIfBad();
      } catch (Throwable e) {
        throw new AssertionError("run it again first with -Dfull.seed=" + seed, e);
      }
      disk.close();
      disk = new SimulatedDisk(CAPACITY);
    }
  }

  private static void runInto(Database db, Random random) {
    int full = 0;
    for (int i = 0; i < 150; i++) {
      Durability durability = random.nextInt(3) == 0 ? Durability.SYNC : Durability.ASYNC;
      try (ReadTxn _ = random.nextInt(4) == 0 ? db.beginRead() : null) {
        db.update(durability, tx -> change(tx, random));
      } catch (DatabaseFullException e) {
        full++;
        if (random.nextInt(4) == 0) {
          CheckReport _ = db.check().throwIfBad();
        }
      }
    }
    assertThat(full).as("transactions without room").isPositive();
  }

  private static void change(WriteTxn tx, Random random) {
    int count = 1 + random.nextInt(40);
    boolean deletes = random.nextInt(3) == 0;
    Savepoint savepoint = tx.savepoint();
    for (int i = 0; i < count; i++) {
      if (random.nextInt(15) == 0) {
        tx.rollbackTo(savepoint);
      } else if (random.nextInt(15) == 0) {
        savepoint = tx.savepoint();
      }
      long key = random.nextInt(700);
      int length = random.nextInt(10) == 0 ? random.nextInt(6000) : random.nextInt(200);
      boolean _ = deletes ? tx.delete(TABLE, key) : tx.put(TABLE, key, new byte[length]);
    }
    if (random.nextInt(30) == 0) {
      tx.clear(TABLE);
    }
  }
}
