package dev.pando.txn.commit;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageException;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Settings;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Syncs commits that did not wait for it: some time after the first of them, or when they have
 * written many bytes. Its thread begins with the first such commit. Thread-safe.
 */
final class BackgroundSync {
  private static final Logger LOG = System.getLogger(BackgroundSync.class.getName());

  private final Runnable sync;
  private final BooleanSupplier isClosed;
  private final String name;

  /** Whether commits are synced without being asked for. */
  private final boolean isOn;

  private final long intervalNanos;
  private final long mostBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Thread thread;
  private boolean waiting;
  private long since;
  private long bytes;
  private boolean closed;

  /**
   * No thread yet.
   *
   * @param sync puts all commits on disk
   * @param isClosed whether the database is being closed
   */
  BackgroundSync(Runnable sync, BooleanSupplier isClosed, String name, Settings settings) {
    this.sync = sync;
    this.isClosed = isClosed;
    this.name = name;
    Duration interval = settings.syncInterval();
    this.isOn = interval != null;
    this.intervalNanos = interval == null ? Long.MAX_VALUE : interval.toNanos();
    this.mostBytes = settings.syncBytes();
  }

  /** A commit of so many bytes is not on disk, or its record in the commit log alone. */
  void committed(long more) {
    if (!isOn) {
      return;
    }
    lock.lock();
    try {
      if (closed) {
        return;
      }
      bytes += more;
      if (!waiting) {
        waiting = true;
        since = System.nanoTime();
        changed.signal();
      } else if (bytes >= mostBytes) {
        changed.signal();
      }
      if (thread == null || !thread.isAlive()) {
        startThread();
      }
    } finally {
      lock.unlock();
    }
  }

  private void startThread() {
    try {
      thread = Thread.ofPlatform().daemon().name("pando-sync").start(this::run);
    } catch (Throwable e) { // no memory: the commit is kept, and the next one tries again
      complain(Logger.Level.WARNING, "no thread could be started that syncs", e);
    }
  }

  private void run() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = awaitWork() && syncNow();
      } catch (Throwable e) { // no memory, or a fault of ours: the commits are still to be synced
        complain(Logger.Level.ERROR, "commits are not on disk yet; tries again", e);
        goesOn = tryAgain();
      }
    }
  }

  /** False if no later sync can succeed. */
  private boolean syncNow() {
    try {
      sync.run();
      return true;
    } catch (DatabaseFailedException e) {
      // Later commits are refused with an exception.
      complain(Logger.Level.ERROR, "commits could not be put on disk", e);
      return false;
    } catch (StorageException e) {
      complain(Logger.Level.WARNING, "commits are put on disk later", e);
      return tryAgain(); // the sync has not begun
    } catch (IllegalStateException e) {
      if (isClosed.getAsBoolean()) {
        return false; // closing syncs, or another process, which writes, will
      }
      throw e;
    }
  }

  /** A sync is due again, an interval later; false at the end. */
  private boolean tryAgain() {
    lock.lock();
    try {
      waiting = true;
      since = System.nanoTime();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void complain(Logger.Level level, String what, Throwable e) {
    try {
      LOG.log(level, name + ": " + what, e);
    } catch (Throwable again) {
      // The next failure is logged when there is memory to do so.
    }
  }

  /** False at the end. */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (!closed && !isDue()) {
        if (waiting) {
          long _ = changed.awaitNanos(since + intervalNanos - System.nanoTime());
        } else {
          changed.awaitUninterruptibly();
        }
      }
      waiting = false;
      bytes = 0;
      return !closed;
    } catch (InterruptedException e) {
      return !closed; // unexpected; an early sync does no harm
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue() {
    return waiting && (bytes >= mostBytes || System.nanoTime() - since >= intervalNanos);
  }

  /** No sync begins after this; one that runs comes to its end. */
  void close() {
    Thread running;
    lock.lock();
    try {
      closed = true;
      changed.signal();
      running = thread;
    } finally {
      lock.unlock();
    }
    while (running != null && running.isAlive()) {
      LockFile.pause(100_000);
    }
  }
}
