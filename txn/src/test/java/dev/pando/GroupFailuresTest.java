package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared commits of many threads on a disk that has room only now and then: all are told. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class GroupFailuresTest extends DatabaseTestBase {
  private static final int THREADS = 12;
  private static final int UPDATES = 400;

  private final HookedStorage storage = new HookedStorage();
  private final Queue<Long> done = new ConcurrentLinkedQueue<>();
  private final Queue<Long> failed = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyWaiterIsReleased(boolean virtual) throws Exception {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("GroupFailuresTest seed " + seed);
    Database db = open(Options.defaults().withStorage(storage.files()));
    db.update(tx -> tx.put(NAMES, -1L, "claims the file"));
    Random disk = new Random(seed);
    storage.beforePages =
        () -> {
          synchronized (disk) {
            if (disk.nextInt(5) == 0) {
              throw new DatabaseFullException("no room just now", null);
            }
          }
        };
    ThreadFactory factory = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).factory();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long first = i * 1000L;
      Random random = new Random(seed + i);
      threads.add(factory.newThread(() -> updates(db, first, random)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    storage.beforePages = () -> {};
    assertThat(wrong).isEmpty();
    assertThat(done.size() + failed.size()).isEqualTo(THREADS * UPDATES);
    assertThat(done).hasSizeGreaterThan(10);
    assertThat(failed).hasSizeGreaterThan(10);
    db.update(tx -> tx.put(NAMES, -2L, "goes on"));
    try (ReadTxn tx = db.beginRead()) {
      assertThat(done).allSatisfy(key -> assertThat(tx.contains(NAMES, key)).isTrue());
      assertThat(failed).allSatisfy(key -> assertThat(tx.contains(NAMES, key)).isFalse());
      assertThat(tx.count(NAMES)).isEqualTo(done.size() + 2);
    }
  }

  private void updates(Database db, long first, Random random) {
    for (long key = first; key < first + UPDATES; key++) {
      try {
        update(db, key, random.nextInt(6));
        done.add(key);
      } catch (StorageException | UnsupportedOperationException e) {
        failed.add(key);
      } catch (Throwable e) {
        wrong.add(e);
        failed.add(key);
      }
    }
  }

  private static void update(Database db, long key, int kind) throws Throwable {
    if (kind == 0) {
      db.update(
          tx -> {
            tx.put(NAMES, key, "undone");
            throw new UnsupportedOperationException("my fault");
          });
    } else if (kind == 1) {
      CompletableFuture<Boolean> future = db.updateAsync(tx -> tx.put(NAMES, key, "later"));
      try {
        boolean _ = future.get(10, TimeUnit.MINUTES);
      } catch (ExecutionException e) {
        throw e.getCause();
      }
    } else {
      db.update(kind == 2 ? Durability.ASYNC : Durability.SYNC, tx -> tx.put(NAMES, key, "now"));
    }
  }
}
