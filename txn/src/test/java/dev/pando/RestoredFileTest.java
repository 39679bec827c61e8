package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A backup becomes a database: whole, or the target is what it was. */
class RestoredFileTest extends DatabaseTestBase {
  private Path backup;

  @BeforeEach
  void makeBackup() {
    backup = directory().resolve("backup.pando");
    Database db = open();
    Churn.load(db);
    db.update(tx -> tx.put(NAMES, 1L, "kept"));
    db.backup(backup);
    db.update(tx -> tx.put(NAMES, 1L, "later"));
    closeChecked(db);
  }

  @Test
  void toANewName() throws IOException {
    Path target = directory().resolve("restored.pando");
    BackupReport report = Database.restore(backup, target);
    Database db = open(target, Options.defaults());
    assertThat(db.get(NAMES, 1L)).isEqualTo("kept");
    assertThat(db.stat().txnId()).isEqualTo(report.txnId());
    db.put(NAMES, 1L, "goes on");
    var source = StretchedFile.newest(backup, 4096);
    var lineage = StretchedFile.newest(target, 4096).lineage();
    assertThat(lineage.incarnation()).isEqualTo(report.incarnation());
    assertThat(lineage.parent()).isEqualTo(source.lineage().incarnation());
    assertThat(lineage.parentTxn()).isEqualTo(source.txnId());
  }

  @Test
  void replacesOnlyWhenTold() {
    assertThatThrownBy(() -> Database.restore(backup, file()))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("exists");
    Database before = open();
    assertThat(before.get(NAMES, 1L)).isEqualTo("later");
    closeChecked(before);
    Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING);
    Database db = open();
    assertThat(db.get(NAMES, 1L)).isEqualTo("kept");
    db.put(NAMES, 1L, "goes on");
    assertThatThrownBy(() -> Database.restore(backup, file(), StandardCopyOption.COPY_ATTRIBUTES))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void replacesWhatIsNoDatabaseAnyMore() throws IOException {
    byte[] content = Files.readAllBytes(file());
    Arrays.fill(content, 0, 3 * 4096, (byte) 0x55);
    Files.write(file(), content);
    assertThatThrownBy(this::open).isInstanceOf(StorageException.class);
    Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(open().get(NAMES, 1L)).isEqualTo("kept");
  }

  @Test
  void refusesATargetThatIsOpen() throws IOException {
    try (PeerJvm peer = PeerJvm.open(file())) {
      assertThatThrownBy(
              () -> Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING))
          .isInstanceOf(DatabaseLockedException.class)
          .hasMessageContaining("another process has the database open");
      peer.expect("done", "put 1 x");
      peer.expect("closed", "close");
    }
    Database db = open();
    assertThatThrownBy(() -> Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING))
        .isInstanceOf(DatabaseLockedException.class);
    assertThat(db.get(NAMES, 1L)).isEqualTo("later");
  }

  @Test
  void refusesADamagedSource() throws IOException {
    byte[] content = Files.readAllBytes(backup);
    content[content.length / 2] ^= 1;
    Files.write(backup, content);
    assertThatThrownBy(() -> Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING))
        .isInstanceOf(CorruptFileException.class);
    assertThat(open().get(NAMES, 1L)).isEqualTo("later");
  }

  @Test
  void fromADirectoryThatCannotBeWritten() throws IOException {
    Path shelf = Files.createDirectory(directory().resolve("shelf"));
    Path shelved = Files.move(backup, shelf.resolve("b.pando"));
    boolean _ = shelved.toFile().setReadOnly();
    boolean _ = shelf.toFile().setReadOnly();
    try {
      Database.restore(shelved, file(), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      boolean _ = shelf.toFile().setWritable(true);
    }
    assertThat(open().get(NAMES, 1L)).isEqualTo("kept");
  }

  @Test
  void throughALink() throws IOException {
    Path real = Files.move(file(), directory().resolve("real.pando"));
    Files.createSymbolicLink(file(), real);
    Database.restore(backup, file(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(file()).isSymbolicLink();
    assertThat(open(real, Options.defaults()).get(NAMES, 1L)).isEqualTo("kept");
  }

  @Test
  void ofNothing() {
    assertThatThrownBy(
            () -> Database.restore(directory().resolve("none"), directory().resolve("target")))
        .isInstanceOf(StorageIoException.class);
    assertThat(directory().resolve("target")).doesNotExist();
  }
}
