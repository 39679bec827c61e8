package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.CrashDisk.Call;
import dev.pando.txn.CrashDisk.DiskFile;
import dev.pando.txn.CrashDisk.Image;
import dev.pando.txn.CrashStates.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random programs on a disk that may lose what was not synced. At every sync and after every commit
 * the images of {@link CrashDisk} are opened: each must hold the last acknowledged commit, or the
 * one in flight if its meta may have been written, pass the check, and take further commits. The
 * programs themselves are killed, with and without a power cut, and go on with what is left.
 *
 * <p>Rerun one program with {@code -Dpando.seed=}, more of them with {@code -Dpando.scale=}.
 */
final class PowerCutTest {
  private static final Path FILE = Path.of("/disk/data.pando");
  private static final long CAPACITY = 3 << 20;
  private static final int WANTED = 20_000;

  private long images;
  private long inFlightFound;
  private long kills;
  private long cuts;

  @Test
  void everyImageHoldsTheLastAcknowledgedCommitOrTheOneInFlight() {
    long first = Long.getLong("pando.seed", System.nanoTime());
    long scale = Long.getLong("pando.scale", 1L);
    long begin = System.nanoTime();
    long end = begin + Duration.ofSeconds(55).toNanos() * scale;
    long programs = 0;
    System.out.println("PowerCutTest seed " + first);
    while (images < WANTED * scale && System.nanoTime() < end) {
      long seed = first + programs++;
      try {
        new Program(seed).run();
      } catch (Throwable e) {
        throw new AssertionError("rerun with -Dpando.seed=" + seed, e);
      }
    }
    System.out.printf(
        "PowerCutTest %d images in %.1f s, %d with the commit in flight; %d programs, %d kills, %d"
            + " power cuts%n",
        images, (System.nanoTime() - begin) / 1e9, inFlightFound, programs, kills, cuts);
    assertThat(images).isGreaterThanOrEqualTo(WANTED * scale);
    assertThat(inFlightFound).isPositive();
  }

  private static Options options(CrashDisk disk, int pageSize, long growthStep) {
    return Options.defaults()
        .withPageSize(pageSize)
        .withGrowthStep(growthStep)
        .withSpillLimit(64 << 10)
        .withCloseTimeout(Duration.ZERO)
        .withStorage(disk);
  }

  /** A reader and what it must go on seeing. */
  private record Held(ReadTxn tx, State state) {}

  /** One random program. */
  private final class Program {
    private final Random random;
    private final int pageSize;
    private final int keys;
    private final long growthStep;
    private final List<Held> held = new ArrayList<>();

    /** What the running process sees. */
    private State current = State.empty();

    /** What a power cut may leave. */
    private List<State> possible = List.of(current);

    /** What the running commit will leave; null if none runs. */
    private @Nullable State inFlight;

    private boolean mayKill;
    private String doing = "";
    private int transactions;

    Program(long seed) {
      random = new Random(seed);
      pageSize = random.nextInt(10) < 7 ? 512 : 4096;
      keys = 20 + random.nextInt(random.nextBoolean() ? 60 : 500);
      growthStep = random.nextInt(3) == 0 ? 1 : random.nextInt(4) * 8192 + 4096;
    }

    void run() {
      CrashDisk disk = new CrashDisk(CAPACITY);
      for (int life = 0; life < 5; life++) {
        CrashDisk next;
        try {
          live(disk);
          next = disk.afterKill(); // a clean end: nothing is lost, but not all is synced
        } catch (CrashDisk.Killed killed) {
          next = crashed(disk);
        }
        disk.close();
        disk = next;
      }
      disk.close();
    }

    /** A process was killed, or the machine lost power. */
    private CrashDisk crashed(CrashDisk disk) {
      inFlight = null;
      held.clear();
      DiskFile durable = disk.durableFile(FILE);
      if (random.nextBoolean() || durable == null) {
        kills++;
        return disk.afterKill();
      }
      cuts++;
      return CrashDisk.with(FILE, durable.randomImage(random).content(), CAPACITY);
    }

    private void live(CrashDisk disk) {
      doing = "open";
      disk.hook = this::happens;
      mayKill = false;
      Database db = Database.open(FILE, options(disk, pageSize, growthStep));
      current = find(db, possible, "after a crash");
      int size = 2 + random.nextInt(8);
      for (int i = 0; i < size; i++) {
        transaction(db);
        afterCommit(disk.file(FILE));
        readers(db);
      }
      held.forEach(reader -> end(reader));
      held.clear();
      if (random.nextInt(4) == 0) {
        CheckReport _ = db.check().throwIfBad();
      }
      doing = "close";
      db.close();
      afterCommit(disk.file(FILE));
    }

