package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageIoException;
import dev.pando.txn.file.LockFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates of many threads that share commits. */
class GroupCommitTest extends DatabaseTestBase {
  private final HookedStorage storage = new HookedStorage();

  private Database openHooked() {
    return open(Options.defaults().withStorage(storage.files()));
  }

  private interface Task {
    void run(int thread) throws Exception;
  }

  /** Runs a task on so many threads; throws what one of them threw. */
  private static void inThreads(ThreadFactory factory, int threads, Task task) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      Thread thread =
          factory.newThread(
              () -> {
                try {
                  task.run(number);
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private static ThreadFactory platform() {
    return Thread.ofPlatform().factory();
  }

  private static long count(Database db) {
    return db.<Long, RuntimeException>view(tx -> tx.count(NAMES));
  }

  /** A pause ends early for a thread that was woken before. */
  private static void slowDisk() {
    long end = System.nanoTime() + 2_000_000;
    while (System.nanoTime() - end < 0) {
      LockFile.pause(end - System.nanoTime());
    }
  }

  @Test
  void manyShareASync() throws Exception {
    Database db = openHooked();
    db.update(tx -> tx.put(NAMES, -1L, "first"));
    storage.beforeSync = GroupCommitTest::slowDisk;
    long before = storage.syncs.get();
    inThreads(
        platform(),
        16,
        thread -> {
          for (int i = 0; i < 50; i++) {
            long key = thread * 1000 + i;
            db.update(tx -> tx.put(NAMES, key, "value " + key));
            assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, key)))
                .isEqualTo("value " + key);
          }
        });
    assertThat(count(db)).isEqualTo(801);
    assertThat(storage.syncs.get() - before).as("for 800 updates").isLessThan(400);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneThatFailsFailsAlone(boolean virtual) throws Exception {
    Database db = openHooked();
    AtomicInteger failed = new AtomicInteger();
    inThreads(
        virtual ? Thread.ofVirtual().factory() : platform(),
        16,
        thread -> {
          for (int i = 0; i < 60; i++) {
            long key = thread * 1000 + i;
            if (i % 3 == 0) {
              assertThatThrownBy(
                      () ->
                          db.update(
                              tx -> {
                                tx.put(NAMES, key, "lost");
                                tx.delete(NAMES, key - 1);
                                tx.put(BLOBS, key, new byte[10_000]);
                                throw new IllegalArgumentException("my fault " + key);
                              }))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessage("my fault " + key);
              failed.incrementAndGet();
            } else {
              db.update(tx -> tx.put(NAMES, key, "kept"));
            }
          }
        });
    assertThat(failed.get()).isEqualTo(16 * 20);
    assertThat(count(db)).isEqualTo(16 * 40);
    assertThat(db.<List<String>, RuntimeException>view(ReadTxn::tables)).containsExactly("names");
  }

  @Test
  void virtualThreadsByTheThousand() throws Exception {
    Database db = open();
    inThreads(
        Thread.ofVirtual().factory(),
        3000,
        thread -> {
          db.update(tx -> tx.put(NAMES, (long) thread, "v" + thread));
          assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, (long) thread)))
              .isEqualTo("v" + thread);
        });
    assertThat(count(db)).isEqualTo(3000);
  }

  /** Holds a group back until others have joined it. */
  private final class Gate {
    private final CountDownLatch syncing = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    void closeAtNextSync() {
      storage.beforeSync =
          () -> {
            storage.beforeSync = () -> {};
            syncing.countDown();
            awaitQuietly(open);
          };
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts updates that all share the commit after the one that is being synced. */
  private List<Thread> joinBehind(
      Gate gate, Database db, int n, ConcurrentLinkedQueue<Throwable> to)
      throws InterruptedException {
    gate.closeAtNextSync();
    List<Thread> threads = new ArrayList<>();
    threads.add(Thread.startVirtualThread(() -> db.update(tx -> tx.put(NAMES, 0L, "before"))));
    awaitQuietly(gate.syncing);
    CountDownLatch ran = new CountDownLatch(n);
    for (long i = 1; i <= n; i++) {
      long key = i;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  db.update(
                      tx -> {
                        tx.put(NAMES, key, "shared");
                        ran.countDown();
                      });
                } catch (Throwable e) {
                  to.add(e);
                }
              }));
    }
    awaitQuietly(ran);
    return threads;
  }

  @Test
  void aFailedSyncFailsEveryWaiter() throws Exception {
    Database db = openHooked();
    Gate gate = new Gate();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = joinBehind(gate, db, 10, failures);
    storage.beforeSync =
        () -> {
          throw new StorageIoException("the disk is gone", null);
        };
    gate.open.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).hasSize(10);
    assertThat(failures).doesNotHaveDuplicates();
    assertThat(failures)
        .allSatisfy(
            e ->
                assertThat(e)
                    .isInstanceOf(DatabaseFailedException.class)
                    .hasMessageContaining("the disk is gone"));
    assertThatThrownBy(() -> db.update(tx -> tx.put(NAMES, 99L, "x")))
        .isInstanceOf(DatabaseFailedException.class);
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 0L))).isEqualTo("before");
    assertThat(count(db)).isEqualTo(1);
    db.close();
    storage.beforeSync = () -> {};
    assertThat(count(openHooked())).isIn(1L, 11L);
  }

  @Test
  void aDiskThatFillsUpWhileAGroupCommits() throws Exception {
    Database db = openHooked();
    Gate gate = new Gate();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = joinBehind(gate, db, 10, failures);
    storage.beforeWrite =
        () -> {
          throw new DatabaseFullException("no room", null);
        };
    gate.open.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).hasSize(10);
    assertThat(failures).allSatisfy(e -> assertThat(e).isInstanceOf(DatabaseFullException.class));
    assertThat(count(db)).isEqualTo(1);
    storage.beforeWrite = () -> {};
    db.update(tx -> tx.put(NAMES, 99L, "goes on"));
    assertThat(count(db)).isEqualTo(2);
  }

  @Test
  void asynchronousUpdates() throws Exception {
    Database db = openHooked();
    List<CompletableFuture<Long>> futures = new ArrayList<>();
    for (long i = 0; i < 500; i++) {
      long key = i;
      futures.add(
          db.updateAsync(
              tx -> {
                tx.put(NAMES, key, "a" + key);
                if (key % 10 == 9) {
                  throw new IllegalArgumentException("my fault");
                }
                return tx.count(NAMES);
              }));
    }
    for (int i = 0; i < 500; i++) {
      CompletableFuture<Long> future = futures.get(i);
      if (i % 10 == 9) {
        assertThatThrownBy(() -> future.get(2, TimeUnit.MINUTES))
            .isInstanceOf(ExecutionException.class)
            .hasRootCauseMessage("my fault");
      } else {
        assertThat(future.get(2, TimeUnit.MINUTES)).isEqualTo(i - i / 10 + 1L);
      }
    }
    assertThat(count(db)).isEqualTo(450);
    storage.beforeSync =
        () -> {
          throw new StorageIoException("the disk is gone", null);
        };
    CompletableFuture<Boolean> last = db.updateAsync(tx -> tx.put(NAMES, 1L, "x"));
    assertThatThrownBy(() -> last.get(2, TimeUnit.MINUTES))
        .hasCauseInstanceOf(DatabaseFailedException.class);
  }

  @Test
  void aTransactionOfAnUpdateEndsWithIt() {
    Database db = open();
    AtomicReference<WriteTxn> kept = new AtomicReference<>();
    AtomicReference<RawCursor> cursor = new AtomicReference<>();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "x");
          kept.set(tx);
          cursor.set(tx.raw(NAMES).cursor());
          assertThat(cursor.get().first()).isTrue();
        });
    assertThatThrownBy(() -> kept.get().put(NAMES, 2L, "y"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the transaction has ended");
    assertThatThrownBy(() -> cursor.get().next()).isInstanceOf(IllegalStateException.class);
    kept.get().close();
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.put(NAMES, 2L, "y");
                      tx.close();
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(count(db)).isEqualTo(1);
  }

  @Test
  void withoutWaitingForTheDisk() {
    Database db =
        open(
            Options.defaults()
                .withStorage(storage.files())
                .withDurability(Durability.ASYNC)
                .withSyncInterval(Duration.ofHours(1)));
    db.update(tx -> tx.put(NAMES, 0L, "claims the file"));
    long before = storage.syncs.get();
    for (long i = 1; i < 100; i++) {
      long key = i;
      db.update(tx -> tx.put(NAMES, key, "async"));
      assertThat(count(db)).isEqualTo(i + 1);
    }
    assertThat(storage.syncs.get()).isEqualTo(before);
    db.sync();
    assertThat(storage.syncs.get()).isEqualTo(before + 1);
    db.sync();
    assertThat(storage.syncs.get()).as("nothing to do").isEqualTo(before + 1);
    db.update(Durability.SYNC, tx -> tx.put(NAMES, 100L, "sync"));
    assertThat(storage.syncs.get()).isEqualTo(before + 2);
    db.update(tx -> tx.put(NAMES, 101L, "closing syncs"));
    closeChecked(db);
    assertThat(storage.syncs.get()).isGreaterThan(before + 2);
  }

  @Test
  void syncsByTimeAndByBytes() throws Exception {
    Options options =
        Options.defaults()
            .withStorage(storage.files())
            .withDurability(Durability.ASYNC)
            .withSyncInterval(Duration.ofMillis(20))
            .withSyncBytes(1 << 20);
    Database db = open(options);
    long syncs = storage.syncs.get();
    db.update(tx -> tx.put(NAMES, 0L, "x"));
    awaitSyncs(syncs + 1);
    db.close();
    db = open(options.withSyncInterval(Duration.ofHours(1)));
    Database bytes = db;
    bytes.update(tx -> tx.put(NAMES, 0L, "y"));
    long before = storage.syncs.get();
    for (long i = 0; i < 300; i++) {
      long key = i;
      bytes.update(tx -> tx.put(BLOBS, key, new byte[5000]));
    }
    awaitSyncs(before + 1);
  }

  private void awaitSyncs(long wanted) {
    Await.until("syncs", () -> storage.syncs.get() >= wanted);
  }
}
