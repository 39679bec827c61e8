package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.readers.SlotLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Readers of one process need more slots while a commit of another process is followed. */
class FollowAndGrowTest extends DatabaseTestBase {
  private final HookedStorage locks = new HookedStorage();
  private final CountDownLatch growing = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  /**
   * Who needed slots had the lock of slots and wanted that of blocks; who followed a commit to a
   * longer file had that, and wanted the other: both waited for ever, and so did all later readers.
   */
  @Test
  void neitherWaitsForEver() throws Exception {
    Database db = open(Options.defaults().withStorage(locks.files()));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    List<ReadTxn> all = new ArrayList<>();
    for (int i = 0; i < SlotLayout.SLOTS_PER_BLOCK; i++) {
      all.add(db.beginRead());
    }
    try (PeerJvm peer = PeerJvm.open(file())) {
      peer.expect("absent", "get 1"); // it has slots now
      final Thread grower = Thread.ofPlatform().daemon().unstarted(() -> read(db));
      locks.beforeTryLock =
          () -> { // of the peer's block: perhaps it has died
            if (Thread.currentThread() == grower) {
              growing.countDown();
              await(go);
            }
          };
      grower.start();
      await(growing);
      peer.expect("done", "churn 0 1");
      Thread.sleep(1500); // commits are followed once a second
      go.countDown();
      grower.join(120_000);
      assertThat(grower.isAlive()).as("waits").isFalse();
    }
    all.forEach(ReadTxn::close);
  }

  private static void read(Database db) {
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("x");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
