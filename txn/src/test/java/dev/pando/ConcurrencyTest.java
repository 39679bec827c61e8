package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.txn.file.LockFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, one file. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ConcurrencyTest extends DatabaseTestBase {
  private static final int KEYS = 200;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private List<Thread> start(ThreadFactory factory, int count, Runnable body) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thread thread =
          factory.newThread(
              () -> {
                try {
                  body.run();
                } catch (Throwable e) {
                  failures.add(e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    return threads;
  }

  private void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    assertNoFailures();
  }

  private void assertNoFailures() {
    if (!failures.isEmpty()) {
      throw new AssertionError("a thread failed", failures.peek());
    }
  }

  private static void writeAll(WriteTxn tx, long round) {
    for (long key = 0; key < KEYS; key++) {
      boolean _ = tx.put(NAMES, key, "round " + round);
    }
  }

  /** All keys of one state have the value of one commit. */
  private static long roundOf(ReadTxn tx) {
    String first = tx.get(NAMES, 0L);
    long entries = 0;
    for (Entry<Long, String> entry : tx.scan(NAMES)) {
      assertThat(entry.value()).isEqualTo(first);
      entries++;
    }
    assertThat(entries).isEqualTo(KEYS);
    return Long.parseLong(String.valueOf(first).substring("round ".length()));
  }

  @Test
  void readersSeeWholeCommitsAndNeverGoBack() throws InterruptedException {
    Database db = open(Options.defaults().withPageSize(512));
    db.update(tx -> writeAll(tx, 0));
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> readers =
        start(
            Thread.ofPlatform().factory(),
            4,
            () -> {
              long last = 0;
              while (!done.get()) {
                try (ReadTxn tx = db.beginRead()) {
                  long round = roundOf(tx);
                  assertThat(round).isGreaterThanOrEqualTo(last);
                  assertThat(roundOf(tx)).isEqualTo(round);
                  last = round;
                }
              }
            });
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    for (long round = 1;
        (round < 100 || System.nanoTime() - end < 0) && failures.isEmpty();
        round++) {
      long now = round;
      db.update(tx -> writeAll(tx, now));
    }
    done.set(true);
    join(readers);
    assertThat(db.stat().readers()).isZero();
  }

  @Test
  void aThousandVirtualThreadsWriteInTurn() throws InterruptedException {
    Database db = open();
    Table<String, Long> counters = Table.of("counters", Codec.utf8(), Codec.u64());
    db.update(tx -> tx.put(counters, "n", 0L));
    join(
        start(
            Thread.ofVirtual().factory(),
            1000,
            () ->
                db.update(
                    tx -> {
                      Long before = tx.get(counters, "n");
                      tx.put(counters, "n", before + 1);
                    })));
    assertThat(db.<Long, RuntimeException>view(tx -> tx.get(counters, "n"))).isEqualTo(1000);
  }

  @Test
  void transactionsMoveFromThreadToThread() throws InterruptedException {
    Database db = open();
    WriteTxn write = db.beginWrite();
    boolean _ = write.put(NAMES, 1L, "begun here");
    join(
        start(
            Thread.ofVirtual().factory(),
            1,
            () -> {
              boolean _ = write.put(NAMES, 2L, "continued there");
              write.commit();
            }));
    ReadTxn read = db.beginRead();
    join(
        start(
            Thread.ofPlatform().factory(),
            1,
            () -> {
              assertThat(read.get(NAMES, 1L)).isEqualTo("begun here");
              assertThat(read.get(NAMES, 2L)).isEqualTo("continued there");
              read.close();
            }));
    db.update(tx -> tx.put(NAMES, 3L, "the turn is free again"));
  }

  @Test
  void interruptsHarmNothing() throws InterruptedException {
    Database db = open();
    AtomicLong acknowledged = new AtomicLong();
    AtomicLong keys = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> threads =
        start(
            Thread.ofPlatform().factory(),
            4,
            () -> {
              for (int i = 0; i < 300; i++) {
                long key = keys.getAndIncrement();
                db.update(tx -> tx.put(NAMES, key, "value " + key));
                assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, key)))
                    .isEqualTo("value " + key);
                acknowledged.incrementAndGet();
              }
            });
    List<Thread> interrupter =
        start(
            Thread.ofPlatform().factory(),
            1,
            () -> {
              while (!done.get()) {
                threads.forEach(Thread::interrupt);
                LockFile.pause(20_000); // a map must come to its end between two interrupts
              }
            });
    join(threads);
    done.set(true);
    join(interrupter);
    assertThat(acknowledged.get()).isEqualTo(1200);
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(1200);
  }

  @Test
  void closeWaitsForTransactionsThatEndInTime() throws InterruptedException {
    Database db = Database.open(file(), Options.defaults().withCloseTimeout(Duration.ofMinutes(1)));
    WriteTxn write = db.beginWrite();
    ReadTxn read = db.beginRead();
    List<Thread> closer = start(Thread.ofPlatform().factory(), 1, db::close);
    while (isAccepting(db)) {
      Thread.onSpinWait();
    }
    boolean _ = write.put(NAMES, 1L, "in time");
    write.commit();
    assertThat(read.get(NAMES, 1L)).isNull();
    read.close();
    join(closer);
    Database again = open();
    assertThat(again.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("in time");
  }

  private static boolean isAccepting(Database db) {
    try (ReadTxn tx = db.beginRead()) {
      return tx.isOpen();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void closeEndsTransactionsThatDoNot() {
    Database db = Database.open(file(), Options.defaults().withCloseTimeout(Duration.ZERO));
    db.update(tx -> tx.put(NAMES, 1L, "kept"));
    ReadTxn read = db.beginRead();
    WriteTxn write = db.beginWrite();
    boolean _ = write.put(NAMES, 2L, "lost");
    db.close();
    assertThatThrownBy(() -> read.get(NAMES, 1L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("database is closed");
    assertThatThrownBy(() -> write.put(NAMES, 3L, "x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("database is closed");
    assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
    read.close();
    write.close();
    Database again = open();
    try (ReadTxn tx = again.beginRead()) {
      assertThat(tx.get(NAMES, 1L)).isEqualTo("kept");
      assertThat(tx.get(NAMES, 2L)).isNull();
    }
  }

  @Test
  @Tag("proof")
  void closeAmongHundredsOfThreadsGivesExceptions() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      Database db = Database.open(file(), Options.defaults().withCloseTimeout(Duration.ZERO));
      db.update(tx -> writeAll(tx, 1));
      CountDownLatch reading = new CountDownLatch(100);
      List<Thread> threads =
          start(
              Thread.ofPlatform().factory(), // virtual ones that never wait would keep others out
              100,
              () -> {
                reading.countDown();
                assertThatThrownBy(
                        () -> {
                          while (true) {
                            try (ReadTxn tx = db.beginRead()) {
                              assertThat(roundOf(tx)).isEqualTo(1);
                            }
                          }
                        })
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
              });
      threads.addAll(
          start(
              Thread.ofPlatform().factory(),
              20,
              () ->
                  assertThatThrownBy(
                          () -> {
                            while (true) {
                              db.update(tx -> writeAll(tx, 1));
                            }
                          })
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("closed")));
      reading.await();
      db.close();
      join(threads);
    }
    Database db = open();
    assertThat(db.<Long, RuntimeException>view(ConcurrencyTest::roundOf)).isEqualTo(1);
  }

  @Test
  void thousandsOfReadersAtOnce() {
    Database db = open();
    db.update(tx -> writeAll(tx, 1));
    List<ReadTxn> readers = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      readers.add(db.beginRead());
    }
    assertThat(db.stat().readers()).isEqualTo(5000);
    readers.forEach(ReadTxn::close);
    assertThat(db.stat().readers()).isZero();
  }
}
