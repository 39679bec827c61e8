package dev.pando.txn.follower;

import dev.pando.error.FollowerBlockedException;
import dev.pando.pager.LockWait;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Pid;
import dev.pando.txn.readers.ReaderSlots;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits until no reader of any process shows a snapshot that an increment harms. After a time it
 * ends those of this process. For the holder of the turn.
 */
final class AwaitedReaders {
  private static final long POLL_NANOS = 500_000;
  private static final long LOOK_FOR_DEAD_NANOS = 100_000_000;

  /** Time for a reader that was ended to finish its call, and to have its slot freed. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Time for readers that began just before new ones were made to wait. */
  private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Age from which a reader is waited for while new ones may begin: it is not one of the many. */
  private static final long OLD_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** A reader that is in the way; -1 for what is not known of it. */
  private record Blocker(long pid, long txnId) {}

  /** Finds a reader that is in the way; null if there is none. */
  private interface Search {
    @Nullable Blocker find();
  }

  private final DataFile file;
  private final LockFile lock;
  private final ReaderSlots readers;
  private final ReaderEnding ending;
  private final Overwrites overwrites;

  /** The newest commit. */
  private final long current;

  private final long start = System.nanoTime();
  private final long patienceNanos;
  private @Nullable Blocker found;

  AwaitedReaders(Applier follower, Overwrites overwrites, long current, long patienceNanos) {
    this.file = follower.file;
    this.lock = follower.lock;
    this.readers = follower.readers;
    this.ending = follower.ending;
    this.overwrites = overwrites;
    this.current = current;
    this.patienceNanos = patienceNanos;
  }

  private long left() {
    return Math.max(patienceNanos - (System.nanoTime() - start), 0);
  }

  /** Waits for readers that have begun before, or some time ago; new ones may begin meanwhile. */
  void awaitOld() {
    await(this::anyOld, left());
  }

  /** Waits for all readers of commits before the newest one: no more of them begin. */
  void awaitOlder() {
    await(
        () -> anyPinned(txnId -> overwrites.harm(txnId) && overwrites.isOlder(txnId)),
        Math.max(left(), LAST_NANOS));
  }

  /**
   * Waits for all readers for a short time, because new ones wait, too.
   *
   * @return false if one is left that may stay longer: new ones are to go on, until {@link
   *     #awaitOld} returns
   */
  boolean awaitAll() {
    Search search = () -> anyPinned(overwrites::harm);
    if (left() > LAST_NANOS) {
      return LockWait.until(() -> isNone(search), LAST_NANOS, POLL_NANOS);
    }
    await(search, LAST_NANOS);
    return true;
  }

  private boolean isNone(Search search) {
    readers.clearDeadEvery(LOOK_FOR_DEAD_NANOS);
    return search.find() == null;
  }

  /** Refuses readers without the lock file that have just begun. */
  void checkUnlisted() {
    Blocker blocker = unlisted();
    if (blocker != null) {
      throw blocked(blocker);
    }
  }

  private void await(Search search, long limitNanos) {
    long begin = System.nanoTime();
    while (true) {
      readers.clearDeadEvery(LOOK_FOR_DEAD_NANOS);
      Blocker blocker = search.find();
      if (blocker == null) {
        return;
      }
      long waited = System.nanoTime() - begin;
      if (waited >= limitNanos) {
        boolean isOurs = blocker.pid == Pid.OURS || blocker.pid == 0;
        if (!isOurs || waited - limitNanos >= GRACE_NANOS) {
          throw blocked(blocker);
        }
        ending.end(overwrites::harm);
      }
      LockFile.pause(POLL_NANOS);
    }
  }

  /** A reader of another process comes first: to end ours would not help. */
  private @Nullable Blocker anyOld() {
    long now = System.nanoTime();
    found = unlisted();
    readers.forEachReader(
        (pid, txnId, since) -> {
          boolean isOld = since - start <= 0 || now - since >= OLD_NANOS;
          if (isOld && overwrites.harm(txnId)) {
            note(pid, txnId);
          }
        });
    return found;
  }

  private void note(long pid, long txnId) {
    Blocker known = found;
    if (known == null || (known.pid == Pid.OURS && pid != Pid.OURS)) {
      found = new Blocker(pid, txnId);
    }
  }

  /** Unlike {@link #anyOld} this misses no reader that has forked. */
  private @Nullable Blocker anyPinned(LongPredicate harmed) {
    found = unlisted();
    long[] pin = {-1};
    readers.forEachPin(txnId -> pin[0] = harmed.test(txnId) ? txnId : pin[0]);
    if (pin[0] >= 0) {
      readers.forEachReader(
          (pid, txnId, _) -> {
            if (harmed.test(txnId)) {
              note(pid, txnId);
            }
          });
      note(0, pin[0]); // unless one of them is named
    }
    return found;
  }

  private @Nullable Blocker unlisted() {
    long from =
        Math.min(
            lock.unlistedFrom(file.file().hasReaders(), current),
            lock.members().lowestFloorOfOthers());
    return overwrites.harmUnlisted(from) ? new Blocker(-1, -1) : null;
  }

  private FollowerBlockedException blocked(Blocker blocker) {
    String who =
        blocker.pid > 0
            ? "a reader of process %d on transaction %d".formatted(blocker.pid, blocker.txnId)
            : "a reader of a process that cannot write the lock file";
    return new FollowerBlockedException(
        blocker.pid > 0 ? blocker.pid : -1,
        blocker.txnId,
        "%s: %s shows pages that the increment overwrites, so it was not applied; let the reader end, and apply an increment again, or allow more time"
            .formatted(file.name(), who));
  }
}
