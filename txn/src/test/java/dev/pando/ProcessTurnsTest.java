package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.file.LockFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Processes that stand still, come at the same time, are many, or whose threads are interrupted.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
class ProcessTurnsTest extends DatabaseTestBase {
  private static long round(Database db) {
    return db.<Long, RuntimeException>view(SoakRounds::verify);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aReaderStandsStill() throws Exception {
    Database db = open();
    Churn.load(db);
    final long loaded = db.stat().pageCount();
    try (PeerJvm peer = PeerJvm.open(file())) {
      assertThat(peer.ask("hold a")).startsWith("holds");
      final String sum = peer.ask("held-sum a");
      peer.signal("STOP");
      Churn.run(db, 1, 6);
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
      assertThat(db.readers()).extracting(OpenReader::pid).containsExactly(peer.pid());
      peer.signal("CONT");
      peer.expect(sum, "held-sum a");
      peer.expect("freed", "free a");
      peer.expect("done", "put 1 x");
      Churn.run(db, 7, 3);
      assertThat(db.stat().pageCount()).isLessThan(3 * loaded);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aWriterStandsStill() throws Exception {
    Database db = open();
    long _ = db.<Long, RuntimeException>updateAndGet(SoakRounds::write);
    try (PeerJvm peer = PeerJvm.open(file());
        PeerJvm other = PeerJvm.open(file())) {
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 x");
      peer.signal("STOP");
      long begun = System.nanoTime();
      assertThat(db.tryBeginWrite(Duration.ofMillis(200))).isNull();
      other.expect("not yet", "try-begin 100");
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(Duration.ofMillis(300));
      assertThat(round(db)).isEqualTo(1);
      Thread waiting = Thread.ofVirtual().start(() -> db.update(tx -> tx.put(NAMES, 1L, "ours")));
      other.tell("rounds SYNC 1");
      peer.signal("CONT");
      peer.expect("committed", "commit");
      assertThat(other.answer()).isEqualTo("2");
      waiting.join();
      peer.expect("x", "get 1");
      assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("ours");
      assertThat(round(db)).isEqualTo(2);
    }
  }

  /** Stopped anywhere, also while it has a lock for a moment; killed where it stands. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aWriterStandsStillAnywhere() throws Exception {
    Database db = open();
    long last = db.<Long, RuntimeException>updateAndGet(SoakRounds::write);
    for (int i = 0; i < 5; i++) {
      try (PeerJvm peer = PeerJvm.open(file())) {
        for (int n = 0; n < 4; n++) {
          peer.tell("rounds " + (n % 2 == 0 ? "SYNC 1" : "ASYNC 1"));
          Thread.sleep(1 + 7 * i * n % 11);
          peer.signal("STOP");
          try (WriteTxn tx = db.tryBeginWrite(Duration.ofMillis(20))) {
            assertThat(round(db)).isGreaterThanOrEqualTo(last);
            if (tx != null) {
              long _ = SoakRounds.write(tx);
              tx.commit();
            }
          }
          if (n == 3) {
            peer.kill();
          } else {
            peer.signal("CONT");
            last = Long.parseLong(peer.answer());
          }
        }
        long next = db.<Long, RuntimeException>updateAndGet(SoakRounds::write);
        assertThat(next).isGreaterThan(last);
        last = next;
      }
    }
  }

  @Test
  void checksWhileAnotherProcessCommits() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "small, so that a check is short"));
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.tell("rounds ASYNC 1500");
      for (int i = 0; i < 300; i++) {
        CheckReport _ = db.check().throwIfBad();
      }
      assertThat(peer.answer()).isEqualTo("1500");
    }
  }

  @Test
  void twoOpenAtTheSameTimeAgainAndAgain() throws Exception {
    try (PeerJvm a = PeerJvm.start();
        PeerJvm b = PeerJvm.start()) {
      for (int i = 0; i < 120; i++) {
        Path file = directory().resolve("new" + i / 3); // created, then found twice
        both(a, b, "open " + file, "opened", "opened");
        both(a, b, "put " + i + " x", "done", "done");
        both(a, b, "get " + i, "x", "x");
        if (i % 10 == 0) {
          both(a, b, "check", "sound", "sound");
        }
        both(a, b, "close", "closed", "closed");
      }
    }
    for (int i = 0; i < 40; i++) {
      Database db = open(directory().resolve("new" + i), Options.defaults());
      assertThat(db.<Long, RuntimeException>view(tx -> tx.count(PeerJvm.DATA))).isEqualTo(3);
    }
  }

  private static void both(PeerJvm a, PeerJvm b, String order, String first, String second)
      throws Exception {
    a.tell(order);
    b.tell(order);
    assertThat(a.answer()).as(order).isEqualTo(first);
    assertThat(b.answer()).as(order).isEqualTo(second);
  }

  @Test
  void readersByTheThousandInEachProcess() throws Exception {
    Database db = open();
    Churn.load(db);
    final long loaded = db.stat().pageCount();
    try (PeerJvm a = PeerJvm.open(file());
        PeerJvm b = PeerJvm.open(file())) {
      List<ReadTxn> ours = new ArrayList<>();
      for (int i = 0; i < 11_000; i++) {
        ours.add(db.beginRead());
      }
      final long sum = Churn.sum(ours.getFirst());
      Churn.run(db, 1, 1);
      a.expect("holds 4000", "hold-many 4000");
      final String sumA = a.ask("held-sum many0");
      Churn.run(db, 2, 1);
      b.expect("holds 4000", "hold-many 4000");
      final String sumB = b.ask("held-sum many3999");
      Churn.run(db, 3, 4);
      assertThat(db.stat().readers()).isEqualTo(19_000);
      assertThat(db.readers()).hasSize(19_000);
      assertThat(db.stat().pageCount()).isLessThan(6 * loaded);
      a.expect(sumA, "held-sum many3999");
      b.expect(sumB, "held-sum many0");
      assertThat(Churn.sum(ours.getLast())).isEqualTo(sum);
      ours.forEach(ReadTxn::close);
      a.expect("freed", "free-all");
      b.kill();
      Thread.sleep(110); // a dead process is looked for ten times a second
      db.update(tx -> tx.put(NAMES, 1L, "x"));
      assertThat(db.stat().readers()).isZero();
      Churn.run(db, 7, 3);
      assertThat(db.stat().pageCount()).isLessThan(6 * loaded);
    }
  }

  @Test
  void interruptsWhileOthersWrite() throws Exception {
    Database db = open();
    AtomicLong keys = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    try (PeerJvm peer = PeerJvm.open(file())) {
      for (int i = 0; i < 6; i++) {
        int kind = i;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        while (!done.get()) {
                          run(db, kind, keys.getAndIncrement(), acknowledged);
                        }
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }));
      }
      peer.tell("churn 1 3"); // readers scan all keys, so twice the time is four times the work
      Thread interrupter =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!done.get()) {
                      threads.forEach(Thread::interrupt);
                      LockFile.pause(20_000);
                    }
                  });
      assertThat(peer.answer()).isEqualTo("done");
      Await.until(
          "commits between interrupts", () -> acknowledged.size() > 50 || !failures.isEmpty());
      done.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      interrupter.join();
      if (!failures.isEmpty()) {
        throw new AssertionError("a thread failed", failures.peek());
      }
      assertThat(acknowledged).hasSizeGreaterThan(50);
      closeChecked(db);
      peer.expect("sound", "check");
    }
    Database again = open();
    try (ReadTxn tx = again.beginRead()) {
      assertThat(acknowledged)
          .allSatisfy(key -> assertThat(tx.get(NAMES, key)).isEqualTo("value " + key));
      assertThat(tx.count(NAMES)).isEqualTo(acknowledged.size());
    }
  }

  private static void run(Database db, int kind, long key, Queue<Long> acknowledged) {
    switch (kind) {
      case 0, 1 -> {
        db.update(tx -> tx.put(NAMES, key, "value " + key));
        acknowledged.add(key);
      }
      case 2 -> {
        db.update(Durability.ASYNC, tx -> tx.put(NAMES, key, "value " + key));
        acknowledged.add(key);
      }
      case 3 -> {
        try (WriteTxn tx = db.tryBeginWrite(Duration.ofMillis(3))) {
          if (tx != null) {
            boolean _ = tx.put(NAMES, key, "value " + key);
            tx.commit();
            acknowledged.add(key);
          }
        }
      }
      case 4 -> {
        try (WriteTxn tx = db.beginWrite()) {
          boolean _ = tx.put(NAMES, key, "rolled back");
        }
        db.sync();
      }
      default -> {
        try (ReadTxn tx = db.beginRead()) {
          long count = tx.count(NAMES);
          long scanned = 0;
          for (Entry<Long, String> _ : tx.scan(NAMES)) {
            scanned++;
          }
          assertThat(scanned).isEqualTo(count);
          long _ = db.awaitCommit(tx.txnId(), Duration.ofMillis(5));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
