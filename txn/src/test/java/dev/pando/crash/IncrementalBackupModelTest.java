package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.BackupForm;
import dev.pando.BackupReport;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.Progress;
import dev.pando.pager.Meta;
import dev.pando.testkit.SimulatedDisk;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A full backup with its increments is what a full backup is that is taken now: in random programs
 * with drops, compaction, named snapshots that come, go and are restored, commits that are not
 * synced, restarts, kills and power cuts.
 */
@Tag("scaled")
class IncrementalBackupModelTest {
  private static final Path FULL = ImageCheck.FILE.resolveSibling("full.pando");
  private static final Path NOW = ImageCheck.FILE.resolveSibling("now.pando");
  private static final Path RESTORED = ImageCheck.FILE.resolveSibling("restored.pando");
  private static final Path WANTED = ImageCheck.FILE.resolveSibling("wanted.pando");
  private static final Progress SILENT = (_, _) -> {};
  private static final int STEPS = 80;
  private static final int CAPACITY = 4 << 20;

  private final Figures figures = new Figures("programs with incremental backups", 300);

  @Test
  void equalsAFullBackupTakenNow() {
    long programs = Figures.replays() ? 1 : figures.wanted();
    long restored = 0;
    for (long i = 0; i < programs; i++) {
      long seed = figures.seed(i);
      try (Program program = new Program(new Random(seed))) {
        program.run();
        restored += program.restored;
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    System.out.printf("  %,d chains restored%n", restored);
    assertThat(restored).isGreaterThan(programs);
    figures.reached(programs);
  }

  private static final class Program implements AutoCloseable {
    private final Random random;
    private final Options options;
    private final int pageSize;
    private final RandomChanges changes;
    private SimulatedDisk disk = new SimulatedDisk(CAPACITY);
    private @Nullable Database open;
    private byte[] full = {};
    private @Nullable BackupReport last;
    private final List<byte[]> increments = new ArrayList<>();
    private long restored;

    Program(Random random) {
      this.random = random;
      pageSize = 512 << random.nextInt(3);
      long log = random.nextBoolean() ? 16L * pageSize : 0;
      options = ImageCheck.options(pageSize, 8192).withLogSize(log);
      changes = new RandomChanges(random, random.nextInt(5, 400));
    }

    private Database db() {
      Database db = open;
      if (db == null) {
        db = Database.open(ImageCheck.FILE, disk.options(options));
        open = db;
      }
      return db;
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step(db(), random.nextInt(100));
      }
      increment(db());
      compare(db());
      db().close();
    }

    private void step(Database db, int choice) {
      if (choice < 60) {
        changes.write(db);
      } else if (choice < 75) {
        changes.snapshot(db);
      } else if (choice < 78) {
        db.compact();
      } else if (choice < 90) {
        increment(db);
        if (random.nextInt(3) == 0) {
          compare(db);
        }
      } else if (choice < 91) {
        full(db);
      } else if (choice < 93) {
        db.close();
        open = null;
      } else if (choice < 96) {
        goOn(db, disk.afterKill());
      } else if (choice < 98) {
        goOn(db, disk.powerCuts(random.nextLong()).any());
      } else {
        db.sync();
      }
    }

    /** The process is dead, and the next one finds this disk. */
    private void goOn(Database dead, SimulatedDisk next) {
      disk.kill();
      ImageCheck.discard(dead);
      disk.close();
      disk = next;
      open = null;
    }

    private void full(Database db) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      last = db.backup(Channels.newChannel(out), BackupForm.PAGES, SILENT);
      full = out.toByteArray();
      increments.clear();
    }

    private void increment(Database db) {
      BackupReport before = last;
      if (before == null) {
        full(db);
        return;
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      last = db.backupSince(before, Channels.newChannel(out));
      increments.add(out.toByteArray());
    }

    private void compare(Database db) {
      ByteArrayOutputStream now = new ByteArrayOutputStream();
      BackupReport report = db.backup(Channels.newChannel(now));
      assertThat(report.txnId()).isEqualTo(Objects.requireNonNull(last).txnId());
      try (SimulatedDisk other = new SimulatedDisk(CAPACITY)) {
        other.put(FULL, full);
        other.put(NOW, now.toByteArray());
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < increments.size(); i++) {
          files.add(FULL.resolveSibling("increment-" + i));
          other.put(files.getLast(), increments.get(i));
        }
        Options reading = other.options(options);
        BackupReport _ = Database.restore(FULL, files, RESTORED, reading, SILENT);
        BackupReport _ = Database.restore(NOW, WANTED, reading, SILENT);
        assertThat(meta(other, RESTORED)).isEqualTo(meta(other, WANTED));
        assertThat(content(other, RESTORED)).isEqualTo(content(other, WANTED));
      }
      restored++;
    }

    /** Without the incarnation, which is another one in each copy. */
    private Meta meta(SimulatedDisk other, Path file) {
      Meta meta = Meta.decode(Arrays.copyOf(other.content(file), pageSize), 0);
      Meta found = Objects.requireNonNull(meta);
      return found.withLineage(Meta.initial(pageSize, found.databaseId()).lineage());
    }

    private Map<String, List<String>> content(SimulatedDisk other, Path file) {
      try (Database db = Database.open(file, other.options(options))) {
        assertThat(db.check().throwIfBad().problems()).isEmpty();
        return RandomChanges.content(db);
      }
    }

    @Override
    public void close() {
      disk.kill(); // after a failure the database is open, whose threads would go on for ever
      disk.close();
    }
  }
}
