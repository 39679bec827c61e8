package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Actions of commits with {@link Durability#ASYNC}: they wait for a sync, and cause none. */
@Timeout(120)
final class AfterAsyncCommitTest {
  private static final Path FILE = Path.of("/simulated/hooks.pando");
  private static final Table<Long, byte[]> TABLE = Table.of("t", Codec.u64(), Codec.bytes());

  private final SimulatedDisk disk = new SimulatedDisk(4 << 20);
  private final Options never = Options.defaults().withSyncInterval(null);
  private final List<String> ran = new CopyOnWriteArrayList<>();

  /** Threads that have begun a sync. */
  private final List<String> syncs = new CopyOnWriteArrayList<>();

  private Database open(Options options) {
    Database db = Database.open(FILE, disk.options(options));
    db.update(tx -> tx.put(TABLE, 0L, new byte[10])); // claims the file
    db.sync();
    syncs.clear();
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC) {
            syncs.add(Thread.currentThread().getName());
          }
        });
    return db;
  }

  private void commit(Database db, String name) {
    db.update(
        Durability.ASYNC,
        tx -> {
          tx.put(TABLE, 1L, new byte[10]);
          tx.afterCommit(() -> ran.add(name));
        });
  }

  private void hasRun(String... names) {
    Await.until("actions " + List.of(names), () -> ran.size() >= names.length);
    Await.ticks(2);
    assertThat(ran).containsExactlyInAnyOrder(names);
  }

  private static void checkAndClose(Database db) {
    CheckReport _ = db.check().throwIfBad();
    db.close();
  }

  /** It began one at once, also in a database that never syncs by itself. */
  @Test
  void causeNoSync() {
    Database db = open(never);
    commit(db, "update");
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(TABLE, 2L, new byte[10]);
      tx.afterCommit(() -> ran.add("commit"));
      tx.commit(Durability.ASYNC);
    }
    CompletableFuture<Boolean> future =
        db.updateAsync(
            Durability.ASYNC,
            tx -> {
              tx.afterCommit(() -> ran.add("future"));
              return tx.put(TABLE, 3L, new byte[10]);
            });
    assertThat(future.join()).isTrue();
    Await.ticks(3);
    assertThat(ran).isEmpty();
    assertThat(syncs).isEmpty();
    assertThat(db.stat().unsyncedCommits()).isEqualTo(3);
    db.sync();
    assertThat(syncs).containsExactly(Thread.currentThread().getName());
    hasRun("update", "commit", "future");
    checkAndClose(db);
  }

  @Test
  void runAfterALaterCommitThatSyncs() {
    Database db = open(never);
    commit(db, "async");
    db.update(
        tx -> {
          tx.put(TABLE, 2L, new byte[10]);
          tx.afterCommit(() -> ran.add("sync"));
        });
    assertThat(ran).contains("sync");
    hasRun("async", "sync");
    commit(db, "later");
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(TABLE, 2L, new byte[20]);
      tx.afterCommit(() -> ran.add("asks"));
      tx.commitAsync().join();
    }
    hasRun("async", "sync", "later", "asks");
    checkAndClose(db);
  }

  @Test
  void runAfterTheSyncInTheBackground() {
    Database db = open(Options.defaults().withSyncInterval(Duration.ofMillis(50)));
    commit(db, "async");
    hasRun("async");
    assertThat(syncs).isNotEmpty().containsOnly("pando-sync");
    checkAndClose(db);
  }

  @Test
  void runAfterTheSyncOfAnotherProcess() {
    Database db = open(never);
    Database other = Database.open(FILE, disk.options(never));
    commit(db, "async");
    Await.ticks(2);
    assertThat(ran).isEmpty();
    other.sync();
    hasRun("async");
    other.close();
    checkAndClose(db);
  }

  /** Before the close returns, because the process may end then. */
  @Test
  void runWhenTheDatabaseIsClosed() {
    Database db = open(never);
    commit(db, "async");
    checkAndClose(db);
    assertThat(ran).containsExactly("async");
    Database next = Database.open(FILE, disk.options(never));
    assertThat(next.count(TABLE)).isEqualTo(2);
    checkAndClose(next);
  }

  /** What the commit shows is on disk already. */
  @Test
  void runAtOnceIfThereIsNothingToSync() {
    Database db = open(never);
    db.update(Durability.ASYNC, tx -> tx.afterCommit(() -> ran.add("nothing")));
    assertThat(ran).containsExactly("nothing");
    assertThat(syncs).isEmpty();
    checkAndClose(db);
  }

  @Test
  void doNotRunIfTheSyncFails() {
    Database db = open(never);
    commit(db, "lost");
    CheckReport _ = db.check().throwIfBad();
    disk.onCall(
        (call, file, offset, bytes) -> {
          if (call == Call.SYNC) {
            throw new StorageIoException("planted", null);
          }
        });
    assertThatThrownBy(db::sync).isInstanceOf(DatabaseFailedException.class);
    Await.ticks(2);
    db.close();
    assertThat(ran).isEmpty();
  }

  /** One may wait for another, and for what that commits. */
  @Test
  void mayWaitForEachOther() {
    Database db = open(never);
    CompletableFuture<String> second = new CompletableFuture<>();
    db.update(
        Durability.ASYNC,
        tx -> {
          tx.put(TABLE, 1L, new byte[10]);
          tx.afterCommit(() -> ran.add("saw " + second.orTimeout(1, TimeUnit.MINUTES).join()));
        });
    db.update(
        Durability.ASYNC,
        tx -> {
          tx.put(TABLE, 2L, new byte[10]);
          tx.afterCommit(
              () -> {
                db.update(Durability.SYNC, later -> later.put(TABLE, 3L, new byte[10]));
                second.complete("the second");
              });
        });
    db.sync();
    hasRun("saw the second");
    assertThat(db.count(TABLE)).isEqualTo(4);
    checkAndClose(db);
  }
}
