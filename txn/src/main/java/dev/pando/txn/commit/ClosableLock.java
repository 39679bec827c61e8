package dev.pando.txn.commit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.function.Supplier;

/**
 * A lock that can be closed: closing it releases the threads that wait, with an exception. It
 * belongs to no thread, so another thread may unlock it, and it is not reentrant. An interrupt does
 * not end a wait, and stays set.
 */
public final class ClosableLock {
  private static final int OPEN = 0;

  /** Only a thread that finishes a begun commit gets the lock. */
  public static final int CLOSING = 1;

  /** No thread gets the lock any more. */
  public static final int ENDED = 2;

  private static final int UNLOCK = 0;
  private static final int PASS_ON = 1;

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Sync sync;

  /**
   * An open lock.
   *
   * @param fair whether threads get it in the order in which they came; otherwise one that comes
   *     just now may be faster
   * @param closed the exception for threads that are released
   */
  public ClosableLock(boolean fair, Supplier<? extends RuntimeException> closed) {
    this.sync = new Sync(fair, closed);
  }

  /** Waits for the lock. */
  public void lock() {
    sync.acquire(CLOSING);
  }

  /** As {@link #lock}, but closing does not release the thread before the end. */
  public void lockToFinish() {
    boolean locked = false;
    while (!locked) {
      if (sync.state >= CLOSING) { // threads that wait after this one are released meanwhile
        locked = tryLock(ENDED, RETRY_NANOS);
      } else {
        locked = lockUnlessClosing();
      }
    }
  }

  private boolean lockUnlessClosing() {
    try {
      sync.acquire(CLOSING);
      return true;
    } catch (RuntimeException e) {
      if (sync.state == OPEN) {
        throw e;
      }
      return false;
    }
  }

  /** Takes the lock if it is free and no thread waits for it. */
  public boolean tryLock() {
    return sync.tryAcquire(CLOSING);
  }

  /** Waits no longer than a limit; false if the lock was not free in that time. */
  boolean tryLock(long nanos) {
    return tryLock(CLOSING, nanos);
  }

  private boolean tryLock(int until, long nanos) {
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return sync.tryAcquireNanos(until, end - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Gives the lock to the next thread. */
  public void unlock() {
    boolean _ = sync.release(UNLOCK);
  }

  boolean isLocked() {
    return sync.isLocked();
  }

  /** Throws if a thread that waited now would be released. */
  void checkOpen() {
    sync.check(CLOSING);
  }

  /**
   * Releases the threads that wait, and refuses those that come.
   *
   * @param state {@link #CLOSING} or {@link #ENDED}
   */
  public void close(int state) {
    sync.state = state;
    boolean _ = sync.release(PASS_ON); // each that leaves the queue wakes the next one
  }

  private static final class Sync extends AbstractQueuedSynchronizer {
    private static final long serialVersionUID = 1;

    private final boolean fair;
    private final transient Supplier<? extends RuntimeException> closed;
    private volatile int state = OPEN;

    Sync(boolean fair, Supplier<? extends RuntimeException> closed) {
      this.fair = fair;
      this.closed = closed;
    }

    void check(int until) {
      if (state >= until) {
        throw closed.get();
      }
    }

    boolean isLocked() {
      return getState() != 0;
    }

    @Override
    protected boolean tryAcquire(int until) {
      check(until);
      return getState() == 0 && !(fair && hasQueuedPredecessors()) && compareAndSetState(0, 1);
    }

    @Override
    protected boolean tryRelease(int what) {
      if (what == UNLOCK) {
        setState(0);
      }
      return true;
    }
  }
}
