package dev.pando;

import dev.pando.txn.file.LockFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hundreds of threads that read segments which they kept after their transactions' end, while the
 * database is written, grows, and is closed under them. A JVM of its own, because it might not
 * survive.
 */
final class SmugglingChild {
  private static final int THREADS = 200;
  private static final int ROUNDS = 2;

  private final ConcurrentMap<String, AtomicLong> ends = new ConcurrentHashMap<>();
  private final AtomicLong reads = new AtomicLong();

  private SmugglingChild() {}

  /** Prints how the threads ended. */
  public static void main(String[] args) throws InterruptedException {
    SmugglingChild child = new SmugglingChild();
    for (int round = 0; round < ROUNDS; round++) {
      child.run(Path.of(args[0]));
    }
    System.out.println("reads " + child.reads.get());
    child.ends.forEach((how, times) -> System.out.println("ended " + how + " " + times));
    try (Database db = Database.open(Path.of(args[0]))) {
      CheckReport _ = db.check().throwIfBad();
    }
    System.out.println("sound");
  }

  private void run(Path file) throws InterruptedException {
    Database db = Database.open(file, Options.defaults().withCloseTimeout(Duration.ofMillis(20)));
    Churn.load(db);
    CountDownLatch reading = new CountDownLatch(THREADS);
    Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      read(db, number, reading);
                    } catch (IllegalStateException e) {
                      ended(e.getMessage().contains("closed") ? "closed" : "other");
                    } catch (Throwable e) {
                      wrong.add(e);
                    }
                  }));
    }
    reading.await();
    for (long key = 0; key < 20; key++) { // few commits: the readers keep the cores busy
      long mark = key;
      db.update(Durability.ASYNC, tx -> tx.put(Churn.DATA, mark, new byte[(int) mark * 50_000]));
    }
    db.close();
    for (Thread thread : threads) {
      thread.join();
    }
    for (Throwable e : wrong) {
      ended(e.toString());
    }
  }

  private void ended(String how) {
    long _ = ends.computeIfAbsent(how, h -> new AtomicLong()).incrementAndGet();
  }

  /** Half of them go on with segments of ended transactions only. */
  private void read(Database db, int number, CountDownLatch reading) {
    List<MemorySegment> smuggled = new ArrayList<>();
    View view = new View();
    for (int i = 0; i < 20; i++) {
      try (ReadTxn tx = db.beginRead()) {
        byte[] key = java.nio.ByteBuffer.allocate(8).putLong(i * 97L).array();
        if (tx.raw(Churn.DATA).get(key, view)) {
          smuggled.add(view.asSegment());
        }
      }
    }
    reading.countDown();
    while (true) {
      long sum = 0;
      for (MemorySegment segment : smuggled) {
        for (long at = 0; at < segment.byteSize(); at++) {
          sum += segment.get(ValueLayout.JAVA_BYTE, at);
        }
        sum += segment.toArray(ValueLayout.JAVA_BYTE).length;
        sum += segment.mismatch(smuggled.getFirst());
      }
      if (number % 2 == 0) {
        try (ReadTxn tx = db.beginRead()) {
          sum += tx.count(Churn.DATA);
        }
      }
      LockFile.pause(20_000_000); // or the others get no share of the cores
      long _ = reads.addAndGet(sum == 0 ? 1 : smuggled.size());
    }
  }
}
