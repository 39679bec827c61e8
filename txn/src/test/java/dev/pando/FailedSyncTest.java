package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others make of a sync that failed. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FailedSyncTest extends DatabaseTestBase {
  private final HookedStorage storage = new HookedStorage();

  private static void fail() {
    throw new StorageIoException("the disk is gone", null);
  }

  /**
   * A commit that waited for a meta slot, which a running sync kept, went on when that sync had
   * failed, without a slot: an ArrayIndexOutOfBoundsException for who wanted to write.
   */
  @Test
  void aCommitWaitsForIt() throws Exception {
    Database db =
        open(
            Options.defaults()
                .withStorage(storage.files())
                .withDurability(Durability.ASYNC)
                .withSyncInterval(Duration.ofHours(1)));
    db.update(Durability.SYNC, tx -> tx.put(NAMES, 0L, "x"));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    storage.beforeSync =
        () -> {
          syncing.countDown();
          try {
            assertThat(go.await(2, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          fail();
        };
    Thread sync =
        Thread.ofPlatform()
            .start(() -> assertThatThrownBy(db::sync).isInstanceOf(DatabaseFailedException.class));
    assertThat(syncing.await(2, TimeUnit.MINUTES)).isTrue();
    db.update(tx -> tx.put(NAMES, 2L, "x"));
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread third =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    db.update(tx -> tx.put(NAMES, 3L, "x"));
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    Await.blocked(third);
    go.countDown();
    third.join();
    sync.join();
    assertThat(failure.get()).isInstanceOf(DatabaseFailedException.class);
  }

  /**
   * After a commit whose sync had failed, {@code sync()} returned as if all were well: what was
   * acknowledged before was on disk already. Its contract is to tell of the failure.
   */
  @Test
  void syncTellsOfIt() {
    Database db = open(Options.defaults().withStorage(storage.files()));
    db.update(tx -> tx.put(NAMES, 0L, "x"));
    storage.beforeSync = FailedSyncTest::fail;
    assertThatThrownBy(() -> db.update(tx -> tx.put(NAMES, 1L, "x")))
        .isInstanceOf(DatabaseFailedException.class);
    storage.beforeSync = () -> {};
    assertThatThrownBy(db::sync).isInstanceOf(DatabaseFailedException.class);
  }

  /**
   * A large commit whose meta's sync failed left that meta in its slot. Another process reused the
   * commit's pages, died, and the next one took the commit over, whose pages nobody verifies.
   */
  @Test
  void anotherProcessGoesOnAndDies() throws Exception {
    Database db = open(Options.defaults().withStorage(storage.files()).withSpillLimit(64 << 10));
    Churn.load(db);
    Churn.run(db, 1, 1);
    AtomicInteger syncs = new AtomicInteger();
    storage.beforeSync =
        () -> {
          if (syncs.incrementAndGet() == 2) { // the pages are on disk
            fail();
          }
        };
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      for (long key = 0; key < Churn.RECORDS; key += 3) {
                        tx.put(Churn.DATA, key, new byte[90]);
                      }
                    }))
        .isInstanceOf(DatabaseFailedException.class);
    assertThat(syncs).hasValue(2);
    try (PeerJvm peer = PeerJvm.start()) {
      peer.expect("opened", "open-dying " + file() + " written 12");
      peer.tell("churn 2 1");
      assertThat(peer.answer()).isNull();
    }
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("done", "put 1 x");
      peer.expect("sound", "check");
    }
  }
}