    private void transaction(Database db) {
      transactions++;
      doing = "claim";
      State model = current.copy();
      try (WriteTxn tx = db.beginWrite()) {
        possible = List.of(current);
        mayKill = true;
        doing = "transaction " + transactions;
        boolean large = random.nextInt(15) == 0;
        int size = large ? 100 + random.nextInt(400) : random.nextInt(12);
        ModelSavepoints<State> savepoints = new ModelSavepoints<>(State::copy);
        int every = random.nextInt(3) == 0 ? 2 + random.nextInt(size + 1) : Integer.MAX_VALUE;
        for (int i = 0; i < size; i++) {
          if (random.nextInt(every) == 0) {
            model = savepoints.step(tx, model, random);
          }
          CrashStates.change(tx, model, random, keys);
        }
        if (!model.isSeenBy(tx)) {
          throw new AssertionError("the transaction does not see what it did");
        }
        if (random.nextInt(large ? 3 : 8) == 0) {
          return;
        }
        inFlight = model;
        tx.commit();
        inFlight = null;
        current = model;
        possible = List.of(current);
      }
    }

    private void readers(Database db) {
      if (held.size() < 4 && random.nextInt(4) == 0) {
        held.add(new Held(db.beginRead(), current));
      }
      if (!held.isEmpty() && random.nextInt(5) == 0) {
        end(held.remove(random.nextInt(held.size())));
      }
    }

    private static void end(Held reader) {
      if (!reader.state.isSeenBy(reader.tx)) {
        throw new AssertionError("a reader's snapshot has changed");
      }
      reader.tx.close();
    }

    private void happens(Call call, @Nullable DiskFile file, long offset, int bytes) {
      if (file == null || !file.path().equals(FILE)) {
        return;
      }
      if (call == Call.WRITE && offset < 3L * pageSize && inFlight != null) {
        possible = List.of(current, inFlight);
      }
      if (call == Call.SYNC) {
        verify(file, 6, 6);
        killPerhaps(file, 14);
      } else if (call == Call.WRITE || call == Call.GROW || call == Call.TRUNCATE) {
        killPerhaps(file, 120);
      }
    }

    private void killPerhaps(DiskFile file, int chance) {
      if (mayKill && random.nextInt(chance) == 0) {
        file.disk().kill();
      }
    }

    private void afterCommit(DiskFile file) {
      if (file.pendingCount() > 0) {
        verify(file, 3, 3);
      }
    }

    private void verify(DiskFile file, int most, int randomOnes) {
      for (Image image : file.images(random, pageSize, most, randomOnes)) {
        try {
          verify(image);
        } catch (Throwable e) {
          throw new AssertionError("during " + doing + ", image: " + image.kind(), e);
        }
      }
    }

    private void verify(Image image) {
      images++;
      try (CrashDisk disk = CrashDisk.with(FILE, image.content(), 256 << 10)) {
        Options options = options(disk, pageSize, growthStep);
        Database db = Database.open(FILE, options);
        State found = find(db, possible, image.kind());
        inFlightFound += found == inFlight ? 1 : 0;
        CheckReport _ = db.check().throwIfBad();
        if (random.nextInt(10) == 0) {
          db.close();
          db = Database.open(FILE, options);
          State _ = find(db, List.of(found), "opened again");
        }
        TreeMap<Long, byte[]> entries = new TreeMap<>();
        Table<Long, byte[]> table = CrashStates.table("after");
        for (int i = 0; i < 2; i++) {
          for (long key = 0; key < 4; key++) {
            entries.put(key, new byte[random.nextInt(pageSize)]);
          }
          db.update(tx -> entries.forEach((key, value) -> tx.put(table, key, value)));
        }
        State more = new State(new java.util.HashMap<>(found.tables()));
        Map<String, TreeMap<Long, byte[]>> tables = more.tables();
        tables.put("after", entries);
        State _ = find(db, List.of(more), "with two commits more");
        CheckReport _ = db.check().throwIfBad();
        db.close();
      }
    }

    private State find(Database db, List<State> wanted, String when) {
      try (ReadTxn tx = db.beginRead()) {
        for (State state : wanted) {
          if (state.isSeenBy(tx)) {
            return state;
          }
        }
      }
      throw new AssertionError(
          when
              + ": none of the "
              + wanted.size()
              + " states that may be there; "
              + db.openReport());
    }
  }
}
