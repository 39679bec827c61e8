package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.file.Lifecycle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that begin while another thread closes the database say that it is closed. */
class ClosedMeanwhileTest extends DatabaseTestBase {
  private static final int ROUNDS = 40;
  private static final String RELEASED = "Already closed";

  @Test
  void memoryThatWasReleasedIsAClosedDatabase() {
    Database db = open();
    Lifecycle lifecycle = db.lifecycle();
    IllegalStateException failure = new IllegalStateException(RELEASED);
    assertThat(lifecycle.explained(failure)).isSameAs(failure);
    db.close();
    assertThat(lifecycle.explained(failure)).hasMessageContaining("the database is closed");
  }

  @Test
  void callsWhileItCloses() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int round = 0; round < ROUNDS; round++) {
      Database db = open();
      Feed feed =
          db.feeds().isEmpty() ? db.createFeed("f", FeedOptions.ofAllTables()) : db.changes("f");
      db.put(NAMES, 1L, "one " + round);
      List<Runnable> calls =
          List.of(
              db::sync,
              () -> db.beginRead().close(),
              () -> db.beginWrite().close(),
              db::stat,
              db::readers,
              db::feeds,
              db::feedStats,
              feed::stat,
              feed::options,
              () -> read(feed),
              () -> feed.acknowledge(feed.stat().acknowledged()),
              () -> awaitCommit(db));
      CyclicBarrier together = new CyclicBarrier(calls.size() + 1);
      List<Future<?>> running = new ArrayList<>();
      for (Runnable call : calls) {
        running.add(threads.submit(() -> untilRefused(together, call)));
      }
      int _ = together.await();
      db.close();
      for (Future<?> each : running) {
        Object _ = each.get(20, TimeUnit.SECONDS);
      }
    }
    threads.shutdown();
    assertThat(open().get(NAMES, 1L)).startsWith("one"); // which is checked in the end
  }

  private static void read(Feed feed) {
    try (FeedReader reader = feed.reader()) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        assertThat(commit.stream()).isNotEmpty();
      }
    }
  }

  private static void awaitCommit(Database db) {
    try {
      long _ = db.awaitCommit(Long.MAX_VALUE, Duration.ofNanos(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void untilRefused(CyclicBarrier together, Runnable call) {
    try {
      int _ = together.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    while (true) {
      try {
        call.run();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("the database is closed");
        return;
      }
    }
  }
}
