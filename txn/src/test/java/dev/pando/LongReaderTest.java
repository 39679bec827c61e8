package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.txn.file.Pid;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers and writers that stay open, or are forgotten. */
@Tag("proof")
class LongReaderTest extends DatabaseTestBase {
  @Test
  void showThemselves() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm peer = PeerJvm.open(file());
        ReadTxn ours = db.beginRead()) {
      long first = ours.txnId();
      Churn.run(db, 1, 2);
      assertThat(peer.ask("hold a")).startsWith("holds");
      long second = db.stat().txnId();
      db.update(tx -> tx.put(NAMES, 1L, "x"));
      Duration least = Duration.ofMillis(100);
      Await.until("its age", () -> db.readers().getLast().age().compareTo(least) >= 0);
      List<OpenReader> readers = db.readers();
      assertThat(readers).extracting(OpenReader::txnId).containsExactly(first, second);
      assertThat(readers).extracting(OpenReader::pid).containsExactly(Pid.OURS, peer.pid());
      assertThat(readers.get(0).pagesHeld()).isGreaterThan(400);
      assertThat(readers.get(1).pagesHeld()).isBetween(1L, 20L);
      assertThat(readers.get(0).age()).isGreaterThanOrEqualTo(readers.get(1).age());
      assertThat(readers.get(1).age()).isBetween(least, Duration.ofMinutes(2));
      assertThat(readers.get(1).processStart()).isNotNull();
      Stat stat = db.stat();
      assertThat(stat.readers()).isEqualTo(2);
      assertThat(stat.oldestReaderTxn()).isEqualTo(first);
      assertThat(stat.oldestReaderAge()).isGreaterThanOrEqualTo(readers.get(1).age());
      assertThat(stat.heldPages())
          .isEqualTo(readers.get(0).pagesHeld() + readers.get(1).pagesHeld());
    }
    assertThat(db.readers()).isEmpty();
    assertThat(db.stat().heldPages()).isZero();
    assertThat(db.stat().oldestReaderAge()).isZero();
  }

  @Test
  void areToldOfOnce() {
    List<LongReader> told = new CopyOnWriteArrayList<>();
    Database db =
        open(
            Options.defaults()
                .withReaderWarning(Duration.ofMillis(200))
                .withReaderListener(told::add)
                .withLeakTracking(true));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    try (ReadTxn tx = db.beginRead()) {
      Await.until("a warning", () -> !told.isEmpty());
      Await.ticks(3);
      assertThat(told).hasSize(1);
      assertThat(told.getFirst().ended()).isFalse();
      assertThat(told.getFirst().txnId()).isEqualTo(tx.txnId());
      assertThat(told.getFirst().age()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
      assertThat(told.getFirst().openedAt()).isNotNull();
      assertThat(told.getFirst().openedAt().getStackTrace())
          .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("areToldOfOnce"));
      assertThat(tx.get(NAMES, 1L)).isEqualTo("x");
    }
  }

  @Test
  void areEndedIfThereIsALimit() {
    Database loading = open();
    Churn.load(loading);
    final long loaded = loading.stat().pageCount();
    closeChecked(loading);
    List<LongReader> told = new CopyOnWriteArrayList<>();
    Database db =
        open(
            Options.defaults()
                .withReaderLimit(Duration.ofSeconds(3))
                .withReaderListener(told::add));
    ReadTxn tx = db.beginRead();
    View view = new View();
    assertThat(tx.raw(Churn.DATA).get(new byte[8], view)).isTrue();
    RawCursor cursor = tx.raw(Churn.DATA).cursor();
    assertThat(cursor.first()).isTrue();
    Await.until("a warning", () -> !told.isEmpty());
    assertThat(told.getFirst().ended()).isTrue();
    String reason = "open longer than Options.withReaderLimit";
    assertThatThrownBy(() -> tx.count(Churn.DATA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(reason);
    assertThatThrownBy(cursor::next).hasMessageContaining(reason);
    assertThatThrownBy(view::length).hasMessageContaining(reason);
    assertThat(tx.isOpen()).isFalse();
    tx.close();
    Await.until("no reader", () -> db.stat().readers() == 0);
    Churn.run(db, 1, 5);
    assertThat(db.stat().pageCount()).isLessThan(2 * loaded + loaded / 2);
    try (ReadTxn young = db.beginRead()) {
      assertThat(young.count(Churn.DATA)).isEqualTo(Churn.RECORDS);
    }
    tx.close(); // once more: its slot may be another's
    assertThat(db.stat().readers()).isZero();
  }

  @Test
  void forgottenTransactionsAreEndedAndToldOf() throws Exception {
    String output =
        ChildJvm.run(
            List.of(
                "-ea",
                "-cp",
                ChildJvm.classPath(),
                LeakingChild.class.getName(),
                file().toString()));
    assertThat(output)
        .contains("read transaction on snapshot", "was never closed, it was opened at:")
        .contains("LeakingChild.forgetReader", "write transaction", "LeakingChild.forgetWriter")
        .contains("the turn has come back to 1");
    assertThat(open().<Long, RuntimeException>view(tx -> tx.count(NAMES))).isEqualTo(1);
  }

  @Test
  void waitingForCommits() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    long known = db.stat().txnId();
    assertThat(db.awaitCommit(known, Duration.ZERO)).isEqualTo(known);
    assertThat(db.awaitCommit(known, Duration.ofMillis(30))).isEqualTo(known);
    assertThat(db.awaitCommit(0, Duration.ofMinutes(2))).isEqualTo(known);
    Thread ours = Thread.startVirtualThread(() -> db.update(tx -> tx.put(NAMES, 2L, "y")));
    assertThat(db.awaitCommit(known, Duration.ofMinutes(2))).isGreaterThan(known);
    ours.join();
    try (PeerJvm peer = PeerJvm.open(file())) {
      long seen = db.stat().txnId();
      for (int i = 0; i < 20; i++) {
        peer.tell("put 1 v" + i);
        long next = db.awaitCommit(seen, Duration.ofMinutes(2));
        assertThat(next).isGreaterThan(seen);
        seen = next;
        assertThat(peer.answer()).isEqualTo("done");
      }
    }
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> db.awaitCommit(Long.MAX_VALUE, Duration.ofMinutes(2)))
        .isInstanceOf(InterruptedException.class);
    Thread closer = Thread.startVirtualThread(db::close);
    assertThatThrownBy(() -> db.awaitCommit(Long.MAX_VALUE, Duration.ofMinutes(2)))
        .isInstanceOf(IllegalStateException.class);
    closer.join();
  }

  /**
   * A reader that was ended for its age and never closed was later told of as forgotten, and freed
   * its slot once more, which another reader had by then: nothing kept that one's pages.
   */
  @Test
  void whatWasEndedFreesNoOther() {
    Database db =
        open(
            Options.defaults()
                .withReaderLimit(Duration.ofMillis(1500))
                .withReaderWarning(null)
                .withLeakTracking(true));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    beginAndForget(db);
    Await.until("no reader", () -> db.stat().readers() == 0);
    try (ReadTxn young = db.beginRead()) {
      for (int i = 0; i < 5 && young.isOpen(); i++) { // it has a second after its end
        assertThat(db.stat().readers()).isEqualTo(1);
        System.gc();
        Await.ticks(1);
      }
    }
  }

  private static void beginAndForget(Database db) {
    ReadTxn forgotten = db.beginRead();
    Await.until("the end of the reader", () -> !forgotten.isOpen());
  }

  /**
   * While a reader waited for the meta of a commit of another process, its slot still had the time
   * at which the reader before had begun: people were told that it is open for long.
   */
  @Test
  void anAgeIsNotThatOfTheReaderBefore() throws Exception {
    List<LongReader> told = new CopyOnWriteArrayList<>();
    HookedStorage storage = new HookedStorage();
    Database db =
        open(
            Options.defaults()
                .withStorage(storage.files())
                .withReaderWarning(Duration.ofSeconds(2))
                .withReaderListener(told::add));
    db.beginRead().close();
    Thread.sleep(2300);
    try (PeerJvm peer = PeerJvm.open(file())) {
      Thread mine = Thread.currentThread();
      storage.beforeRead =
          () -> {
            if (Thread.currentThread() == mine) {
              LockSupport.parkNanos(700_000_000);
            }
          };
      for (int i = 0; i < 3; i++) {
        peer.expect("done", "put 1 v" + i);
        db.beginRead().close();
      }
      storage.beforeRead = () -> {};
    }
    assertThat(told).isEmpty();
  }
}
