package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a thread waits for, and what it does not wait for. */
class WaitingTest extends DatabaseTestBase {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final HookedStorage storage = new HookedStorage();
  private final CountDownLatch syncing = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private interface Step {
    void run() throws Exception;
  }

  /** A thread that does something, and what became of it. */
  private static final class Doing {
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private final Thread thread;

    Doing(Step step) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      step.run();
                      outcome.complete("done");
                    } catch (Throwable e) {
                      outcome.completeExceptionally(e);
                    }
                  });
    }

    /** Waits until the thread waits: for the turn, for a lock, or for a commit. */
    Doing waits() {
      Await.until("what others do", () -> thread.getState() == Thread.State.WAITING);
      return this;
    }

    /** Waits for the end; an outcome that does not come is a thread that hangs. */
    void ends() throws Exception {
      try {
        assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo("done");
      } catch (TimeoutException e) {
        AssertionError hangs = new AssertionError("the thread hangs here");
        hangs.setStackTrace(thread.getStackTrace());
        throw hangs;
      }
    }

    void isRefusedAsClosed() {
      assertThatThrownBy(this::ends)
          .isInstanceOf(ExecutionException.class)
          .rootCause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the database is closed");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void stopAtNextSync() {
    storage.beforeSync =
        () -> {
          storage.beforeSync = () -> {};
          syncing.countDown();
          await(goOn);
        };
  }

  private Database openHooked() {
    Database db = open(Options.defaults().withStorage(storage.files()));
    db.update(tx -> tx.put(NAMES, 0L, "claims the file"));
    return db;
  }

  // ---- acknowledgements

  @Test
  void aFutureWaitsForItsOwnCommitOnly() throws Exception {
    Database db = openHooked();
    stopAtNextSync();
    CompletableFuture<Boolean> earlier = db.updateAsync(tx -> tx.put(NAMES, 1L, "earlier"));
    await(syncing);
    try (WriteTxn tx = db.beginWrite()) {
      Doing next = new Doing(() -> db.update(other -> other.put(NAMES, 2L, "next"))).waits();
      goOn.countDown();
      assertThat(earlier.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(next.outcome).isNotDone();
      tx.put(NAMES, 3L, "between");
      tx.commit();
      next.ends();
    }
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(4);
  }

  @Test
  void anUpdateWaitsForItsOwnCommitOnly() throws Exception {
    Database db = openHooked();
    stopAtNextSync();
    Doing leads = new Doing(() -> db.update(tx -> tx.put(NAMES, 1L, "earlier")));
    await(syncing);
    try (WriteTxn _ = db.beginWrite()) {
      Doing next = new Doing(() -> db.update(other -> other.put(NAMES, 2L, "next"))).waits();
      goOn.countDown();
      leads.ends();
      assertThat(next.outcome).isNotDone();
    }
    Await.until(
        "what others do", () -> db.<Long, RuntimeException>view(tx -> tx.count(NAMES)) == 3);
  }

  // ---- a thread that would wait for itself

  private static final String HOLDS = "would wait for itself";

  private static void refuses(Step step) throws Exception {
    assertThatThrownBy(step::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(HOLDS)
        .hasMessageContaining("dev.pando.WaitingTest.beginHere(WaitingTest.java:")
        .hasMessageContaining(Thread.currentThread().getName())
        .satisfies(
            e ->
                assertThat(e.getStackTrace())
                    .anySatisfy(
                        frame -> assertThat(frame.getClassName()).startsWith("dev.pando.Waiting")));
  }

  private static WriteTxn beginHere(Database db) {
    return db.beginWrite();
  }

  @Test
  void aThreadWithAnOpenTransactionIsRefused() throws Exception {
    Database db = open();
    new Doing(
            () -> {
              try (WriteTxn tx = beginHere(db)) {
                refuses(db::beginWrite);
                refuses(() -> db.update(other -> other.put(NAMES, 1L, "x")));
                refuses(() -> db.updateAndGet(other -> other.put(NAMES, 1L, "x")));
                refuses(db::compact);
                refuses(() -> db.snapshots().create("s"));
                refuses(() -> db.snapshots().drop("s"));
                assertThatThrownBy(() -> db.updateAsync(other -> other.count(NAMES)).get())
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(HOLDS);
                assertThat(db.tryBeginWrite(Duration.ofMillis(1))).as("its wait ends").isNull();
                tx.put(NAMES, 1L, "goes on");
                tx.commit();
              }
              db.update(tx -> tx.put(NAMES, 2L, "and so does the thread"));
            })
        .ends();
    assertThat(db.<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(2);
  }

  @Test
  void withLeakTrackingTheCauseIsThePlace() throws Exception {
    Database db = open(Options.defaults().withLeakTracking(true));
    try (WriteTxn _ = beginHere(db)) {
      assertThatThrownBy(db::beginWrite)
          .hasMessageContaining(HOLDS)
          .cause()
          .satisfies(
              e ->
                  assertThat(e.getStackTrace())
                      .anySatisfy(
                          frame -> assertThat(frame.getMethodName()).isEqualTo("beginHere")));
    }
  }

  @Test
  void aTransactionThatMovedOnHoldsNobodyUp() throws Exception {
    Database db = open();
    WriteTxn tx = beginHere(db);
    CountDownLatch moved = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Doing other =
        new Doing(
            () -> {
              tx.put(NAMES, 1L, "the other thread's");
              moved.countDown();
              await(end);
              refuses(db::beginWrite); // it is this thread's now
              tx.commit();
            });
    await(moved);
    Doing ends =
        new Doing(
            () -> {
              end.countDown();
              other.ends();
            });
    db.update(mine -> mine.put(NAMES, 2L, "waits for the other"));
    ends.ends();
    assertThat(db.<Long, RuntimeException>view(mine -> mine.count(NAMES))).isEqualTo(2);
  }

  @Test
  void anUpdateThatIsNotCommittedYetHoldsNobodyUp() throws Exception {
    Database db = openHooked();
    stopAtNextSync();
    CompletableFuture<Boolean> first = db.updateAsync(tx -> tx.put(NAMES, 1L, "a"));
    await(syncing);
    CompletableFuture<Boolean> second = db.updateAsync(tx -> tx.put(NAMES, 2L, "b"));
    Doing ends =
        new Doing(
            () -> {
              goOn.countDown();
              assertThat(first.get()).isTrue();
              assertThat(second.get()).isTrue();
            });
    try (WriteTxn tx = db.beginWrite()) { // of the thread that ran both
      assertThat(tx.get(NAMES, 2L)).isEqualTo("b");
    }
    ends.ends();
  }

  // ---- close

  private static Database openSlowly(java.nio.file.Path file, Duration closeTimeout) {
    return Database.open(file, Options.defaults().withCloseTimeout(closeTimeout));
  }

  @Test
  void closingReleasesThoseThatWait() throws Exception {
    Database db = openSlowly(file(), LONG);
    List<WriteTxn> forgotten = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    Doing forgets =
        new Doing(
            () -> {
              forgotten.add(db.beginWrite());
              begun.countDown();
            });
    await(begun);
    forgets.ends();
    List<Doing> waiting = new ArrayList<>();
    waiting.add(new Doing(db::beginWrite).waits());
    for (int i = 0; i < 3; i++) {
      waiting.add(new Doing(() -> db.update(tx -> tx.put(NAMES, 1L, "x"))).waits());
      waiting.add(new Doing(db::beginWrite).waits());
    }
    waiting.add(new Doing(() -> db.updateAsync(tx -> tx.put(NAMES, 1L, "x")).get()).waits());
    Doing looks = new Doing(() -> db.awaitCommit(Long.MAX_VALUE, LONG));
    Doing closes = new Doing(db::close);
    for (Doing one : waiting) {
      one.isRefusedAsClosed();
    }
    looks.isRefusedAsClosed();
    assertThat(closes.outcome).as("waits for the one that runs").isNotDone();
    forgotten.getFirst().put(NAMES, 1L, "in time");
    forgotten.getFirst().commit();
    closes.ends();
    assertThat(open().<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(1);
  }

  @Test
  void closingReleasesThoseThatWaitForAClosure() throws Exception {
    Database db = openSlowly(file(), Duration.ofMillis(50));
    CountDownLatch runs = new CountDownLatch(1);
    Doing hangs =
        new Doing(
            () ->
                db.update(
                    tx -> {
                      tx.put(NAMES, 1L, "never committed");
                      runs.countDown();
                      await(goOn);
                    }));
    await(runs);
    List<Doing> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(new Doing(() -> db.update(tx -> tx.put(NAMES, 2L, "x"))).waits());
    }
    new Doing(db::close).ends();
    for (Doing one : waiting) {
      one.isRefusedAsClosed();
    }
    goOn.countDown();
    hangs.isRefusedAsClosed();
    assertThat(open().<Long, RuntimeException>view(tx -> tx.count(NAMES))).isZero();
  }

  /** The first of a group is to commit it, and waits for the closure of one that joined. */
  @Test
  void closingReleasesThoseThatShareACommitWithAClosureThatHangs() throws Exception {
    Database db =
        Database.open(
            file(),
            Options.defaults()
                .withStorage(storage.files())
                .withCloseTimeout(Duration.ofMillis(50)));
    db.update(tx -> tx.put(NAMES, 0L, "claims the file"));
    stopAtNextSync();
    Doing before = new Doing(() -> db.update(tx -> tx.put(NAMES, 1L, "before")));
    await(syncing);
    CountDownLatch led = new CountDownLatch(1);
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Doing leads =
        new Doing(
            () ->
                db.update(
                    tx -> {
                      tx.put(NAMES, 2L, "leads");
                      led.countDown();
                    }));
    await(led);
    Doing member = new Doing(() -> db.update(tx -> tx.put(NAMES, 3L, "joins"))).waits();
    Doing hangs =
        new Doing(
            () ->
                db.update(
                    tx -> {
                      runs.countDown();
                      await(end);
                    }));
    await(runs);
    Doing late = new Doing(() -> db.update(tx -> tx.put(NAMES, 4L, "late"))).waits();
    goOn.countDown();
    before.ends();
    leads.waits();
    new Doing(db::close).ends();
    late.isRefusedAsClosed();
    leads.isRefusedAsClosed();
    assertThatThrownBy(member::ends).hasRootCauseInstanceOf(IllegalStateException.class);
    end.countDown();
    assertThatThrownBy(hangs::ends).hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(open().<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(2);
  }

  @Test
  void closingDoesNotWaitForAnotherProcess() throws Exception {
    Database db = openSlowly(file(), LONG);
    db.update(tx -> tx.put(PeerJvm.DATA, 0L, new byte[1]));
    try (PeerJvm peer = PeerJvm.open(file())) {
      assertThat(peer.ask("begin")).startsWith("writing");
      peer.expect("done", "write 1 theirs");
      Doing begins = new Doing(db::beginWrite);
      Doing updates = new Doing(() -> db.update(tx -> tx.put(NAMES, 1L, "x")));
      Await.until("what others do", () -> isWaiting(begins) || isWaiting(updates));
      new Doing(db::close).ends();
      begins.isRefusedAsClosed();
      updates.isRefusedAsClosed();
      peer.expect("committed", "commit");
      peer.expect("sound", "check");
    }
    assertThat(open().<Long, RuntimeException>view(tx -> tx.count(PeerJvm.DATA))).isEqualTo(2);
  }

  private static boolean isWaiting(Doing doing) {
    return doing.thread.getState() == Thread.State.TIMED_WAITING;
  }

  @Test
  void closingReleasesASyncThatWaitsForAnotherProcess() throws Exception {
    Database db =
        Database.open(
            file(),
            Options.defaults().withCloseTimeout(LONG).withSyncInterval(Duration.ofHours(1)));
    db.update(tx -> tx.put(PeerJvm.DATA, 0L, new byte[1]));
    try (PeerJvm peer = PeerJvm.open(file())) {
      db.update(Durability.ASYNC, tx -> tx.put(PeerJvm.DATA, 1L, new byte[1]));
      assertThat(peer.ask("begin")).startsWith("writing");
      Doing syncs = new Doing(db::sync);
      Await.until("what others do", () -> isWaiting(syncs));
      new Doing(db::close).ends();
      syncs.isRefusedAsClosed();
      peer.expect("committed", "commit");
      peer.expect("sound", "check");
    }
    assertThat(open().<Long, RuntimeException>view(tx -> tx.count(PeerJvm.DATA))).isEqualTo(2);
  }

  /** The two are put on disk together, once the second one has ended. */
  @Test
  void anUpdateDoesNotWaitForItself() throws Exception {
    Database db = openHooked();
    stopAtNextSync();
    CompletableFuture<Boolean> first = db.updateAsync(tx -> tx.put(NAMES, 1L, "one"));
    await(syncing); // those that come now share the next commit
    CompletableFuture<Boolean> earlier = db.updateAsync(tx -> tx.put(NAMES, 2L, "two"));
    CompletableFuture<Boolean> dependent = earlier.thenApply(isNew -> !isNew);
    for (CompletableFuture<Boolean> awaited : List.of(earlier, dependent)) {
      assertThat(db.updateAsync(tx -> awaited.get()))
          .completesExceptionallyWithin(LONG)
          .withThrowableThat()
          .withMessageContaining("would wait for itself");
      assertThat(db.updateAsync(tx -> awaited.join()))
          .completesExceptionallyWithin(LONG)
          .withThrowableThat()
          .withMessageContaining("would wait for itself");
    }
    goOn.countDown();
    assertThat(first.get(1, TimeUnit.MINUTES)).isTrue();
    assertThat(earlier.get(1, TimeUnit.MINUTES)).isTrue();
    assertThat(dependent.get()).isFalse();
  }
}
