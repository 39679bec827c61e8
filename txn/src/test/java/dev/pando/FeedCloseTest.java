package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database is closed while a commit adds its changes to a feed. */
class FeedCloseTest extends FeedTestBase {
  private static final int ROWS = 1_500;
  private static final int ROUNDS = 5;

  private final HookedStorage storage = new HookedStorage();
  private Options options;
  private Database db;

  @BeforeEach
  void create() {
    options =
        Options.defaults()
            .withPageSize(512)
            .withSpillLimit(64 << 10)
            .withStorage(storage.files())
            .withCloseTimeout(Duration.ZERO);
    db = Database.open(file(), options);
    Feed _ = db.createFeed("f", FeedOptions.of(NAMES).withMaxBytes(1 << 20));
    db.update(this::fill);
  }

  private void fill(WriteTxn tx) {
    for (long key = 0; key < ROWS; key++) {
      tx.put(NAMES, key, "a value that is so long that the transaction spills, of key " + key);
    }
  }

  /** The commit of many changes spills, in the middle of which the database is closed. */
  private void change(WriteTxn tx) {
    tx.clear(NAMES);
    storage.beforeWrite =
        () -> {
          storage.beforeWrite = () -> {};
          Thread closing = Thread.ofPlatform().start(db::close);
          while (!db.lifecycle().hasEnded() || closing.isAlive()) {
            Thread.onSpinWait();
          }
        };
  }

  private void assertClosed(ThrowingCallable write) {
    assertThatIllegalStateException()
        .isThrownBy(write)
        .withMessage("the database is closed: " + file());
    assertThat(db.lifecycle().hasEnded()).isTrue();
  }

  private void assertUnchanged() {
    Database again = open();
    assertThat(again.count(NAMES)).isEqualTo(ROWS);
    FeedStat stat = again.changes("f").stat();
    assertThat(stat.commits()).isEqualTo(1);
    again.put(NAMES, 0L, "again");
    assertThat(again.changes("f").stat().lastTxn()).isGreaterThan(stat.lastTxn());
  }

  @Test
  void ofATransaction() {
    try (WriteTxn tx = db.beginWrite()) {
      change(tx);
      assertClosed(tx::commit);
    }
    assertUnchanged();
  }

  @Test
  void ofAFutureCommit() {
    WriteTxn tx = db.beginWrite();
    change(tx);
    assertClosed(tx::commitAsync);
    assertUnchanged();
  }

  @Test
  void ofAnUpdate() {
    assertClosed(() -> db.update(this::change));
    assertUnchanged();
  }

  @Test
  void ofAnUpdateWithoutAThread() {
    CompletableFuture<Integer> future =
        db.updateAsync(
            tx -> {
              change(tx);
              return 1;
            });
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(future::get)
        .withCauseInstanceOf(IllegalStateException.class)
        .withMessageContaining("the database is closed: " + file());
    assertUnchanged();
  }

  /** Somewhere in the commit: it reads trees, adds to others, and writes pages. */
  @Test
  void atAnyPoint() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch running = new CountDownLatch(1);
      Database now = db;
      FutureTask<Throwable> writes = new FutureTask<>(() -> untilRefused(now, running));
      Thread _ = Thread.ofPlatform().start(writes);
      running.await();
      now.close();
      assertThat(writes.get())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the database is closed: " + file());
      db = Database.open(file(), options);
    }
    assertThat(db.check().problems()).isEmpty();
    db.close();
  }

  private static Throwable untilRefused(Database db, CountDownLatch running) {
    try {
      for (long value = 0; ; value++) {
        String text = "value " + value;
        db.update(
            Durability.ASYNC,
            tx -> {
              for (long key = 0; key < ROWS; key++) {
                tx.put(NAMES, key, text);
              }
            });
        running.countDown();
      }
    } catch (Throwable e) {
      return e;
    }
  }
}
