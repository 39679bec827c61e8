package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.BackupReport;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.error.BackupMismatchException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A copy of a commit that is not on disk is whole, but no increment can be added to it. */
final class CopiedCommitTest {
  private static final Options OPTIONS = ImageCheck.options(512, 512);
  private static final UUID NONE = new UUID(0, 0);

  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();

  private static void put(Database db, long key) {
    db.update(Durability.ASYNC, tx -> tx.put(Model.table("t"), key, new byte[10]));
  }

  private BackupReport backup(Database db) {
    copy.reset();
    return db.backup(Channels.newChannel(copy));
  }

  private void assertCopyHas(long keys) {
    try (SimulatedDisk other = new SimulatedDisk(1 << 20)) {
      other.put(ImageCheck.FILE, copy.toByteArray());
      try (Database db = Database.open(ImageCheck.FILE, other.options(OPTIONS))) {
        assertThat(db.count("t")).isEqualTo(keys);
        CheckReport _ = db.check().throwIfBad();
      }
    }
  }

  @Test
  void aBackupPutsItOnDisk() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      put(db, 1);
      BackupReport report = backup(db);
      assertThat(report.source()).isEqualTo(report.databaseId());
      assertThat(db.stat().unsyncedCommits()).isZero();
      put(db, 2);
      BackupReport _ = db.backupSince(report, Channels.newChannel(new ByteArrayOutputStream()));
      assertThat(db.stat().unsyncedCommits()).isZero();
      assertCopyHas(1);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aReaderCannotPutItOnDisk() {
    Options reading = OPTIONS.withReadOnly(true);
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
      put(db, 1);
      try (Database reader = Database.open(ImageCheck.FILE, disk.options(reading))) {
        put(db, 2);
        BackupReport report = backup(reader);
        assertThat(report.source()).isEqualTo(NONE);
        assertCopyHas(2);
        assertThatThrownBy(
                () -> db.backupSince(report, Channels.newChannel(new ByteArrayOutputStream())))
            .isInstanceOf(BackupMismatchException.class);
        db.sync();
        assertThat(backup(reader).source()).isEqualTo(report.databaseId());
      }
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void aSyncFails() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS));
      put(db, 1);
      put(db, 2);
      disk.onCall(
          (call, file, offset, bytes) -> {
            if (call == Call.SYNC) {
              throw new StorageIoException("the disk fails", null);
            }
          });
      assertThat(backup(db).source()).isEqualTo(NONE);
      assertThat(backup(db).source()).as("the database has failed").isEqualTo(NONE);
      assertCopyHas(2);
      disk.onCall((call, file, offset, bytes) -> {});
      ImageCheck.discard(db);
    }
  }
}
