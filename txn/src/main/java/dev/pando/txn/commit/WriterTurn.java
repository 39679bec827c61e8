package dev.pando.txn.commit;

import dev.pando.txn.file.LockFile;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The turn to write. Inside the process one transaction has it, and others wait in the order in
 * which they came. It belongs to a transaction, not to a thread, so another thread may give it
 * back. An interrupt does not end the wait, and stays set. Closing the database ends it with an
 * exception.
 *
 * <p>Among processes, the one that holds the writer lock of the lock file writes. It keeps the lock
 * from the beginning of a turn until the commit is on disk, and longer if its next turn begins
 * before that. When another process waits, it keeps the lock for at most {@link #SLICE_NANOS} at a
 * stretch.
 */
public final class WriterTurn {
  /** Nanoseconds after which another process that waits gets the lock. */
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** The time that the waiting process has to notice; it may have died. */
  private static final long HANDOVER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long FIRST_POLL_NANOS = 20_000;
  private static final long LAST_POLL_NANOS = 1_000_000;

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE / 4);

  private final ClosableLock turn;
  private final LockFile lock;
  private final WriterWatch watch;
  private final TurnHolder holder;

  /** Turns that were taken and whose commits are not on disk yet; guarded by this. */
  private int holds;

  /** Whether the process has the lock, even without a turn if it could not be freed. */
  private boolean locked;

  private long lockedSince;

  /** The thread that runs a closure with the turn. */
  private volatile @Nullable Thread closure;

  /**
   * A free turn.
   *
   * @param watch gets the threads that wait
   * @param closed the exception for threads that wait when the database is closed
   */
  WriterTurn(LockFile lock, WriterWatch watch, Supplier<? extends RuntimeException> closed) {
    this.lock = lock;
    this.watch = watch;
    this.holder = watch.holder();
    this.turn = new ClosableLock(true, closed);
  }

  /**
   * Refuses a thread that would wait for itself: it runs an update's closure, or has used the open
   * transaction last. If another thread has used that since, it may end it, and the wait ends.
   */
  public void checkNotNested() {
    checkNoClosure();
    if (holder.isCaller()) {
      throw new IllegalStateException(
          "a second write transaction on the same thread would wait for itself: transaction "
              + holder.txnId()
              + " is open, of "
              + holder.describe()
              + "; commit or close that one first, or let the thread that is to end it use it first",
          holder.openedAt());
    }
  }

  /** As {@link #checkNotNested}, for a wait that ends by itself. */
  private void checkNoClosure() {
    if (runsClosureHere()) {
      throw new IllegalStateException(
          "a write transaction inside update on the same thread would wait for itself; use the"
              + " transaction that update hands to you");
    }
  }

  /** Whether the calling thread runs an update's closure. */
  public boolean runsClosureHere() {
    return closure == Thread.currentThread();
  }

  /** The transaction that has the turn. */
  public TurnHolder holder() {
    return holder;
  }

  void take() {
    if (!turn.tryLock()) {
      WriterWatch.Wait wait = watch.waits();
      try {
        turn.lock();
      } finally {
        watch.goesOn(wait);
      }
    }
    boolean locked = lockOrGiveBack(System.nanoTime() + FOR_EVER.toNanos());
    assert locked : "after centuries";
  }

  /** As {@link #take}, with a limit; false if it passed. */
  boolean tryTake(Duration limit) {
    checkNoClosure();
    long nanos = limit.compareTo(FOR_EVER) < 0 ? limit.toNanos() : FOR_EVER.toNanos();
    long end = System.nanoTime() + nanos;
    return turn.tryLock(nanos) && lockOrGiveBack(end);
  }

  /** Whether a transaction of this process has the turn, or is about to begin. */
  public boolean isTaken() {
    return turn.isLocked();
  }

  /** Threads that wait, and those that come, get an exception: the database is being closed. */
  public void close() {
    turn.close(ClosableLock.ENDED);
  }

  private boolean lockOrGiveBack(long end) {
    boolean locked = false;
    try {
      locked = lockProcess(end);
      return locked;
    } finally {
      if (!locked) {
        turn.unlock();
      }
    }
  }

  // ---- among processes; the caller has the turn

  private boolean lockProcess(long end) {
    if (joinRunning()) {
      return true;
    }
    giveWay(end);
    if (!hold() && !awaitProcess(end)) {
      return false;
    }
    boolean withdrawn = false;
    try {
      lock.withdrawWriter(lock.session()); // fails if a program has truncated the lock file
      withdrawn = true;
    } finally {
      if (!withdrawn) {
        leave();
      }
    }
    return true;
  }

  /** Another process has the lock. */
  private boolean awaitProcess(long end) {
    WriterWatch.Wait wait = watch.waits(true);
    boolean held = false;
    try {
      long poll = FIRST_POLL_NANOS;
      do {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        turn.checkOpen();
        lock.announceWriter();
        LockFile.pause(Math.min(poll, left));
        poll = Math.min(2 * poll, LAST_POLL_NANOS);
        held = hold();
      } while (!held);
      return true;
    } finally {
      watch.goesOn(wait);
      if (!held) {
        lock.withdrawWriter(lock.session());
      }
    }
  }

  /** Holds the process's lock again, or takes it; false if another process has it. */
  synchronized boolean hold() {
    if (holds == 0) {
      if (!locked && !lock.tryLockWriter()) {
        return false;
      }
      locked = true;
      lockedSince = System.nanoTime();
    }
    holds++;
    return true;
  }

  /** Reuses a lock that an earlier turn still holds, unless another process is due. */
  private synchronized boolean joinRunning() {
    if (holds > 0 && (lock.nextWriter() == 0 || System.nanoTime() - lockedSince < SLICE_NANOS)) {
      holds++;
      return true;
    }
    boolean interrupted = false;
    while (holds > 0) { // the commits under way end soon
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /** Lets the process that waits have the lock, if it is alive. */
  private void giveWay(long end) {
    long waiting = lock.nextWriter();
    if (waiting != 0 && waiting != lock.session()) {
      long patience = Math.min(end, System.nanoTime() + HANDOVER_NANOS);
      while (lock.nextWriter() == waiting && System.nanoTime() - patience < 0) {
        LockFile.pause(FIRST_POLL_NANOS);
      }
      lock.withdrawWriter(waiting);
    }
  }

  /** The next transaction of this process may begin. */
  void giveBack() {
    holder.ends();
    turn.unlock();
  }

  /** What the turn wrote is on disk, or given up: the lock is free unless other turns hold it. */
  synchronized void leave() {
    if (--holds == 0) {
      notifyAll();
      lock.unlockWriter(); // or, if that fails, the next turn goes on with the lock
      locked = false;
    }
  }

  /** A closure begins; the caller has the turn. */
  public void closureBegins(Object body) {
    closure = Thread.currentThread();
    holder.runs(body);
  }

  public void closureEnds() {
    closure = null;
  }
}
