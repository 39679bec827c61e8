package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Transactions whose future says when they are on disk, and syncs that come when asked for only.
 */
@Timeout(60)
final class CommitAsyncTest {
  private static final Path FILE = Path.of("/simulated/async.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());

  private final SimulatedDisk disk = new SimulatedDisk(4 << 20);
  private final Options options = Options.defaults().withSyncInterval(null);

  private static CompletableFuture<Void> commit(Database db, long key) {
    try (WriteTxn tx = db.beginWrite()) {
      boolean _ = tx.put(TABLE, key, new byte[10]);
      return tx.commitAsync();
    }
  }

  @Test
  void theFutureCompletesWhenTheCommitIsOnDisk() {
    Database db = Database.open(FILE, disk.options(options));
    CompletableFuture<Void> future = commit(db, 1);
    assertThat(db.count(TABLE)).as("visible at once").isEqualTo(1);
    future.join();
    assertThat(disk.isDirty()).isFalse();
    assertThat(db.stat().unsyncedCommits()).isZero();
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void commitsShareASync() {
    Database db = Database.open(FILE, disk.options(options));
    commit(db, 0).join();
    AtomicInteger syncs = new AtomicInteger();
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC) {
            syncs.incrementAndGet();
          }
        });
    List<CompletableFuture<Void>> futures = new ArrayList<>();
    db.writing().syncs().syncing.lock(); // as if a sync ran
    try {
      for (long key = 1; key <= 500; key++) {
        futures.add(commit(db, key));
      }
    } finally {
      db.writing().syncs().syncing.unlock();
    }
    futures.forEach(CompletableFuture::join);
    assertThat(syncs.get()).isEqualTo(1);
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void aFailedSyncFailsTheFuture() {
    Database db = Database.open(FILE, disk.options(options));
    commit(db, 0).join();
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC) {
            throw new StorageIoException("planted", null);
          }
        });
    CompletableFuture<Void> future = commit(db, 1);
    assertThatThrownBy(future::join).hasCauseInstanceOf(DatabaseFailedException.class);
    disk.onCall((call, file, offset, bytes) -> {});
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  @Test
  void closingCompletesAllFutures() throws Exception {
    Database db = Database.open(FILE, disk.options(options));
    List<CompletableFuture<Void>> futures = new ArrayList<>();
    for (long key = 0; key < 50; key++) {
      futures.add(commit(db, key));
    }
    CheckReport _ = db.check().throwIfBad();
    db.close();
    for (CompletableFuture<Void> future : futures) {
      Void _ = future.get(10, TimeUnit.SECONDS);
    }
    try (SimulatedDisk left = disk.afterKill();
        Database next = Database.open(FILE, left.options(options))) {
      assertThat(next.count(TABLE)).isEqualTo(50);
      CheckReport _ = next.check().throwIfBad();
    }
  }

  @Test
  void withoutAnIntervalNothingIsSyncedByItself() {
    Options never = options.withSyncBytes(1);
    assertThat(never.syncInterval()).isNull();
    try (Database db = Database.open(FILE, disk.options(never))) {
      List<String> threads = new ArrayList<>();
      disk.onCall(
          (call, file, offset, bytes) -> {
            if (call == Call.SYNC) {
              threads.add(Thread.currentThread().getName());
            }
          });
      for (long key = 0; key < 20; key++) {
        long each = key;
        db.update(Durability.ASYNC, tx -> tx.put(TABLE, each, new byte[1000]));
      }
      assertThat(db.stat().unsyncedCommits()).isEqualTo(20);
      db.sync();
      assertThat(db.stat().unsyncedCommits()).isZero();
      assertThat(threads).containsExactly(Thread.currentThread().getName());
      CheckReport _ = db.check().throwIfBad();
    }
  }
}
