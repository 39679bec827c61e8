package dev.pando.txn.commit;

import dev.pando.txn.events.Change;
import dev.pando.txn.events.Counters;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import java.util.function.LongSupplier;

/** Syncs all commits that readers may see, of this process and of others. */
final class FullSync {
  private static final long POLL_NANOS = 500_000;

  private final Lifecycle lifecycle;
  private final DataFile file;
  private final LockFile lock;
  private final WriterTurn turn;
  private final MetaWriter metas;
  private final LongSupplier newest;

  /** {@code newest} gives the newest commit that a sync puts on disk; called with the turn. */
  FullSync(
      Lifecycle lifecycle,
      DataFile file,
      LockFile lock,
      WriterTurn turn,
      MetaWriter metas,
      LongSupplier newest) {
    this.lifecycle = lifecycle;
    this.file = file;
    this.lock = lock;
    this.turn = turn;
    this.metas = metas;
    this.newest = newest;
  }

  /** Syncs all commits that are visible to readers; an exception if the database is closed. */
  void run() {
    run(Long.MAX_VALUE);
  }

  /** As {@link #run()}, but waits for transactions of other processes for so long only. */
  void run(long patienceNanos) {
    file.failure().check();
    long wanted = lock.current();
    long begin = System.nanoTime();
    while (lock.durable() < wanted) {
      if (turn.hold()) {
        try {
          metas.sync(newest);
        } finally {
          turn.leave();
        }
      } else {
        lifecycle.checkAccepting();
        if (System.nanoTime() - begin > patienceNanos) {
          return;
        }
        LockFile.pause(POLL_NANOS); // another process writes: its commit puts ours on disk
      }
    }
  }

  /**
   * Syncs as {@link #run}, in the background. Most pages go to the disk before a commit is named
   * that is being synced: that one needs a meta slot, and other commits would soon wait for
   * another.
   */
  void checkpoint() {
    Counters counters = file.counters();
    long before = lock.durable();
    Change checkpoint = counters.checkpointBegins();
    if (lock.log().logged() > before) {
      file.syncEarly();
    }
    run();
    counters.checkpointed(checkpoint, before, lock.durable());
  }
}
