package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import dev.pando.testkit.SimulatedDisk.Hook;
import org.junit.jupiter.api.Test;

/**
 * A database was renamed into its place, but its name did not reach the disk: the process was
 * killed just then, or syncing the directory failed. The next process opened it, its commits were
 * acknowledged, and a power cut left no file. Who finds a database without commits syncs its name.
 */
final class CreationTest {
  private final SimulatedDisk disk = new SimulatedDisk();

  private Database open() {
    return Database.open(ImageCheck.FILE, disk.options(Options.defaults()));
  }

  private void atTheDirectory(Runnable action) {
    Hook none = (call, file, offset, bytes) -> {};
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC_DIRECTORY) {
            disk.onCall(none);
            action.run();
          }
        });
  }

  private void theNextProcessKeepsWhatItCommits() {
    Model wanted = Model.empty();
    wanted.entries("t").put(1L, Model.value(1, 100));
    try (Database db = open()) {
      db.update(tx -> tx.put(Model.table("t"), 1L, Model.value(1, 100)));
      disk.powerCuts(1)
          .forEach(
              (kind, left) -> {
                try (Database after =
                    Database.open(ImageCheck.FILE, left.options(Options.defaults()))) {
                  assertThat(wanted.isIn(after)).as(kind).isTrue();
                }
              });
    }
  }

  @Test
  void killedBeforeTheNameIsOnDisk() {
    atTheDirectory(disk::kill);
    assertThatThrownBy(this::open).isInstanceOf(KilledError.class);
    theNextProcessKeepsWhatItCommits();
  }

  @Test
  void syncingTheNameFails() {
    atTheDirectory(
        () -> {
          throw new StorageIoException("the disk fails", null);
        });
    assertThatThrownBy(this::open).isInstanceOf(StorageIoException.class);
    theNextProcessKeepsWhatItCommits();
  }
}
