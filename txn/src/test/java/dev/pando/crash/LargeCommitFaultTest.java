package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Transactions that change pages of many chunks of the free tree, and one call of whose commit
 * fails. Afterwards the database is what it was: ten commits succeed, a check finds each page used
 * once or free, and the next process finds and writes the same.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("proof")
@Tag("scaled")
final class LargeCommitFaultTest {
  private static final int PAGE = 512;
  private static final int ENTRIES = 2500;

  /** Faults at scale 1. */
  private static final int FAULTS = 500;

  /** Calls of one commit that are made to fail at scale 1. At scale 10 nearly each call is. */
  private static final int CALLS = 40;

  private static final Table<Long, byte[]> FIRST = Model.table("first");
  private static final Table<Long, byte[]> SECOND = Model.table("second");

  /** Only small transactions change it. */
  private static final Table<Long, byte[]> SMALL = Model.table("small");

  /** What the failing transaction does. */
  private enum Change {
    CLEAR {
      @Override
      void apply(WriteTxn tx, Random random) {
        tx.clear(FIRST);
      }
    },
    DROP_BOTH {
      @Override
      void apply(WriteTxn tx, Random random) {
        boolean _ = tx.drop("first");
        boolean _ = tx.drop("second");
      }
    },
    DROP_AND_FILL {
      @Override
      void apply(WriteTxn tx, Random random) {
        boolean _ = tx.drop("second");
        for (long key = ENTRIES; key < 3 * ENTRIES; key++) {
          boolean _ = tx.put(FIRST, key, new byte[300 + random.nextInt(150)]);
        }
      }
    },
    DELETE_RANGE {
      @Override
      void apply(WriteTxn tx, Random random) {
        long from = random.nextLong(ENTRIES / 2);
        for (long key = from; key < from + ENTRIES / 2; key++) {
          boolean _ = tx.delete(FIRST, key);
        }
      }
    },
    DELETE_HERE_AND_THERE {
      @Override
      void apply(WriteTxn tx, Random random) {
        for (int i = 0; i < ENTRIES / 4; i++) {
          boolean _ = tx.delete(FIRST, random.nextLong(ENTRIES));
        }
      }
    },
    OVERWRITE_AND_DELETE {
      @Override
      void apply(WriteTxn tx, Random random) {
        put(tx, FIRST, random, ENTRIES / 4);
        DELETE_HERE_AND_THERE.apply(tx, random);
        boolean _ = tx.drop("second");
      }
    },
    LARGE_VALUES {
      @Override
      void apply(WriteTxn tx, Random random) {
        tx.clear(FIRST);
        for (long key = 0; key < 6; key++) {
          boolean _ = tx.put(SECOND, key, new byte[random.nextInt(200_000)]);
        }
      }
    };

    abstract void apply(WriteTxn tx, Random random);
  }

  private static @Nullable SimulatedDisk loaded;

  private final AtomicLong cases = new AtomicLong();

  private static void put(WriteTxn tx, Table<Long, byte[]> table, Random random, int count) {
    for (int i = 0; i < count; i++) {
      boolean _ = tx.put(table, random.nextLong(ENTRIES), new byte[300 + random.nextInt(150)]);
    }
  }

  /** A file of some chunks, whose meta differs from its free tree in more than one of them. */
  @BeforeAll
  static void load() {
    SimulatedDisk disk = new SimulatedDisk(8 << 20);
    try (Database db = Database.open(ImageCheck.FILE, disk.options(options(64 << 20)))) {
      db.update(
          tx -> {
            for (long key = 0; key < ENTRIES; key++) {
              boolean _ = tx.put(FIRST, key, new byte[400]);
            }
          });
      db.update(
          tx -> {
            for (long key = 0; key < 12; key++) {
              boolean _ = tx.put(SECOND, key, new byte[100_000]);
            }
          });
      db.update(tx -> tx.clear(SECOND)); // so much is free that short runs are used
      CheckReport _ = db.check().throwIfBad();
      assertThat(db.stat().pageCount()).isGreaterThan(4 * 1024 - 1);
    }
    loaded = disk;
  }

  @AfterAll
  static void end() {
    SimulatedDisk disk = loaded;
    if (disk != null) {
      disk.close();
    }
  }

  private static Options options(long spillLimit) {
    return ImageCheck.options(PAGE, 64 << 10).withSpillLimit(spillLimit);
  }

  @Test
  void anyCallOfALargeCommitFails() {
    Figures figures = new Figures("faults in large commits", FAULTS);
    long most = Math.max(1, CALLS * figures.wanted() / FAULTS);
    long round = 0;
    do {
      Random random = new Random(figures.seed(round++));
      for (Change change : Change.values()) {
        long seed = random.nextLong();
        Fault fault = random.nextBoolean() ? Fault.IO_ERROR : Fault.NO_SPACE;
        int calls = new Run(change, seed, fault, false, 0).run();
        int step = (int) Math.max(1, calls / most);
        int first = 1 + random.nextInt(step);
        IntStream.iterate(first, k -> k <= calls, k -> k + step)
            .parallel()
            .forEach(k -> fail(change, seed, fault, k));
      }
    } while (cases.get() < figures.wanted() && !Figures.replays());
    figures.reached(cases.get());
  }

