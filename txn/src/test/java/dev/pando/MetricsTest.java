package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** {@link Database#metrics}: each count after what it counts was done. */
class MetricsTest extends DatabaseTestBase {
  private static final Options UNLOGGED = Options.defaults().withLogSize(0).withSyncInterval(null);

  @Test
  void aDatabaseThatDidNothingHasCountedNothing() {
    Metrics metrics = open().metrics();
    assertThat(metrics.commits()).isZero();
    assertThat(metrics.bytesWritten()).isZero();
    assertThat(metrics.syncNanos().count()).isZero();
    assertThat(metrics.syncNanos().max()).isZero();
    assertThat(metrics.syncNanos().mean()).isZero();
    assertThat(metrics.syncNanos().percentile(50)).isZero();
    assertThat(metrics.readers()).isZero();
    assertThat(metrics.damagedPages()).isZero();
  }

  @Test
  void commitsOfEachKind() {
    Database db = open(Options.defaults().withSyncInterval(null));
    for (long i = 0; i < 40; i++) {
      boolean _ = db.put(NAMES, i, "name");
    }
    for (long i = 0; i < 3; i++) {
      db.update(Durability.ASYNC, tx -> tx.put(NAMES, 1L, "other"));
    }
    db.update(tx -> assertThat(tx.get(NAMES, 1L)).isEqualTo("other")); // no commit
    Metrics metrics = db.metrics();
    assertThat(metrics.commits()).isEqualTo(43);
    assertThat(metrics.unsyncedCommits()).isEqualTo(3);
    assertThat(metrics.loggedCommits()).isBetween(20L, 30L); // after 16 that were synced
    assertThat(metrics.syncedCommits()).isEqualTo(40 - metrics.loggedCommits());
    assertThat(metrics.logWriteNanos().count()).isEqualTo(metrics.loggedCommits());
    assertThat(metrics.syncNanos().count()).isGreaterThanOrEqualTo(metrics.syncedCommits());
    assertThat(metrics.updatesPerCommit().count()).isEqualTo(43);
    assertThat(metrics.updatesPerCommit().max()).isEqualTo(1);
    assertThat(metrics.takeovers()).isEqualTo(1); // of what no process has written
  }

  @Test
  void bytesAndSyncsAreThoseOfTheDisk() {
    SimulatedDisk disk = new SimulatedDisk(32 << 20);
    Path file = Path.of("/simulated/metrics.pando");
    try (Database db = Database.open(file, disk.options(UNLOGGED))) {
      AtomicLong written = new AtomicLong();
      List<Call> syncs = new ArrayList<>();
      disk.onCall(
          (call, path, offset, bytes) -> {
            if (call == Call.WRITE) {
              written.addAndGet(bytes);
            } else if (call == Call.SYNC) {
              syncs.add(call);
            }
          });
      for (long i = 0; i < 50; i++) {
        long key = i;
        db.update(tx -> tx.put(BLOBS, key % 7, new byte[(int) key * 300]));
      }
      Metrics metrics = db.metrics();
      assertThat(metrics.bytesWritten()).isEqualTo(written.get());
      assertThat(metrics.syncNanos().count()).isEqualTo(syncs.size());
      assertThat(metrics.syncNanos().sum()).isGreaterThan(0);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** What is allocated and not freed is what the database uses more than before. */
  @Test
  void pagesAddUp() {
    Database db = open(UNLOGGED);
    boolean _ = db.put(NAMES, 0L, "first");
    Metrics before = db.metrics();
    Stat first = db.stat();
    Churn.run(db, 0, 4);
    Metrics after = db.metrics();
    Stat last = db.stat();
    long allocated = after.pagesAllocated() - before.pagesAllocated();
    long freed = after.pagesFreed() - before.pagesFreed();
    long used = last.pageCount() - last.freePages() - (first.pageCount() - first.freePages());
    assertThat(allocated - freed).isEqualTo(used);
    assertThat(after.pagesReused()).isBetween(1L, after.pagesAllocated() - 1);
    assertThat(after.growths()).isPositive();
    assertThat(last.fileBytes() - first.fileBytes()).isEqualTo(growth(before, after));
  }

  private static long growth(Metrics before, Metrics after) {
    long grown = after.bytesGrown() - before.bytesGrown();
    return grown - (after.bytesTruncated() - before.bytesTruncated());
  }

  @Test
  void theFileGrowsAndIsTruncated() {
    Database db = open(UNLOGGED);
    Churn.load(db);
    db.update(tx -> tx.clear(Churn.DATA));
    final long longest = db.stat().fileBytes();
    Metrics before = db.metrics();
    db.compact();
    Metrics metrics = db.metrics();
    assertThat(metrics.compactions()).isEqualTo(1);
    assertThat(metrics.truncations()).isPositive();
    assertThat(db.stat().fileBytes()).isLessThan(longest / 2);
    assertThat(db.stat().fileBytes() - longest).isEqualTo(growth(before, metrics));
  }

  @Test
  void rollbacks() {
    Database db = open(UNLOGGED);
    db.beginWrite().close();
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      throw new IllegalArgumentException("on purpose");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(db.metrics().rollbacks()).isEqualTo(2);
    assertThat(db.metrics().commits()).isZero();
  }

  @Test
  void waitsAndGroups() throws Exception {
    Database db = open(UNLOGGED);
    boolean _ = db.put(NAMES, 0L, "first");
    List<Thread> threads = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(3);
    try (WriteTxn tx = db.beginWrite()) {
      for (long i = 1; i <= 3; i++) {
        long key = i;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      begun.countDown();
                      boolean _ = db.put(NAMES, key, "shared");
                    }));
      }
      begun.await();
      for (Thread thread : threads) {
        Await.blocked(thread);
      }
      Thread.sleep(20); // not to wait for anything: that long the threads wait at least
      tx.commit();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Metrics metrics = db.metrics();
    assertThat(metrics.writeWaitNanos().count()).isBetween(3L, 9L);
    assertThat(metrics.writeWaitNanos().max()).isGreaterThan(10_000_000);
    assertThat(metrics.updatesPerCommit().sum()).isEqualTo(4); // not the one of beginWrite
  }

  @Test
  void checkpoints() {
    Database db = open(Options.defaults().withSyncInterval(Duration.ofMillis(10)));
    db.update(Durability.ASYNC, tx -> tx.put(NAMES, 1L, "x"));
    Await.until("a checkpoint", () -> db.metrics().checkpoints() == 1);
    assertThat(db.stat().unsyncedCommits()).isZero();
  }

  @Test
  void readers() {
    Database db = open(UNLOGGED.withReaderWarning(Duration.ofMillis(100)));
    boolean _ = db.put(NAMES, 1L, "x");
    try (ReadTxn tx = db.beginRead()) {
      assertThat(db.metrics().readers()).isEqualTo(1);
      Await.until("a warning", () -> db.metrics().longReaders() == 1);
      assertThat(tx.get(NAMES, 1L)).isEqualTo("x");
    }
    assertThat(db.metrics().readers()).isZero();
  }

  @Test
  void branchesOnTheHeap() {
    Database db = open(UNLOGGED);
    Churn.load(db);
    for (long i = 0; i < 1000; i++) {
      assertThat(db.get(Churn.DATA, i)).hasSize(Churn.VALUE);
    }
    assertThat(db.metrics().cachedBranches()).isPositive();
    assertThat(db.metrics().cachedBranchBytes()).isGreaterThan(1000);
  }

  @Test
  void damagedPages() throws IOException {
    try (Database db = Database.open(file(), UNLOGGED)) {
      boolean _ = db.put(NAMES, 1L, "a value");
    }
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      long pages = channel.size() / 4096;
      for (long page = 3; page < pages; page++) { // after the metas
        assertThat(channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), page * 4096 + 4000))
            .isEqualTo(3);
      }
    }
    try (Database db = Database.open(file(), UNLOGGED.withReadOnly(true))) {
      assertThatThrownBy(() -> db.get(NAMES, 1L)).isInstanceOf(CorruptFileException.class);
      assertThat(db.metrics().damagedPages()).isEqualTo(1);
      assertThat(db.check().ok()).isFalse();
      assertThat(db.metrics().damagedPages()).as("without those of the check").isEqualTo(1);
    }
  }

  @Test
  void countsStayAfterTheEnd() {
    Database db = open(UNLOGGED);
    boolean _ = db.put(NAMES, 1L, "x");
    closeChecked(db);
    assertThat(db.metrics().commits()).isEqualTo(1);
    assertThat(db.metrics().readers()).isZero();
  }

  @Test
  void percentilesOfAHistogram() {
    Database db = open(UNLOGGED);
    for (long i = 0; i < 100; i++) {
      boolean _ = db.put(NAMES, i, "x");
    }
    Histogram syncs = db.metrics().syncNanos();
    assertThat(syncs.percentile(0)).isLessThanOrEqualTo(syncs.percentile(50));
    assertThat(syncs.percentile(50)).isBetween(1L, syncs.percentile(99));
    assertThat(syncs.percentile(100)).isEqualTo(syncs.max());
    assertThat(syncs.mean()).isBetween(1.0, (double) syncs.max());
    assertThat(syncs.toString()).startsWith(syncs.count() + " values, mean ");
    assertThatThrownBy(() -> syncs.percentile(101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percent=101.0, allowed: 0 to 100");
    assertThatThrownBy(() -> syncs.percentile(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void actionsAtTheClose() {
    Database db = open(UNLOGGED);
    List<String> done = new ArrayList<>();
    CloseAction _ = db.onClose(() -> done.add("first " + db.stat().readers()));
    CloseAction removed = db.onClose(() -> done.add("removed"));
    CloseAction _ =
        db.onClose(
            () -> {
              throw new IllegalArgumentException("on purpose");
            });
    CloseAction third = db.onClose(() -> done.add("third"));
    CloseAction _ = db.onClose(() -> refusesLateActions(db, done));
    removed.close();
    removed.close();
    closeChecked(db);
    db.close();
    third.close();
    assertThat(done)
        .containsExactly("third", "refused"); // stat begins a read transaction: too late
    assertThatThrownBy(() -> db.onClose(() -> {})).isInstanceOf(IllegalStateException.class);
  }

  /** An action is run or refused, and never lost. */
  private static void refusesLateActions(Database db, List<String> done) {
    try {
      CloseAction _ = db.onClose(() -> done.add("late"));
    } catch (IllegalStateException e) {
      done.add("refused");
    }
  }

  @Test
  void actionsThatAreAddedDuringTheCloseAreRunOrRefused() throws Exception {
    for (int i = 0; i < 50; i++) {
      Database db = Database.inMemory();
      CheckReport _ = db.check().throwIfBad();
      AtomicInteger taken = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      Thread adder =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (true) {
                        CloseAction _ = db.onClose(ran::incrementAndGet);
                        int _ = taken.incrementAndGet();
                      }
                    } catch (IllegalStateException e) {
                      // The database is closed.
                    }
                  });
      while (taken.get() == 0 && adder.isAlive()) {
        Thread.onSpinWait();
      }
      db.close();
      adder.join();
      assertThat(ran.get()).isEqualTo(taken.get()).isPositive();
    }
  }
}
