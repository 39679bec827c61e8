package dev.pando.txn;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageException;
import java.lang.System.Logger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts commits on disk that did not wait for it: some time after the first of them, or when they
 * are many bytes. Its thread begins with the first such commit. Thread-safe.
 */
final class BackgroundSync {
  private static final Logger LOG = System.getLogger(BackgroundSync.class.getName());

  private final Runnable sync;
  private final String name;
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
   */
  BackgroundSync(Runnable sync, String name, Options options) {
    this.sync = sync;
    this.name = name;
    this.intervalNanos = options.syncInterval().toNanos();
    this.mostBytes = options.syncBytes();
  }

  /** A commit of so many bytes is not on disk. */
  void committed(long more) {
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
      if (thread == null) {
        thread = Thread.ofPlatform().daemon().name("pando-sync").start(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        syncNow();
      }
    } catch (DatabaseFailedException | IllegalStateException e) {
      // Later commits are refused, and say so to those who want them.
      LOG.log(Logger.Level.ERROR, name + ": commits could not be put on disk", e);
    }
  }

  private void syncNow() {
    try {
      sync.run();
    } catch (DatabaseFailedException e) {
      throw e;
    } catch (StorageException e) {
      LOG.log(Logger.Level.WARNING, name + ": commits are put on disk later", e);
      committed(0); // the sync has not begun: tries again
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
      return !closed; // nobody should; an early sync does no harm
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
