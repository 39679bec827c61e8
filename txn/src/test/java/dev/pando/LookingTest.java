package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Statistics, lists and checks while states that they tell of come and go. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
class LookingTest extends DatabaseTestBase {
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(2500);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  private interface Task {
    void run() throws Exception;
  }

  private void start(Task task) {
    threads.add(
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!done.get()) {
                      task.run();
                    }
                  } catch (Throwable e) {
                    failures.add(e);
                    done.set(true);
                  }
                }));
  }

  private void runFor(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    while (!done.get() && System.nanoTime() - end < 0) {
      Thread.sleep(10);
    }
    done.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a thread failed", failures.peek());
    }
  }

  private static void overwrite(Database db, int mark) {
    db.update(
        Durability.ASYNC,
        tx -> {
          for (long key = mark % 7; key < 3000; key += 7) {
            boolean _ = tx.put(NAMES, key, "value " + mark);
          }
        });
  }

  @Test
  void readersComeAndGo() throws Exception {
    Database db = open(Options.defaults().withPageSize(512));
    int[] mark = new int[1];
    db.update(
        tx -> {
          for (long key = 0; key < 60_000; key++) {
            boolean _ = tx.put(NAMES, key, "value " + key);
          }
        });
    Random random = new Random(1);
    start(
        () ->
            db.update(
                Durability.ASYNC,
                tx -> {
                  for (int i = 0; i < 300; i++) { // scattered, so that the free tree is large
                    long key = random.nextLong(60_000);
                    boolean _ = tx.put(NAMES, key, "value " + mark[0]++);
                  }
                }));
    for (int i = 0; i < 3; i++) {
      start(
          () -> {
            try (ReadTxn _ = db.beginRead()) {
              Thread.sleep(3);
            }
          });
    }
    start(
        () -> {
          assertThat(db.stat().heldPages()).isNotNegative();
          assertThat(db.readers()).hasSizeLessThan(10);
        });
    runFor(NANOS);
  }

  @Test
  void namedSnapshotsComeAndGo() throws Exception {
    Database db = open(Options.defaults().withPageSize(512));
    int[] mark = new int[2];
    start(() -> overwrite(db, mark[0]++));
    start(
        () -> {
          int made = mark[1]++;
          NamedSnapshot _ = db.snapshots().create("s" + made);
          boolean _ = db.snapshots().drop("s" + (made - 2));
        });
    start(() -> assertThat(db.snapshots().list()).hasSizeLessThan(5));
    start(() -> db.check().throwIfBad());
    runFor(NANOS);
  }
}
