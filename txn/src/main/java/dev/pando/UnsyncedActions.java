package dev.pando;

import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.LockFile;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * What is to run when commits are on disk that did not wait for it. This begins no sync. It looks
 * ten times a second whether one is over, of this process or of another. Thread-safe.
 *
 * <p>See DECISIONS.md, 'Actions after a commit'.
 */
final class UnsyncedActions implements Housekeeping.Task {
  /** An action, and the newest commit that was visible when it came. */
  private record Waiting(long txnId, Runnable action) {}

  private final LockFile lock;

  /** In the order of their commits; guarded by this. */
  private final Queue<Waiting> waiting = new ArrayDeque<>(1);

  /** Whether housekeeping looks; guarded by this. */
  private boolean watched;

  /** Whether the database is being closed; guarded by this. */
  private boolean finished;

  UnsyncedActions(LockFile lock) {
    this.lock = lock;
  }

  /**
   * Keeps an action until all commits are on disk that are visible now. After {@link #finish} it
   * never runs.
   *
   * @return false if they are on disk already; then the caller runs the action
   */
  synchronized boolean keep(Runnable action) {
    if (finished) {
      return true; // and the lock file may be gone
    }
    long newest = lock.current();
    if (newest <= lock.onDisk()) {
      return false;
    }
    waiting.add(new Waiting(newest, action));
    if (!watched) {
      Housekeeping.WATCH.add(this);
      watched = true;
    }
    return true;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  @Override
  public void tick(long now) {
    look();
  }

  /** Runs those whose commits are on disk, each on its own thread: one may wait for another. */
  synchronized void look() {
    while (!waiting.isEmpty() && waiting.element().txnId <= lock.onDisk()) {
      Runnable action = waiting.element().action;
      Thread _ = Thread.ofVirtual().name("pando-updates").start(action);
      waiting.remove(); // last: without memory for a thread the next look tries again
    }
    if (waiting.isEmpty()) {
      endWatch();
    }
  }

  private void endWatch() {
    Housekeeping.WATCH.remove(this);
    watched = false;
  }

  /**
   * The database is about to end.
   *
   * @param synced whether all commits are on disk; then this runs the actions, and otherwise none
   *     of them runs
   */
  void finish(boolean synced) {
    List<Waiting> last;
    synchronized (this) {
      finished = true;
      last = List.copyOf(waiting);
      waiting.clear();
      endWatch();
    }
    if (synced) {
      for (Waiting each : last) {
        each.action.run();
      }
    }
  }
}
