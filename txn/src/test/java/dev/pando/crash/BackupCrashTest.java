package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.BackupForm;
import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.Progress;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills, power cuts, failing calls and full disks at every call of a backup and of a restore: the
 * target is whole, or what it was before, and the database has lost nothing.
 */
@Tag("proof")
final class BackupCrashTest {
  private static final Path COPY = ImageCheck.FILE.resolveSibling("copy.pando");
  private static final Options OPTIONS = ImageCheck.options(512, 8192);
  private static final Progress SILENT = (_, _) -> {};

  /** Calls that change something, or may fail. */
  private static final Set<Call> STEPS =
      Set.of(
          Call.CREATE,
          Call.WRITE,
          Call.SYNC,
          Call.RENAME,
          Call.SYNC_DIRECTORY,
          Call.READ,
          Call.TRUNCATE,
          Call.DELETE,
          Call.OPEN);

  private static final Model WANTED = Model.empty();
  private static final Model OLDER = Model.empty();

  static {
    for (long key = 0; key < 60; key++) {
      WANTED.entries("t").put(key, Model.value(key, 40 + (int) key * 20));
    }
    OLDER.entries("t").put(1L, Model.value(7, 100));
  }

  /** Made once: each case begins with them. */
  private static final byte[] WANTED_FILE = file(WANTED);

  private static final byte[] OLDER_FILE = file(OLDER);

  private static final Path FULL = ImageCheck.FILE.resolveSibling("full.pando");
  private static final Path INCREMENT = ImageCheck.FILE.resolveSibling("increment");

  /** A full backup and an increment, which together are the wanted model. */
  private static final List<byte[]> INCREMENTAL = incremental();

  /** What is done to the disk, by a process of its own. */
  private interface Work {
    void on(SimulatedDisk disk);
  }

  /** The bytes of a database that holds a model, one commit an entry. */
  private static byte[] file(Model model) {
    try (SimulatedDisk disk = new SimulatedDisk(2 << 20)) {
      try (Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        model
            .entries("t")
            .forEach((key, value) -> db.update(tx -> tx.put(Model.table("t"), key, value)));
      }
      return disk.content(ImageCheck.FILE);
    }
  }

  private static List<byte[]> incremental() {
    try (SimulatedDisk disk = new SimulatedDisk(2 << 20)) {
      disk.put(ImageCheck.FILE, OLDER_FILE);
      ByteArrayOutputStream full = new ByteArrayOutputStream();
      ByteArrayOutputStream increment = new ByteArrayOutputStream();
      try (Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        BackupReport report = db.backup(Channels.newChannel(full));
        WANTED
            .entries("t")
            .forEach((key, value) -> db.update(tx -> tx.put(Model.table("t"), key, value)));
        BackupReport _ = db.backupSince(report, Channels.newChannel(increment));
      }
      return List.of(full.toByteArray(), increment.toByteArray());
    }
  }

  private static void restoreIncrement(SimulatedDisk disk) {
    Database.restore(
        FULL,
        List.of(INCREMENT),
        COPY,
        disk.options(OPTIONS),
        SILENT,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static void backup(SimulatedDisk disk, BackupForm form) {
    Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS));
    boolean done = false;
    try {
      db.backup(COPY, form, SILENT);
      done = true;
    } finally {
      if (done) {
        db.close();
      } else {
        ImageCheck.discard(db);
      }
    }
  }

  private static void restore(SimulatedDisk disk) {
    Database.restore(
        ImageCheck.FILE, COPY, disk.options(OPTIONS), SILENT, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The number of the call is counted down; at zero the action runs. */
  private static void atStep(SimulatedDisk disk, int step, Runnable action) {
    int[] left = {step};
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (STEPS.contains(call) && left[0]-- == 0) {
            disk.onCall((c, f, o, b) -> {});
            action.run();
          }
        });
  }

  private static int steps(SimulatedDisk disk, Work work) {
    int[] count = new int[1];
    disk.onCall((call, file, offset, bytes) -> count[0] += STEPS.contains(call) ? 1 : 0);
    work.on(disk);
    disk.onCall((call, file, offset, bytes) -> {});
    return count[0];
  }

  private static void assertHolds(SimulatedDisk disk, Path path, Model... possible) {
    try (Database db = Database.open(path, disk.options(OPTIONS))) {
      CheckReport _ = db.check().throwIfBad();
      Model _ = ImageCheck.find(db, List.of(possible));
    }
  }

  private static SimulatedDisk disk(boolean targetToo) {
    SimulatedDisk disk = new SimulatedDisk(2 << 20);
    disk.put(ImageCheck.FILE, WANTED_FILE);
    disk.put(FULL, INCREMENTAL.get(0));
    disk.put(INCREMENT, INCREMENTAL.get(1));
    if (targetToo) {
      disk.put(COPY, OLDER_FILE);
    }
    return disk;
  }

  /** The backup is repeated after the crash, and works. */
  private static void assertGoesOn(SimulatedDisk disk, Work work, boolean targetToo) {
    assertHolds(disk, ImageCheck.FILE, WANTED);
    if (disk.exists(COPY)) {
      assertHolds(disk, COPY, targetToo ? new Model[] {WANTED, OLDER} : new Model[] {WANTED});
    }
    if (targetToo || !disk.exists(COPY)) {
      work.on(disk);
      assertHolds(disk, COPY, WANTED);
    }
  }

  private static void sweep(Work work, boolean targetToo) {
    int steps;
    try (SimulatedDisk disk = disk(targetToo)) {
      steps = steps(disk, work);
    }
    for (int step = 0; step < steps; step++) {
      killed(work, targetToo, step);
      failed(work, targetToo, step);
    }
    assertThat(steps).isGreaterThan(10);
  }

  private static void killed(Work work, boolean targetToo, int step) {
    try (SimulatedDisk disk = disk(targetToo)) {
      atStep(disk, step, disk::kill);
      assertThatThrownBy(() -> work.on(disk)).isInstanceOf(KilledError.class);
      disk.powerCuts(step)
          .exhaustingUpTo(6, 3)
          .forEach((kind, left) -> assertGoesOn(left, work, targetToo));
      try (SimulatedDisk after = disk.afterKill()) {
        assertGoesOn(after, work, targetToo);
      }
    }
  }

  private static void failed(Work work, boolean targetToo, int step) {
    try (SimulatedDisk disk = disk(targetToo)) {
      atStep(
          disk,
          step,
          () -> {
            throw new StorageIoException("the disk fails", null);
          });
      try {
        work.on(disk);
      } catch (StorageException e) {
        assertThat(e).hasStackTraceContaining("the disk fails");
      }
      assertGoesOn(disk, work, targetToo);
    }
  }

  @ParameterizedTest
  @EnumSource
  void backup(BackupForm form) {
    sweep(disk -> backup(disk, form), false);
  }

  @Test
  void restore() {
    sweep(BackupCrashTest::restore, true);
  }

  @Test
  void restoreWithAnIncrement() {
    sweep(BackupCrashTest::restoreIncrement, true);
  }

  @ParameterizedTest
  @EnumSource
  void theTargetIsFull(BackupForm form) {
    try (SimulatedDisk disk = disk(false)) {
      disk.fullAt(20_000, true);
      assertThatThrownBy(() -> backup(disk, form)).isInstanceOf(DatabaseFullException.class);
      assertThat(disk.exists(COPY)).isFalse();
      assertThat(disk.exists(COPY.resolveSibling("copy.pando-new"))).isFalse();
      disk.fullAt(Long.MAX_VALUE, true);
      assertGoesOn(disk, d -> backup(d, form), false);
    }
  }
}
