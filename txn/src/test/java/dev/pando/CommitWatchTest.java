package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.CommitWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Waiting for commits of other processes, and what that costs. */
class CommitWatchTest extends DatabaseTestBase {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** Waits until half a second has no more looks than that, on however slow a machine. */
  private static void awaitLooks(long most) {
    Await.until(
        "the watching thread",
        () -> {
          long before = CommitWatch.looks();
          LockFile.pause(TimeUnit.MILLISECONDS.toNanos(500));
          return CommitWatch.looks() - before <= most;
        });
  }

  @Test
  void manyWaitersCostNoMoreThanOneAndAllNotice() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(PeerJvm.DATA, 0L, new byte[1]));
    try (PeerJvm peer = PeerJvm.open(file())) {
      for (int round = 1; round <= 3; round++) {
        long known = db.stat().txnId();
        List<AtomicLong> seen = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          AtomicLong mine = new AtomicLong();
          seen.add(mine);
          threads.add(
              Thread.ofVirtual()
                  .start(
                      () -> {
                        try {
                          mine.set(db.awaitCommit(known, LONG));
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      }));
        }
        if (round < 3) { // the last time: before the kernel is asked
          awaitLooks(20);
        }
        peer.expect("done", "put " + round + " theirs");
        for (Thread thread : threads) {
          assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(seen).allSatisfy(id -> assertThat(id.get()).isGreaterThan(known));
      }
    }
  }

  /** A database of which nobody else knows. */
  private static final class Fake implements CommitWatch.Source {
    private final AtomicLong current = new AtomicLong(1);
    private final AtomicLong told = new AtomicLong(1);
    private volatile boolean wanted = true;
    private volatile boolean fails;

    @Override
    public long current() {
      if (fails) {
        throw new OutOfMemoryError("planted");
      }
      return current.get();
    }

    @Override
    public long ours() {
      return 1;
    }

    @Override
    public boolean isCommitting() {
      return false;
    }

    @Override
    public boolean isWanted() {
      return wanted;
    }

    @Override
    public void wakeWaiters() {
      told.set(current.get());
    }

    void commitIsNoticed() {
      long now = current.incrementAndGet();
      Await.until("all are told", () -> told.get() == now);
    }
  }

  @Test
  @Tag("proof")
  void whereTheKernelSaysNothing() {
    Path none = directory().resolve("no directory").resolve("x.pando");
    for (Path file : List.of(none, directory().resolve("never written"))) {
      Fake source = new Fake();
      CommitWatch watch = new CommitWatch(file, source);
      watch.begin();
      for (int i = 0; i < 8; i++) {
        source.commitIsNoticed();
        if (i % 4 == 0) {
          awaitLooks(40);
        }
      }
      awaitLooks(40);
      watch.close();
    }
  }

  @Test
  @Tag("proof")
  void otherFilesInTheDirectoryDoNotKeepItBusy() throws Exception {
    Fake source = new Fake();
    CommitWatch watch = new CommitWatch(directory().resolve("x.pando"), source);
    watch.begin();
    awaitLooks(10);
    Path log = directory().resolve("some.log");
    for (int i = 0; i < 2_000; i++) {
      Files.writeString(log, "line " + i);
    }
    awaitLooks(40);
    source.commitIsNoticed();
    watch.close();
  }

  @Test
  void twoDatabasesInADirectory() {
    Fake one = new Fake();
    Fake two = new Fake();
    CommitWatch first = new CommitWatch(directory().resolve("1.pando"), one);
    CommitWatch second = new CommitWatch(directory().resolve("2.pando"), two);
    first.begin();
    second.begin();
    awaitLooks(20);
    one.commitIsNoticed();
    two.commitIsNoticed();
    first.close();
    two.commitIsNoticed();
    awaitLooks(40);
    two.commitIsNoticed();
    second.close();
  }

  @Test
  void theThreadGoesOnAfterAnError() {
    Fake source = new Fake();
    CommitWatch watch = new CommitWatch(directory().resolve("x.pando"), source);
    watch.begin();
    source.commitIsNoticed();
    try (LogOf log = new LogOf(CommitWatch.class)) {
      source.fails = true;
      Await.until("a record of the log", () -> !log.records().isEmpty());
      source.fails = false;
      assertThat(log.records().getFirst().getThrown()).hasMessage("planted");
    }
    source.commitIsNoticed();
    watch.close();
  }

  private static void awaitThread(boolean alive) {
    Await.until(
        "the watching thread",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().equals("pando-news"))
                == alive);
  }

  @Test
  void theThreadEndsWithTheLastWaiter() {
    Fake source = new Fake();
    CommitWatch watch = new CommitWatch(directory().resolve("x.pando"), source);
    watch.begin();
    awaitThread(true);
    source.wanted = false;
    awaitThread(false);
    source.wanted = true;
    watch.begin();
    source.commitIsNoticed();
    watch.close();
    awaitThread(false);
  }
}
