package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageIoException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others make of a sync that failed. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
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
                .withStorage(storage)
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
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          fail();
        };
    Thread sync =
        Thread.ofPlatform()
            .start(() -> assertThatThrownBy(db::sync).isInstanceOf(DatabaseFailedException.class));
    assertThat(syncing.await(20, TimeUnit.SECONDS)).isTrue();
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
    Thread.sleep(200);
    go.countDown();
    third.join();
    sync.join();
    assertThat(failure.get()).isInstanceOf(DatabaseFailedException.class);
  }
}
