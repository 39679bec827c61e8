package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of a live database: whole, equal to the commit that they name, or not there. */
@Tag("proof")
class BackupTest extends DatabaseTestBase {
  private Path copy() {
    return directory().resolve("copy.pando");
  }

  /** All files but the database and its lock file. */
  private List<String> others() throws IOException {
    try (Stream<Path> all = Files.list(directory())) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("test.pando"))
          .toList();
    }
  }

  private static long sum(Database db) {
    return db.<Long, RuntimeException>view(Churn::sum);
  }

  private void fill(Database db) {
    Churn.load(db);
    db.update(
        tx -> {
          tx.put(BLOBS, 1L, new byte[3 << 20]); // longer than a batch
          tx.put(NAMES, 1L, "Ada");
        });
    db.update(tx -> tx.put(BLOBS, 2L, new byte[100_000]));
    db.update(tx -> tx.delete(BLOBS, 2L)); // free pages in the middle
    db.update(tx -> tx.put(NAMES, 2L, "Grace"));
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65_536})
  void equalsTheCommitThatItNames(int pageSize) throws IOException {
    Database db = open(Options.defaults().withPageSize(pageSize));
    fill(db);
    final BackupReport report = db.backup(copy());
    assertThat(report.txnId()).isEqualTo(db.stat().txnId());
    assertThat(report.fileBytes()).isEqualTo(Files.size(copy()));
    assertThat(report.writtenBytes()).isBetween(1L, report.fileBytes() - 1);
    Database other = open(copy(), Options.defaults().withReadOnly(true));
    assertThat(other.stat().txnId()).isEqualTo(report.txnId());
    assertThat(sum(other)).isEqualTo(sum(db));
    assertThat(other.get(NAMES, 2L)).isEqualTo("Grace");
    assertThat(other.get(BLOBS, 1L)).hasSize(3 << 20);
    assertThat(other.stat().freePages()).isEqualTo(db.stat().freePages());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void compactIsAsShortAsAFreshLoad(int pageSize) throws IOException {
    Database db = open(Options.defaults().withPageSize(pageSize));
    fill(db);
    Churn.run(db, 1, 2); // pages that are not full
    db.update(tx -> tx.put(WORDS, "empty before long", ""));
    db.update(tx -> tx.delete(WORDS, "empty before long"));
    db.snapshots().create("dropped from the copy");
    List<Long> told = new ArrayList<>();
    BackupReport report =
        db.backup(copy(), BackupForm.COMPACT, (done, total) -> told.add(done - total));
    assertThat(told).isSorted().endsWith(0L);
    assertThat(report.txnId()).isEqualTo(db.stat().txnId());
    assertThat(report.fileBytes()).isEqualTo(Files.size(copy()));
    assertThat(others()).containsExactly("copy.pando");
    Database fresh = open(directory().resolve("fresh"), Options.defaults().withPageSize(pageSize));
    fresh.update(tx -> db.<Void, RuntimeException>view(from -> append(from, tx)));
    closeChecked(fresh);
    assertThat(report.fileBytes())
        .isLessThanOrEqualTo(Files.size(directory().resolve("fresh")) + 3L * pageSize);
    Database other = open(copy(), Options.defaults());
    assertThat(other.stat().txnId()).isEqualTo(report.txnId());
    assertThat(other.stat().tables()).isEqualTo(db.stat().tables());
    assertThat(other.snapshots().list()).isEmpty();
    assertThat(sum(other)).isEqualTo(sum(db));
    assertThat(other.get(NAMES, 2L)).isEqualTo("Grace");
    assertThat(other.get(BLOBS, 1L)).hasSize(3 << 20);
    other.put(WORDS, "typed", "still");
    Churn.run(other, 3, 1);
  }

  private static Void append(ReadTxn from, WriteTxn to) {
    for (Entry<Long, byte[]> entry : from.scan(Churn.DATA)) {
      to.append(Churn.DATA, entry.key(), entry.value());
    }
    to.append(BLOBS, 1L, new byte[3 << 20]);
    return null;
  }

  @Test
  void compactToAChannel() throws IOException {
    Database db = open();
    fill(db);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BackupReport report =
        db.backup(Channels.newChannel(bytes), BackupForm.COMPACT, (done, total) -> {});
    assertThat(bytes.size()).isEqualTo((int) report.fileBytes());
    assertThat(others()).isEmpty();
    Files.write(copy(), bytes.toByteArray());
    assertThat(sum(open(copy(), Options.defaults()))).isEqualTo(sum(db));
  }

  @Test
  void hasItsNamedSnapshots() {
    Database db = open();
    fill(db);
    db.snapshots().create("before");
    final long before = sum(db);
    Churn.run(db, 1, 1);
    db.backup(copy());
    Database other = open(copy(), Options.defaults());
    Churn.run(other, 2, 2);
    try (ReadTxn tx = other.snapshots().open("before")) {
      assertThat(Churn.sum(tx)).isEqualTo(before);
    }
    assertThat(other.snapshots().drop("before")).isTrue();
    Churn.run(other, 4, 1);
  }

  @Test
  void beginsAnIncarnation() throws IOException {
    Database db = open();
    fill(db);
    BackupReport first = db.backup(copy());
    BackupReport second = db.backup(directory().resolve("second.pando"));
    assertThat(first.incarnation()).isNotEqualTo(second.incarnation());
    assertThat(first.databaseId()).isEqualTo(second.databaseId()).isEqualTo(first.databaseId());
    var lineage = StretchedFile.newest(copy(), 4096).lineage();
    assertThat(lineage.incarnation()).isEqualTo(first.incarnation());
    assertThat(lineage.parent()).isEqualTo(first.databaseId());
    assertThat(lineage.parentTxn()).isEqualTo(first.txnId());
    Database other = open(copy(), Options.defaults()); // and keeps it
    other.put(NAMES, 3L, "x");
    closeChecked(other);
    assertThat(StretchedFile.newest(copy(), 4096).lineage()).isEqualTo(lineage);
  }

  @ParameterizedTest
  @EnumSource
  void ofNothingAndOfOneCommit(BackupForm form) {
    Database db = open();
    assertThat(db.backup(copy(), form, (done, total) -> {}).txnId()).isZero();
    Database other = open(copy(), Options.defaults());
    assertThat(other.stat().tables()).isZero();
    other.put(NAMES, 1L, "x");
    db.put(NAMES, 1L, "y");
    Path second = directory().resolve("second.pando");
    assertThat(db.backup(second, form, (done, total) -> {}).txnId()).isEqualTo(db.stat().txnId());
    assertThat(open(second, Options.defaults()).get(NAMES, 1L)).isEqualTo("y");
  }

  @Test
  void ofADatabaseThatIsReadOnly() {
    Database db = open();
    fill(db);
    final long sum = sum(db);
    closeChecked(db);
    Database reader = open(Options.defaults().withReadOnly(true));
    reader.backup(copy());
    assertThat(sum(open(copy(), Options.defaults()))).isEqualTo(sum);
  }

  @Test
  void toAChannelIsTheSameFile() throws IOException {
    Database db = open();
    fill(db);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Long> told = new ArrayList<>();
    BackupReport report =
        db.backup(
            Channels.newChannel(bytes), BackupForm.PAGES, (done, total) -> told.add(done - total));
    assertThat(bytes.size()).isEqualTo((int) report.fileBytes());
    assertThat(told).isSorted().endsWith(0L).hasSizeGreaterThan(5);
    Files.write(copy(), bytes.toByteArray());
    assertThat(sum(open(copy(), Options.defaults()))).isEqualTo(sum(db));
  }

  /** While it waits, the database grows to a multiple, shrinks, and is written all the time. */
  @Test
  void slowly() throws Exception {
    Database loading = open();
    fill(loading);
    final long before = sum(loading);
    closeChecked(loading);
    // A backup is not ended for its age; a sum is, on a slow machine.
    Database db = open(Options.defaults().withReaderLimit(Duration.ofMillis(1)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WritableByteChannel target = Channels.newChannel(bytes);
    int[] calls = new int[1];
    WritableByteChannel slow =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer source) throws IOException {
            if (calls[0]++ == 1) { // after the first page
              change(db);
            }
            ByteBuffer some = source.slice(source.position(), Math.min(source.remaining(), 10_000));
            int written = target.write(some);
            source.position(source.position() + written);
            return written;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    BackupReport report = db.backup(slow);
    assertThat(db.stat().txnId()).isGreaterThan(report.txnId());
    closeChecked(db);
    Files.write(copy(), bytes.toByteArray());
    assertThat(sum(open(copy(), Options.defaults()))).isEqualTo(before).isNotEqualTo(sum(open()));
  }

  private static void change(Database db) {
    Churn.run(db, 1, 3);
    db.update(tx -> tx.put(BLOBS, 7L, new byte[20 << 20]));
    db.update(tx -> tx.delete(BLOBS, 7L));
    db.compact();
    Churn.run(db, 4, 3);
  }

  @Test
  void twoAtOnce() throws Exception {
    Database db = open();
    fill(db);
    CountDownLatch both = new CountDownLatch(2);
    List<Path> targets = List.of(copy(), directory().resolve("second.pando"));
    List<Thread> threads =
        targets.stream()
            .map(
                target ->
                    Thread.ofPlatform()
                        .start(() -> db.backup(target, BackupForm.PAGES, (_, _) -> meet(both))))
            .toList();
    both.await();
    Churn.run(db, 1, 1);
    for (Thread thread : threads) {
      thread.join();
    }
    for (Path target : targets) {
      assertThat(open(target, Options.defaults()).get(NAMES, 2L)).isEqualTo("Grace");
    }
  }

  private static void meet(CountDownLatch both) {
    both.countDown();
    try {
      both.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void twoAtOnceToOneName() {
    Database db = open();
    fill(db);
    Path target = copy();
    boolean[] done = new boolean[1];
    assertThatThrownBy(
            () ->
                db.backup(
                    target,
                    BackupForm.PAGES,
                    (_, _) -> {
                      if (!done[0]) {
                        done[0] = true;
                        db.backup(target);
                      }
                    }))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("a file of this name exists");
    assertThat(open(target, Options.defaults()).get(NAMES, 2L)).isEqualTo("Grace");
  }

  @ParameterizedTest
  @EnumSource
  void canBeCancelled(BackupForm form) throws IOException {
    Database db = open();
    fill(db);
    assertThatThrownBy(
            () ->
                db.backup(
                    copy(),
                    form,
                    (_, _) -> {
                      throw new IllegalStateException("enough");
                    }))
        .hasMessage("enough");
    assertThat(others()).isEmpty();
    assertThat(db.readers()).isEmpty();
    db.backup(copy());
  }

  /** A part of a copy is left by a process that died; the next backup to that name removes it. */
  @ParameterizedTest
  @EnumSource
  void killed(BackupForm form) throws IOException {
    Database db = open();
    fill(db);
    try (PeerJvm peer = PeerJvm.open(file())) {
      assertThatThrownBy(() -> peer.ask("backup-halt " + copy() + " " + form))
          .hasMessageContaining("the process died");
    }
    assertThat(copy()).doesNotExist();
    assertThat(others()).contains("copy.pando-new");
    db.backup(copy(), form, (done, total) -> {});
    assertThat(others()).containsExactly("copy.pando");
    assertThat(sum(open(copy(), Options.defaults()))).isEqualTo(sum(db));
    Churn.run(db, 1, 1); // what the dead one pinned is free again
    assertThat(db.readers()).isEmpty();
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Database db = open();
    fill(db);
    Files.writeString(copy(), "mine");
    assertThatThrownBy(() -> db.backup(copy()))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("copy.pando: a file of this name exists");
    assertThatThrownBy(() -> db.backup(file())).isInstanceOf(StorageIoException.class);
    assertThat(copy()).hasContent("mine");
    Path third = directory().resolve("third");
    Files.writeString(directory().resolve("third-new"), "mine, too");
    db.backup(third);
    assertThat(directory().resolve("third-new")).hasContent("mine, too");
    assertThat(open(third, Options.defaults()).get(NAMES, 2L)).isEqualTo("Grace");
    assertThatThrownBy(() -> db.backup(directory().resolve("no/such")))
        .isInstanceOf(StorageIoException.class);
  }

  @Test
  void findsDamage() throws IOException {
    Database db = open();
    fill(db);
    long pages = db.stat().pageCount();
    int found = 0;
    for (long pgno : new long[] {3, pages / 3, pages / 2, pages - 2}) {
      try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
        byte[] before = new byte[1];
        try (FileChannel reading = FileChannel.open(file(), StandardOpenOption.READ)) {
          int _ = reading.read(ByteBuffer.wrap(before), pgno * 4096 + 3000);
        }
        int _ = channel.write(ByteBuffer.wrap(new byte[] {(byte) ~before[0]}), pgno * 4096 + 3000);
        boolean used = !db.check().ok();
        if (used) {
          assertThatThrownBy(() -> db.backup(copy()))
              .isInstanceOf(CorruptFileException.class)
              .hasMessageContaining("checksum");
          assertThat(others()).isEmpty();
          found++;
        }
        int _ = channel.write(ByteBuffer.wrap(before), pgno * 4096 + 3000);
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void toAChannelThatFails() throws IOException {
    Database db = open();
    fill(db);
    Pipe pipe = Pipe.open();
    pipe.source().close();
    assertThatThrownBy(() -> db.backup(pipe.sink()))
        .isInstanceOf(StorageIoException.class)
        .hasMessageContaining("the channel of its backup failed");
    pipe.sink().close();
    Pipe nonBlocking = Pipe.open();
    nonBlocking.sink().configureBlocking(false);
    assertThatThrownBy(() -> db.backup(nonBlocking.sink()))
        .isInstanceOf(IllegalArgumentException.class);
    nonBlocking.sink().close();
    nonBlocking.source().close();
    assertThat(db.readers()).isEmpty();
    db.put(NAMES, 5L, "goes on");
  }

  @Test
  void interruptedThreadIsNotHarmed() {
    Database db = open();
    fill(db);
    Thread.currentThread().interrupt();
    db.backup(copy());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(sum(open(copy(), Options.defaults()))).isEqualTo(sum(db));
  }

  @Test
  void wrongArguments() {
    Database db = open();
    assertThatThrownBy(() -> db.backup((Path) null)).hasMessageContaining("target");
    assertThatThrownBy(() -> db.backup((WritableByteChannel) null)).hasMessageContaining("target");
    closeChecked(db);
    assertThatThrownBy(() -> db.backup(copy())).hasMessageContaining("closed");
  }
}
