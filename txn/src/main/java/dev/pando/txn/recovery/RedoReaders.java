package dev.pando.txn.recovery;

import dev.pando.error.FollowerBlockedException;
import dev.pando.pager.LockWait;
import dev.pando.pager.PageFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.ReaderSlots;
import java.util.concurrent.TimeUnit;

/**
 * Readers of the commit before a mark. There are some if the process that wrote the mark could not
 * sync it, and let them go on. A redo overwrites what they show, so it waits for their end. For the
 * holder of the turn.
 */
final class RedoReaders {
  /** Other processes that open the file wait so long, too. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long LOOK_FOR_DEAD_NANOS = 100_000_000;
  private static final long POLL_NANOS = 1_000_000;

  private final PageFile file;
  private final LockFile lock;

  /** For scans: it has no slot of its own. */
  private final ReaderSlots slots;

  /** The last reader that was found; -1 for what is not known of it. */
  private long pid;

  private long pin;

  RedoReaders(PageFile file, LockFile lock) {
    this.file = file;
    this.lock = lock;
    this.slots =
        new ReaderSlots(
            lock,
            () -> {
              throw new IllegalStateException("a redo reads nothing");
            });
  }

  /**
   * Returns when no process reads a commit before the mark. New readers wait for its commit.
   *
   * @param mark its transaction
   * @throws FollowerBlockedException if a reader remains; readers go on then as before
   */
  void awaitNone(long mark) {
    if (lock.alone()) {
      await(this::hasUnlisted);
      return;
    }
    long before = lock.current();
    lock.setLastUsed(Math.max(lock.lastUsed(), mark));
    lock.setCurrent(mark); // as Publication.hold
    boolean none = false;
    try {
      await(() -> isRead(mark));
      none = true;
    } finally {
      if (!none) {
        lock.setCurrent(before);
      }
    }
  }

  private interface Search {
    boolean finds();
  }

  private void await(Search search) {
    if (!LockWait.until(() -> !search.finds(), PATIENCE_NANOS, POLL_NANOS)) {
      String who =
          pid < 0
              ? "a reader of a process that is not listed in the lock file"
              : "a reader of process %d on transaction %d".formatted(pid, pin);
      throw new FollowerBlockedException(
          pid,
          pin,
          "%s: %s shows pages that an increment overwrites, which was begun and is to be completed; let the reader end, and open the follower again"
              .formatted(file.path(), who));
    }
  }

  /** A reader without the lock file that comes later sees the mark. */
  private boolean hasUnlisted() {
    pid = -1;
    pin = -1;
    return file.hasReaders();
  }

  private boolean isRead(long mark) {
    if (hasUnlisted()) {
      return true;
    }
    slots.clearDeadEvery(LOOK_FOR_DEAD_NANOS);
    slots.forEachPin(txnId -> pin = txnId < mark ? txnId : pin);
    if (pin < 0) {
      return lock.members().lowestFloor() < mark;
    }
    slots.forEachReader((process, txnId, _) -> pid = txnId == pin ? process : pid);
    return true;
  }
}
