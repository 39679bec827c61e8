package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Readers that begin while a commit is being synced, and the transaction after that has begun. */
class CommitUnderWayTest extends DatabaseTestBase {
  private final HookedStorage storage = new HookedStorage();
  private final CountDownLatch syncing = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  private Database openAsync() {
    return open(
        Options.defaults()
            .withStorage(storage.files())
            .withDurability(Durability.ASYNC)
            .withSyncInterval(Duration.ofHours(1)));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs a commit on another thread up to its sync. */
  private Thread stopInSync(Runnable commit) {
    storage.beforeSync =
        () -> {
          storage.beforeSync = () -> {};
          syncing.countDown();
          await(go);
        };
    Thread thread = Thread.ofPlatform().start(commit);
    await(syncing);
    return thread;
  }

  private static void overwrite(WriteTxn tx, int mark) {
    for (long key = 0; key < 2000; key++) {
      tx.put(Churn.DATA, key, new byte[100 + mark]);
    }
  }

  @Test
  void aReaderBeginsOnTheOneBefore() throws Exception {
    Database db = openAsync();
    db.update(Durability.SYNC, tx -> overwrite(tx, 1));
    db.update(tx -> overwrite(tx, 2)); // may be read, but is not on disk: nothing else pins it
    final Thread committer = stopInSync(() -> db.update(Durability.SYNC, tx -> overwrite(tx, 3)));
    try (WriteTxn next = db.beginWrite()) {
      try (ReadTxn tx = db.beginRead()) {
        final long sum = Churn.sum(tx);
        assertThat(tx.txnId()).isLessThan(next.snapshot().txnId());
        go.countDown();
        overwrite(next, 4);
        next.commit();
        assertThat(Churn.sum(tx)).isEqualTo(sum);
        db.update(later -> overwrite(later, 5));
        assertThat(Churn.sum(tx)).isEqualTo(sum);
      }
    }
    committer.join();
  }

  @Test
  void aReaderBeginsOnANamedSnapshotThatIsBeingDropped() throws Exception {
    Database db = openAsync();
    db.update(tx -> overwrite(tx, 1));
    db.snapshots().create("old");
    db.update(tx -> overwrite(tx, 2));
    db.update(tx -> overwrite(tx, 3));
    db.sync();
    final Thread committer = stopInSync(() -> db.snapshots().drop("old"));
    try (WriteTxn next = db.beginWrite()) {
      try (ReadTxn tx = db.snapshots().open("old")) {
        final long sum = Churn.sum(tx);
        go.countDown();
        overwrite(next, 4);
        next.commit();
        assertThat(Churn.sum(tx)).isEqualTo(sum);
        db.update(later -> overwrite(later, 5));
        assertThat(Churn.sum(tx)).isEqualTo(sum);
      }
    }
    committer.join();
  }

  /**
   * A reader that met a commit between its two steps of publication made a snapshot of its own of
   * it, on the map of the transaction under way, which unmapped it at its end.
   */
  @Test
  void aReaderMeetsACommitThatIsBeingPublished() throws Exception {
    Database db = open(Options.defaults().withStorage(storage.files()).withSpillLimit(64 << 10));
    db.update(tx -> overwrite(tx, 1));
    final long before = db.stat().txnId();
    final Thread committer = stopInSync(() -> db.update(tx -> tx.put(NAMES, 1L, "x")));
    WriteTxn next = db.beginWrite();
    spillAndRead(next, 10_000);
    ReadTxn reader;
    synchronized (publication(db)) { // stops the committer where it shows its commit
      go.countDown();
      long _ = db.awaitCommit(before, Duration.ofMillis(500));
      reader = db.beginRead();
    }
    committer.join();
    spillAndRead(next, 20_000);
    next.close();
    try (reader) {
      assertThat(reader.get(Churn.DATA, 7L)).hasSize(101);
    }
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("x");
  }

  private static void spillAndRead(WriteTxn tx, long from) {
    for (long key = from; key < from + 10_000; key++) {
      tx.put(Churn.DATA, key, new byte[500]);
    }
    for (long key = from; key < from + 10_000; key++) {
      assertThat(tx.get(Churn.DATA, key)).hasSize(500);
    }
  }

  private static Object publication(Database db) throws ReflectiveOperationException {
    var field = Database.class.getDeclaredField("publication");
    field.setAccessible(true);
    return field.get(db);
  }

  /**
   * An update that looked at all pages waited for the commit that it shared, whose leader waited
   * for the update to end: for ever.
   */
  @Test
  void anUpdateThatSharesACommitChecks() throws Exception {
    Database db = open(Options.defaults().withStorage(storage.files()));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    final Thread first = stopInSync(() -> db.update(tx -> tx.put(NAMES, 2L, "y")));
    CountDownLatch led = new CountDownLatch(1);
    final Thread leader = Thread.ofPlatform().start(() -> db.update(tx -> led.countDown()));
    await(led);
    CountDownLatch joined = new CountDownLatch(1);
    AtomicReference<CheckReport> report = new AtomicReference<>();
    Thread joiner =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    db.update(
                        tx -> {
                          tx.put(NAMES, 3L, "z");
                          joined.countDown();
                          pause(300);
                          report.set(db.check());
                        }));
    await(joined);
    go.countDown();
    first.join();
    joiner.join(120_000);
    assertThat(joiner.isAlive()).as("waits").isFalse();
    leader.join();
    assertThat(report.get().throwIfBad()).isNotNull();
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 3L))).isEqualTo("z");
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
