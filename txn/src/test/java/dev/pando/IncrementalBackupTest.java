package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.BackupMismatchException;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments of a backup: what was written since, and a restore that takes nothing else. */
class IncrementalBackupTest extends DatabaseTestBase {
  private Path full() {
    return directory().resolve("full.pando");
  }

  private Path target() {
    return directory().resolve("restored.pando");
  }

  private static byte[] bytes(Database db, BackupReport last) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BackupReport report = db.backupSince(last, Channels.newChannel(out));
    assertThat(report.fileBytes()).isEqualTo(out.size()).isEqualTo(report.writtenBytes());
    return out.toByteArray();
  }

  private BackupReport increment(Database db, BackupReport last, String name) throws IOException {
    try (var channel =
        Files.newByteChannel(
            path(name),
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      return db.backupSince(last, channel);
    }
  }

  private Path path(String name) {
    return directory().resolve(name);
  }

  private static void fill(Database db) {
    db.update(
        tx -> {
          for (long key = 0; key < 3000; key++) {
            tx.put(NAMES, key, "name " + key);
          }
          tx.put(BLOBS, 1L, new byte[3 << 20]); // longer than a part
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65_536})
  void addsWhatWasWrittenSince(int pageSize) throws IOException {
    Database db = open(Options.defaults().withPageSize(pageSize));
    fill(db);
    BackupReport report = db.backup(full());
    assertThat(report.source()).isEqualTo(report.databaseId());
    db.put(NAMES, 7L, "monday");
    db.snapshots().create("monday");
    report = increment(db, report, "1");
    db.update(tx -> tx.drop(BLOBS));
    db.put(NAMES, 7L, "tuesday");
    db.update(tx -> tx.put(BLOBS, 2L, new byte[2_000_000]));
    report = increment(db, report, "2");
    db.compact();
    report = increment(db, report, "3");
    final BackupReport none = increment(db, report, "4");
    assertThat(none.txnId()).isEqualTo(report.txnId());
    BackupReport restored =
        Database.restore(full(), List.of(path("1"), path("2"), path("3"), path("4")), target());
    assertThat(restored.txnId()).isEqualTo(report.txnId()).isEqualTo(db.stat().txnId());
    assertThat(restored.source()).isEqualTo(none.incarnation());
    Database other = open(target(), Options.defaults());
    assertThat(other.get(NAMES, 7L)).isEqualTo("tuesday");
    assertThat(other.count(NAMES)).isEqualTo(3000);
    assertThat(other.get(BLOBS, 1L)).isNull();
    assertThat(other.get(BLOBS, 2L)).hasSize(2_000_000);
    try (ReadTxn monday = other.snapshots().open("monday")) {
      assertThat(monday.get(NAMES, 7L)).isEqualTo("monday");
      assertThat(monday.get(BLOBS, 1L)).hasSize(3 << 20);
    }
    var lineage = StretchedFile.newest(target(), pageSize).lineage();
    assertThat(lineage.incarnation()).isEqualTo(restored.incarnation());
    other.put(NAMES, 8L, "goes on");
  }

  /** Its size follows the changes, not the database. */
  @Test
  void isSmallIfLittleHasChanged() {
    Database db = open();
    db.update(
        tx -> {
          for (long key = 0; key < 300_000; key++) {
            tx.append(NAMES, key, "name " + key);
          }
        });
    BackupReport report = db.backup(full());
    for (long key = 0; key < 10; key++) {
      db.put(NAMES, key * 30_000, "changed");
    }
    int changed = bytes(db, report).length;
    assertThat(changed).isLessThan(40 * 4096).isGreaterThan(10 * 4096);
    assertThat(report.fileBytes()).isGreaterThan(50L * changed);
  }

  @Test
  void reportsItsProgress() {
    Database db = open();
    BackupReport report = db.backup(full());
    fill(db);
    List<Long> told = new ArrayList<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    db.backupSince(
        report.source(),
        report.txnId(),
        Channels.newChannel(out),
        (done, total) -> told.add(done - total));
    assertThat(told).isSorted().endsWith(0L).hasSizeGreaterThan(3);
    told.clear();
    Path file = path("1");
    write(file, out.toByteArray());
    BackupReport restored =
        Database.restore(
            full(),
            List.of(file),
            target(),
            Options.defaults(),
            (done, total) -> told.add(done - total));
    assertThat(told).isSorted().endsWith(0L).hasSizeGreaterThan(3);
    assertThat(restored.writtenBytes()).isPositive();
    assertThat(open(target(), Options.defaults()).count(NAMES)).isEqualTo(3000);
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void withoutIncrementsIsAFullRestore() {
    Database db = open();
    fill(db);
    BackupReport report = db.backup(full());
    assertThat(Database.restore(full(), List.of(), target()).txnId()).isEqualTo(report.txnId());
    assertThatThrownBy(() -> Database.restore(full(), List.of(), target()))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("exists");
    Database.restore(full(), List.of(), target(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(open(target(), Options.defaults()).count(NAMES)).isEqualTo(3000);
  }

  @Test
  void refusesIncrementsThatDoNotFollow() throws IOException {
    Database db = open();
    fill(db);
    BackupReport first = db.backup(full());
    db.put(NAMES, 1L, "1");
    BackupReport second = increment(db, first, "1");
    db.put(NAMES, 2L, "2");
    increment(db, second, "2");
    increment(db, first, "both");
    refuses(full(), "since transaction", path("2"));
    refuses(full(), "since transaction", path("1"), path("both"));
    refuses(full(), "since transaction", path("2"), path("1"));
    refuses(full(), "since transaction", path("1"), path("1"));
    Database other = open(path("other.pando"), Options.defaults());
    other.put(NAMES, 1L, "other");
    increment(other, other.backup(path("other-full.pando")), "other");
    refuses(full(), "of incarnation", path("other"));
    BackupReport compact = db.backup(path("compact.pando"), BackupForm.COMPACT, (_, _) -> {});
    assertThat(compact.source()).isEqualTo(new UUID(0, 0));
    assertThatThrownBy(() -> bytes(db, compact)).isInstanceOf(BackupMismatchException.class);
    refuses(path("compact.pando"), "it is compact", path("1"));
    Path written = path("written.pando");
    Files.copy(full(), written);
    Database copy = open(written, Options.defaults());
    copy.put(NAMES, 1L, "fork");
    closeChecked(copy);
    refuses(written, "was written since", path("1"));
    closeChecked(other);
    refuses(path("other.pando"), "is no backup", path("1"));
    Database.restore(full(), List.of(path("both")), target());
    assertThat(open(target(), Options.defaults()).get(NAMES, 2L)).isEqualTo("2");
  }

  private void refuses(Path base, String why, Path... increments) {
    assertThatThrownBy(() -> Database.restore(base, List.of(increments), target()))
        .isInstanceOf(BackupMismatchException.class)
        .hasMessageContaining(why);
    assertThat(target()).doesNotExist();
    assertThat(path("restored.pando-new")).doesNotExist();
  }

  /** Two databases that go on from one backup have the same transactions with other content. */
  @Test
  void refusesAFork() throws IOException {
    Database db = open();
    fill(db);
    BackupReport report = db.backup(full());
    db.put(NAMES, 1L, "lost");
    increment(db, report, "lost");
    closeChecked(db);
    Database.restore(full(), file(), StandardCopyOption.REPLACE_EXISTING);
    Database again = open();
    again.put(NAMES, 1L, "fork");
    assertThatThrownBy(() -> bytes(again, report))
        .isInstanceOf(BackupMismatchException.class)
        .hasMessageContaining("make a full backup");
    BackupReport fork = again.backup(path("fork.pando"));
    again.put(NAMES, 2L, "fork");
    increment(again, fork, "forked");
    refuses(full(), "of incarnation", path("forked"));
    refuses(path("fork.pando"), "of incarnation", path("lost"));
    Database.restore(path("fork.pando"), List.of(path("forked")), target());
    assertThat(open(target(), Options.defaults()).get(NAMES, 2L)).isEqualTo("fork");
  }

  @Test
  void refusesWhatTheDatabaseDoesNotHave() {
    Database db = open();
    fill(db);
    BackupReport report = db.backup(full());
    var nowhere = Channels.newChannel(new ByteArrayOutputStream());
    assertThatThrownBy(
            () -> db.backupSince(report.source(), report.txnId() + 1, nowhere, (_, _) -> {}))
        .isInstanceOf(BackupMismatchException.class)
        .hasMessageContaining("the newest commit");
    assertThatThrownBy(() -> db.backupSince(UUID.randomUUID(), 1, nowhere, (_, _) -> {}))
        .isInstanceOf(BackupMismatchException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.backupSince(report.source(), -1, nowhere, (_, _) -> {}));
    close(nowhere);
    assertThatThrownBy(() -> db.backupSince(report, nowhere))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("the channel of its backup failed");
  }

  private static void close(java.nio.channels.WritableByteChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Increments of other lengths, and with one bit that is another. */
  @Test
  void refusesDamage() throws IOException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(tx -> tx.put(NAMES, 1L, "one"));
    BackupReport report = db.backup(full());
    db.update(tx -> tx.put(NAMES, 1L, "two"));
    byte[] good = bytes(db, report);
    for (int at = 0; at < good.length; at += at < 100 ? 1 : 11) {
      write(path("short"), Arrays.copyOf(good, at));
      refusesDamaged(path("short"));
      byte[] changed = good.clone();
      changed[at] ^= (byte) (1 << at % 8);
      write(path("changed"), changed);
      refusesDamaged(path("changed"));
    }
    write(path("long"), Arrays.copyOf(good, good.length + 1));
    refusesDamaged(path("long"));
    write(path("other"), new byte[1000]);
    assertThatThrownBy(() -> Database.restore(full(), List.of(path("other")), target()))
        .isInstanceOf(UnsupportedFormatException.class);
    assertThatThrownBy(() -> Database.restore(full(), List.of(full()), target()))
        .isInstanceOf(UnsupportedFormatException.class);
    assertThatThrownBy(() -> Database.restore(full(), List.of(path("none")), target()))
        .isInstanceOf(StorageIoException.class);
    write(path("good"), good);
    Database.restore(full(), List.of(path("good")), target());
    assertThat(open(target(), Options.defaults()).get(NAMES, 1L)).isEqualTo("two");
  }

  private void refusesDamaged(Path increment) {
    assertThatThrownBy(() -> Database.restore(full(), List.of(increment), target()))
        .isInstanceOf(StorageException.class)
        .isInstanceOfAny(CorruptFileException.class, UnsupportedFormatException.class);
    assertThat(target()).doesNotExist();
  }

  @Test
  void refusesADamagedFullBackup() throws IOException {
    Database db = open();
    fill(db);
    BackupReport report = db.backup(full());
    db.put(NAMES, 1L, "1");
    increment(db, report, "1");
    byte[] content = Files.readAllBytes(full());
    content[content.length - 100] ^= 1;
    Files.write(full(), content);
    assertThatThrownBy(() -> Database.restore(full(), List.of(path("1")), target()))
        .isInstanceOf(CorruptFileException.class);
    assertThat(target()).doesNotExist();
  }

  @Test
  void ofADatabaseThatIsReadOnly() throws IOException {
    Database db = open();
    fill(db);
    BackupReport report = db.backup(full());
    db.put(NAMES, 1L, "1");
    closeChecked(db);
    Database reader = open(Options.defaults().withReadOnly(true));
    increment(reader, report, "1");
    Database.restore(full(), List.of(path("1")), target());
    assertThat(open(target(), Options.defaults()).get(NAMES, 1L)).isEqualTo("1");
  }

  @Test
  void ofADatabaseInMemory() throws IOException {
    Database db = opened(Database.inMemory());
    BackupReport report = db.backup(full());
    db.put(NAMES, 1L, "1");
    increment(db, report, "1");
    Database.restore(full(), List.of(path("1")), target());
    assertThat(open(target(), Options.defaults()).get(NAMES, 1L)).isEqualTo("1");
  }
}