  private void fail(Change change, long seed, Fault fault, int call) {
    for (boolean forEver : new boolean[] {false, true}) {
      try {
        int _ = new Run(change, seed, fault, forEver, call).run();
        cases.incrementAndGet();
      } catch (Throwable e) {
        throw new AssertionError(
            "%s of seed %d: %s at call %d%s"
                .formatted(change, seed, fault, call, forEver ? " and from then on" : ""),
            e);
      }
    }
  }

  /** One process with a transaction that fails, and the next one. */
  private static final class Run {
    private final Change change;
    private final long seed;
    private final Fault fault;
    private final boolean forEver;
    private final int failingCall;
    private final Random random;
    private final TreeMap<Long, Integer> small = new TreeMap<>();
    private int calls;
    private boolean inCommit;

    Run(Change change, long seed, Fault fault, boolean forEver, int failingCall) {
      this.change = change;
      this.seed = seed;
      this.fault = fault;
      this.forEver = forEver;
      this.failingCall = failingCall;
      random = new Random(seed);
    }

    /** Returns how many calls of the commit may fail. */
    int run() {
      SimulatedDisk from = loaded;
      if (from == null) {
        throw new IllegalStateException("nothing is loaded");
      }
      try (SimulatedDisk disk = from.afterKill()) {
        Options options = disk.options(options(random.nextBoolean() ? 256 << 10 : 64 << 20));
        try (Database db = Database.open(ImageCheck.FILE, options)) {
          failAndGoOn(disk, db);
        } catch (DatabaseFailedException e) {
          assertThat(failingCall).as("the database ended: %s", e).isPositive();
        }
        disk.onCall((call, file, offset, bytes) -> {});
        disk.kill();
        try (Database db = Database.open(ImageCheck.FILE, disk.options(options(64 << 20)))) {
          CheckReport _ = db.check().throwIfBad();
          assertThat(db.<Boolean, RuntimeException>view(this::seesSmall)).isTrue();
          commitTen(db);
        }
        return calls;
      }
    }

    private void failAndGoOn(SimulatedDisk disk, Database db) {
      commitTen(db); // so that chunks differ from their records
      long before = db.<Long, RuntimeException>view(tx -> tx.count(FIRST));
      try (ReadTxn _ = random.nextBoolean() ? db.beginRead() : null) { // holds what is freed
        disk.onCall(this::before);
        if (failingCall > 0) {
          failLarge(db, before);
          disk.onCall((call, file, offset, bytes) -> {});
        } else {
          commitLarge(db);
        }
      }
      commitTen(db);
    }

    private void failLarge(Database db, long before) {
      try {
        commitLarge(db);
        assertThat(fault).as("growing by less succeeded").isEqualTo(Fault.NO_SPACE);
      } catch (StorageException e) {
        assertThat(calls).isGreaterThanOrEqualTo(failingCall);
        assertThat(db.<Long, RuntimeException>view(tx -> tx.count(FIRST))).isEqualTo(before);
        if (e instanceof DatabaseFailedException) {
          throw e;
        }
      }
    }

    private void commitLarge(Database db) {
      try (WriteTxn tx = db.beginWrite()) {
        change.apply(tx, new Random(seed));
        inCommit = true;
        tx.commit();
      } finally {
        inCommit = false;
      }
    }

    private void before(Call call, @Nullable Path file, long offset, long bytes) {
      if (inCommit && fault.fits(call)) {
        calls++;
        if (calls == failingCall || (forEver && calls > failingCall && failingCall > 0)) {
          String what = "injected " + fault + " at " + call;
          throw fault == Fault.NO_SPACE
              ? new DatabaseFullException(what, null)
              : new StorageIoException(what, null);
        }
      }
    }

    /**
     * Some free pages of a chunk that had no free one, some take pages of one that no other takes:
     * a large transaction may make the chunk again what its record says.
     */
    private void commitTen(Database db) {
      for (int i = 0; i < 10; i++) {
        long key = random.nextLong(50);
        int length = random.nextInt(3) == 0 ? 0 : random.nextInt(1, 500);
        int large = random.nextInt(4) == 0 ? random.nextInt(20_000) : 10;
        boolean deletes = random.nextInt(3) == 0;
        db.update(
            i % 3 == 0 ? Durability.SYNC : Durability.ASYNC,
            tx -> {
              boolean _ = tx.put(SECOND, key, new byte[large]);
              boolean _ =
                  length == 0 ? tx.delete(SMALL, key) : tx.put(SMALL, key, new byte[length]);
              if (deletes) {
                boolean _ = tx.delete(FIRST, 40 * key);
                boolean _ = tx.delete(FIRST, 40 * key + 1);
              }
            });
        if (length == 0) {
          small.remove(key);
        } else {
          small.put(key, length);
        }
      }
      CheckReport _ = db.check().throwIfBad();
    }

    private boolean seesSmall(ReadTxn tx) {
      return tx.count(SMALL) == small.size()
          && small.entrySet().stream()
              .allMatch(
                  entry -> {
                    byte[] found = tx.get(SMALL, entry.getKey());
                    return found != null && found.length == entry.getValue();
                  });
    }
  }
}
