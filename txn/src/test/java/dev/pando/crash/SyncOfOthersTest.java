package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Disk;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One process puts on disk what another has written. */
class SyncOfOthersTest {
  private static final Options OPTIONS = ImageCheck.options(512, 512);

  /**
   * One process made the file longer, another one synced: without the length, because it had not
   * changed that itself. On a disk that takes this at its word the acknowledged commit was lost.
   */
  @Test
  void theLengthAsWell() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database first = Database.open(ImageCheck.FILE, disk.options(OPTIONS));
        Database second = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      Model model = Model.empty();
      second.update(tx -> tx.put(Model.table("t"), 1L, new byte[10]));
      model.entries("t").put(1L, new byte[10]);
      first.update(Durability.ASYNC, tx -> tx.put(Model.table("t"), 2L, new byte[20_000]));
      model.entries("t").put(2L, new byte[20_000]);
      second.sync();
      second.update(Durability.ASYNC, tx -> tx.put(Model.table("t"), 3L, new byte[3000]));
      Model newer = model.copy();
      newer.entries("t").put(3L, new byte[3000]);
      ImageCheck check = new ImageCheck(512, 512, 20, new Random(1));
      check.powerCuts(disk, List.of(model, newer), 8, 4);
      assertThat(check.images).isGreaterThan(20);
      CheckReport _ = first.check().throwIfBad();
    }
  }

  /**
   * Another process began to write and rolled back: it was the last writer then, so the process
   * that had committed did not sync when it closed, although that is what ASYNC promises.
   */
  @Test
  void closingSyncsTheOwnCommitAlthoughAnotherHadTheTurn() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database other = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      Model model = Model.empty();
      try (Database committing = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        committing.update(tx -> tx.put(Model.table("t"), 1L, new byte[10]));
        committing.update(Durability.ASYNC, tx -> tx.put(Model.table("t"), 2L, new byte[10]));
        model.entries("t").put(1L, new byte[10]);
        model.entries("t").put(2L, new byte[10]);
        other.beginWrite().close();
      }
      new ImageCheck(512, 512, 1, new Random(1)).powerCuts(disk, List.of(model), 8, 4);
      CheckReport _ = other.check().throwIfBad();
    }
  }

  /**
   * A process was killed before its commit was synced; the sync of the one that took over failed,
   * which lost a part of that commit for ever; the sync of the next one succeeded, and the commit
   * was taken for durable.
   */
  @Test
  void aCommitOfADeadProcessWhoseSyncFailedIsWrittenAgain() {
    afterAKillAndAFailedSync(disk -> {}, true);
  }

  /** The kernel may show what is on disk again: then a part of that commit is missing. */
  @Test
  void orDoesNotCountIfAPartOfItIsGone() {
    afterAKillAndAFailedSync(SyncOfOthersTest::spoilTheLastPage, false);
  }

  private static void spoilTheLastPage(SimulatedDisk disk) {
    byte[] content = disk.content(ImageCheck.FILE);
    int last = content.length - 1;
    while (content[last] == 0) {
      last--;
    }
    disk.flip(ImageCheck.FILE, last, 1);
  }

  private static void afterAKillAndAFailedSync(Consumer<SimulatedDisk> change, boolean isThere) {
    byte[] value = Model.value(1, 3000);
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
          Database third = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        third.update(tx -> tx.put(Model.table("t"), 0L, new byte[10]));
        Disk first = disk.process();
        Database dying = Database.open(ImageCheck.FILE, OPTIONS.withDisk(first));
        atSync(disk, () -> disk.kill(first));
        assertThatThrownBy(() -> dying.update(tx -> tx.put(Model.table("t"), 1L, value)))
            .isInstanceOf(KilledError.class);
        disk.bury();
        try (Database second = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
          atSync(
              disk,
              () -> {
                disk.loseUnsynced(ImageCheck.FILE, random);
                throw new StorageIoException("injected", null);
              });
          assertThatThrownBy(second::beginWrite).isInstanceOf(DatabaseFailedException.class);
        }
        disk.onCall((call, file, offset, bytes) -> {});
        change.accept(disk);
        third.beginWrite().close();
        Model model = Model.empty();
        model.entries("t").put(0L, new byte[10]);
        if (isThere) {
          model.entries("t").put(1L, value);
        }
        assertThat(model.isIn(third)).isTrue();
        new ImageCheck(512, 512, 1, random).powerCuts(disk, List.of(model), 8, 2);
        CheckReport _ = third.check().throwIfBad();
      }
    }
  }

  private static void atSync(SimulatedDisk disk, Runnable action) {
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == SimulatedDisk.Call.SYNC) {
            action.run();
          }
        });
  }

  /**
   * A process was killed while it synced a commit of another one, which went on with ASYNC commits:
   * one slot was kept for the sync that would never end, one for its base, one for what is on disk,
   * and there was none to write. ArrayIndexOutOfBoundsException, until somebody synced.
   */
  @Test
  void whoDiesMeanwhileKeepsNoSlot() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database first = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      first.update(tx -> tx.put(Model.table("t"), 0L, new byte[10]));
      first.update(Durability.ASYNC, tx -> tx.put(Model.table("t"), 1L, new byte[10]));
      Disk process = disk.process();
      Database second = Database.open(ImageCheck.FILE, OPTIONS.withDisk(process));
      atSync(disk, () -> disk.kill(process));
      assertThatThrownBy(second::sync).isInstanceOf(KilledError.class);
      disk.bury();
      disk.onCall((call, file, offset, bytes) -> {});
      for (long key = 2; key < 5; key++) {
        long next = key;
        first.update(Durability.ASYNC, tx -> tx.put(Model.table("t"), next, new byte[10]));
      }
      assertThat(first.<Long, RuntimeException>view(tx -> tx.count(Model.table("t")))).isEqualTo(5);
      CheckReport _ = first.check().throwIfBad();
    }
  }
}
