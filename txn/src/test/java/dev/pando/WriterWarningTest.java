package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.txn.commit.WriterWatch;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A long wait to write is logged, with what is waited for. */
class WriterWarningTest extends DatabaseTestBase {
  private static final Options WARNING =
      Options.defaults().withWriterWarning(Duration.ofMillis(200));

  private static Thread named(String name, Runnable run) {
    return Thread.ofPlatform().name(name).start(run);
  }

  private static LogRecord first(LogOf log) {
    Await.until("a warning", () -> !log.records().isEmpty());
    return log.records().getFirst();
  }

  @Test
  void ofATransactionOfThisProcess() throws Exception {
    Database db = open(WARNING);
    try (LogOf log = new LogOf(WriterWatch.class)) {
      WriteTxn tx = db.beginWrite();
      Thread waits = named("waits", () -> db.update(mine -> mine.put(NAMES, 1L, "x")));
      LogRecord record = first(log);
      assertThat(record.getMessage())
          .contains(file().toString())
          .containsPattern(
              "thread waits has waited for 0\\.[2-9]|thread waits has waited for [1-9]")
          .contains("transaction " + tx.txnId() + ", open for ")
          .contains("of thread " + Thread.currentThread().getName())
          .contains("of process " + ProcessHandle.current().pid())
          .contains("begun at dev.pando.WriterWarningTest.ofATransactionOfThisProcess(");
      assertThat(record.getThrown().getStackTrace())
          .as("where the thread is now")
          .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("first"));
      assertThat(record.getThrown()).hasNoCause();
      tx.close();
      waits.join();
      assertThat(log.records()).as("once a wait").hasSize(1);
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(1);
  }

  @Test
  void ofAClosure() throws Exception {
    Database db = open(WARNING);
    CountDownLatch end = new CountDownLatch(1);
    try (LogOf log = new LogOf(WriterWatch.class)) {
      Thread runs =
          named(
              "runs",
              () ->
                  db.update(
                      tx -> {
                        awaitQuietly(end);
                        tx.put(NAMES, 1L, "x");
                      }));
      Await.until("the thread waits", () -> runs.getState() == Thread.State.TIMED_WAITING);
      Thread one = named("one", () -> db.update(tx -> tx.put(NAMES, 2L, "y")));
      Thread two = named("two", () -> db.beginWrite().close());
      assertThat(first(log).getMessage())
          .contains("of thread runs of process ")
          .contains("begun by an update whose closure is a dev.pando.");
      Await.until(
          "a warning about it",
          () -> log.records().size() > 1 || log.records().getFirst().getMessage().contains("more"));
      end.countDown();
      runs.join();
      one.join();
      two.join();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withLeakTrackingTheWholeStack() throws Exception {
    Database db = open(WARNING.withLeakTracking(true));
    try (LogOf log = new LogOf(WriterWatch.class)) {
      WriteTxn tx = db.beginWrite();
      Thread waits = named("waits", () -> db.beginWrite().close());
      assertThat(first(log).getThrown().getCause().getStackTrace())
          .anySatisfy(
              frame ->
                  assertThat(frame.getMethodName()).isEqualTo("withLeakTrackingTheWholeStack"));
      tx.close();
      waits.join();
    }
  }

  @Test
  void ofATransactionOfAnotherProcess() throws Exception {
    Database db = open(WARNING);
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    try (PeerJvm peer = PeerJvm.open(file());
        LogOf log = new LogOf(WriterWatch.class)) {
      assertThat(peer.ask("begin")).startsWith("writing");
      Thread waits = named("waits", () -> db.update(tx -> tx.put(NAMES, 2L, "y")));
      assertThat(first(log).getMessage())
          .contains("thread waits has waited for ")
          .contains("of thread main of process " + peer.pid())
          .contains("begun at dev.pando.PeerJvm$Peer.run(PeerJvm.java:");
      assertThat(first(log).getThrown()).isNull();
      peer.expect("committed", "commit");
      waits.join();
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(2);
  }

  @Test
  void isAnOption() {
    assertThat(Options.defaults().writerWarning()).isEqualTo(Duration.ofMinutes(1));
    assertThat(Options.defaults().withWriterWarning(null).writerWarning()).isNull();
    @Nullable Duration[] wrong = {Duration.ZERO, Duration.ofMillis(-1)};
    for (Duration duration : wrong) {
      assertThatThrownBy(() -> Options.defaults().withWriterWarning(duration))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("writer warning=" + duration);
    }
  }
}
