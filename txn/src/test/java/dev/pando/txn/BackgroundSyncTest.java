package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.error.StorageIoException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Commits that nobody waits for reach the disk all the same. */
class BackgroundSyncTest extends DatabaseTestBase {
  private final HookedLocks storage = new HookedLocks();
  private final AtomicInteger failures = new AtomicInteger();

  /**
   * The thread that syncs could not take the lock of writers once, and ended: no later commit was
   * ever put on disk by time or size.
   */
  @Test
  void aLockThatCannotBeTakenNow() throws Exception {
    Database db =
        open(
            Options.defaults()
                .withStorage(storage)
                .withDurability(Durability.ASYNC)
                .withSyncInterval(Duration.ofMillis(20)));
    db.update(Durability.SYNC, tx -> tx.put(NAMES, 1L, "x"));
    storage.beforeTryLock =
        () -> {
          if (Thread.currentThread().getName().equals("pando-sync")) {
            storage.beforeTryLock = () -> {};
            failures.incrementAndGet();
            throw new StorageIoException("no locks available", null);
          }
        };
    final long before = storage.syncs.get();
    db.update(tx -> tx.put(NAMES, 2L, "y"));
    for (int i = 0; i < 6000 && storage.syncs.get() == before; i++) {
      Thread.sleep(10);
    }
    assertThat(failures).hasValue(1);
    assertThat(storage.syncs).hasValueGreaterThan(before);
  }
}
