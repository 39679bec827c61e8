package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.DatabaseFile;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** A file of 0 bytes becomes a database, at once or not at all. */
final class EmptyFileTest extends DatabaseTestBase {
  private static final Path SIMULATED = Path.of("/disk/empty.pando");

  private static void isUsable(Database db) {
    db.update(tx -> tx.put(NAMES, 1L, "Ada"));
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("Ada");
  }

  @Test
  void ofCreateTempFile() throws IOException {
    Path file = Files.createTempFile(directory(), "temp", ".pando");
    String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    Database db = open(file, Options.defaults());
    assertThat(db.openReport().created()).isTrue();
    isUsable(db);
    closeChecked(db);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo(rights)
        .isEqualTo("rw-------");
    assertThat(DatabaseFile.temporaryFile(file)).doesNotExist();
    Database again = open(file, Options.defaults());
    assertThat(again.openReport().created()).isFalse();
    isUsable(again);
  }

  @Test
  void atTheEndOfALink() throws IOException {
    Path file = Files.createTempFile(directory(), "temp", ".pando");
    Path link = Files.createSymbolicLink(directory().resolve("link"), file);
    isUsable(open(link, Options.defaults()));
    assertThat(link).isSymbolicLink();
    assertThat(Files.size(file)).isPositive();
  }

  @Test
  void staysEmptyUnlessItMayBeCreated() throws IOException {
    Files.write(file(), new byte[0]);
    for (Options options :
        new Options[] {
          Options.defaults().withReadOnly(true), Options.defaults().withCreateIfMissing(false)
        }) {
      assertThatThrownBy(() -> Database.open(file(), options))
          .isInstanceOf(UnsupportedFormatException.class)
          .hasMessageContainingAll("an empty file", "open it for writing");
    }
    assertThat(directory()).isDirectoryNotContaining("glob:**lock");
    assertThat(file()).isEmptyFile();
  }

  @Test
  void isLeftToAProgramThatWritesToIt() throws IOException {
    Files.write(file(), new byte[0]);
    HookedStorage storage = new HookedStorage();
    storage.beforeCreate =
        () -> {
          try {
            Files.writeString(file(), "mine");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    assertThatThrownBy(() -> Database.open(file(), Options.defaults().withStorage(storage.files())))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContainingAll(file().toString(), "another program");
    assertThat(file()).hasContent("mine");
    assertThat(DatabaseFile.temporaryFile(file())).doesNotExist();
  }

  /** Otherwise a database that was truncated would be lost in silence. */
  @Test
  void thatWasADatabaseIsRefused() throws IOException {
    Database db = open();
    isUsable(db);
    closeChecked(db);
    Files.write(file(), new byte[0]);
    assertThatThrownBy(() -> Database.open(file()))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContainingAll(file().toString(), "was a database", "restore");
    Files.delete(DatabaseFile.lockFile(file()));
    isUsable(open());
  }

  @Test
  void twoProcessesMakeOneDatabase() throws Exception {
    Path file = Files.createFile(directory().resolve("new"));
    try (PeerJvm a = PeerJvm.start();
        PeerJvm b = PeerJvm.start()) {
      a.tell("open " + file);
      b.tell("open " + file);
      assertThat(a.answer()).isEqualTo("opened");
      assertThat(b.answer()).isEqualTo("opened");
      a.expect("done", "put 1 a");
      b.expect("a", "get 1");
      b.expect("done", "put 2 b");
      a.expect("b", "get 2");
      a.expect("sound", "check");
    }
  }

  private static SimulatedDisk diskWithAnEmptyFile() {
    SimulatedDisk disk = new SimulatedDisk();
    var storage = disk.options(Options.defaults()).storage();
    storage.create(SIMULATED).close();
    storage.syncDirectory(DatabaseFile.directory(SIMULATED));
    return disk;
  }

  private static void isUsable(SimulatedDisk disk) {
    try (Database db = Database.open(SIMULATED, disk.options(Options.defaults()))) {
      isUsable(db);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void killedOrWithoutPowerInBetween() {
    for (Call at :
        new Call[] {Call.CREATE, Call.WRITE, Call.SYNC, Call.RENAME, Call.SYNC_DIRECTORY}) {
      try (SimulatedDisk disk = diskWithAnEmptyFile()) {
        disk.onCall(
            (call, file, offset, bytes) -> {
              if (call == at) {
                disk.onCall((_, _, _, _) -> {});
                disk.kill();
              }
            });
        assertThatThrownBy(() -> Database.open(SIMULATED, disk.options(Options.defaults())))
            .as("killed at " + at)
            .isInstanceOf(KilledError.class);
        disk.powerCuts(1).forEach((kind, left) -> isUsable(left));
        isUsable(disk);
      }
    }
  }

  @Test
  void keepsItsCommitsThroughAPowerCut() {
    try (SimulatedDisk disk = diskWithAnEmptyFile();
        Database db = Database.open(SIMULATED, disk.options(Options.defaults()))) {
      isUsable(db);
      disk.powerCuts(1)
          .forEach(
              (kind, left) -> {
                try (Database after = Database.open(SIMULATED, left.options(Options.defaults()))) {
                  assertThat(after.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L)))
                      .as(kind)
                      .isEqualTo("Ada");
                }
              });
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void isNoDeviceOrPipe() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    assertThat(Options.defaults().storage().isEmpty(device)).isFalse();
  }
}
