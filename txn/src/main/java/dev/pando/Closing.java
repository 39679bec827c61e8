package dev.pando;

import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.MetaSlots;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.OpenedFile;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Ends a database: waits for running transactions, then ends its parts, each even if another
 * failed.
 */
final class Closing {
  private static final Logger LOG = System.getLogger(Closing.class.getName());

  private static final long POLL_NANOS = 500_000;

  /** What {@link #end(int)} ends, one after the other. */
  private static final int PARTS = 11;

  private final Lifecycle lifecycle;
  private final DataFile file;
  private final LockFile lock;
  private final ReaderSlots readers;
  private final Publication publication;
  private final Writer writer;
  private final Writers writing;
  private final GroupCommit updates;

  private final List<Housekeeping.Task> watches;

  /** Actions of the program that have not run, in their order; guarded by itself. */
  private final SequencedSet<Kept> actions = new LinkedHashSet<>();

  private final Runnable ending = this::endNow;

  /** Pages that the file keeps at the close; 0 if it must not be truncated. */
  private long pagesAtEnd;

  /** An action, as its program removes it. */
  private final class Kept implements CloseAction {
    private final Runnable action;

    Kept(Runnable action) {
      this.action = action;
    }

    @Override
    public void close() {
      synchronized (actions) {
        boolean _ = actions.remove(this);
      }
    }
  }

  /** Held while the database of a follower ends; null for others. */
  private volatile @Nullable Object waitedFor;

  Closing(
      Lifecycle lifecycle,
      DataFile file,
      LockFile lock,
      ReaderSlots readers,
      Publication publication,
      Writer writer,
      Writers writing,
      GroupCommit updates,
      List<Housekeeping.Task> watches) {
    this.lifecycle = lifecycle;
    this.file = file;
    this.lock = lock;
    this.readers = readers;
    this.publication = publication;
    this.writer = writer;
    this.writing = writing;
    this.updates = updates;
    this.watches = watches;
  }

  /**
   * Runs an action of the program before all else.
   *
   * @throws IllegalStateException if the database is closed
   */
  CloseAction first(Runnable action) {
    Kept kept = new Kept(action);
    synchronized (actions) {
      lifecycle.checkAccepting(); // in the lock, so an action that is taken is not too late to run
      boolean _ = actions.add(kept);
    }
    return kept;
  }

  private void runActions() {
    for (Kept next = nextAction(); next != null; next = nextAction()) {
      try {
        next.action.run();
      } catch (Throwable e) { // the end goes on
        LOG.log(Logger.Level.WARNING, lifecycle.path() + ": an action at close failed", e);
      }
    }
  }

  private @Nullable Kept nextAction() {
    synchronized (actions) {
      return actions.isEmpty() ? null : actions.removeFirst();
    }
  }

  /** From now on the end waits for calls that hold a monitor. */
  void waitFor(Object monitor) {
    waitedFor = monitor;
  }

  /** Ends the database, unless that was done before. */
  void run(Duration limit) {
    Object monitor = waitedFor;
    if (monitor == null) {
      runOnce(limit);
    } else {
      synchronized (monitor) {
        runOnce(limit);
      }
    }
  }

  private void runOnce(Duration limit) {
    if (!lifecycle.close()) {
      return;
    }
    try {
      runActions();
      file.counters().closes();
      boolean _ = awaitTransactions(limit);
      writing.syncs().finish();
    } finally {
      writer.withoutCommits(ending); // a running commit completes
    }
  }

  /** Releases threads that wait; true if all transactions ended within the limit. */
  private boolean awaitTransactions(Duration limit) {
    updates.close();
    writer.turn().close();
    publication.endWaits();
    long end = System.nanoTime() + limit.toNanos();
    while (writer.turn().isTaken() || (!lifecycle.isLost() && readers.countHere() > 0)) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockFile.pause(POLL_NANOS);
    }
    return true;
  }

  /** Ends a database that could not be started: nothing of it is in use. */
  void giveUp(Throwable why) {
    try {
      publication.stop();
      publication.releaseAll();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    } finally {
      try {
        writer.close();
      } finally {
        file.close(0);
      }
    }
  }

  private void endNow() {
    lifecycle.end();
    updates.end();
    end();
  }

  private void end() {
    Throwable failure = null;
    for (int part = 0; part < PARTS; part++) {
      try {
        end(part);
      } catch (RuntimeException | Error e) {
        failure = failure == null || failure == e ? e : suppressing(failure, e);
      }
    }
    if (failure instanceof InternalError e) {
      throw OpenedFile.faulted(lifecycle.path(), e); // the file was truncated while it was open
    } else if (failure instanceof Error e) {
      throw e;
    } else if (failure instanceof RuntimeException e) {
      throw e;
    }
  }

  /** Ends one part without allocating: so no part is a lambda, which is created when needed. */
  private void end(int part) {
    switch (part) {
      case 0, 1, 2 -> Housekeeping.WATCH.remove(watches.get(part));
      case 3 -> writer.seal();
      case 4 -> publication.stop();
      case 5 -> leave();
      case 6 -> readers.leave();
      case 7 -> publication.releaseAll();
      case 8 -> writer.close();
      case 9 -> file.close(pagesAtEnd);
      default -> lock.close();
    }
  }

  private static Throwable suppressing(Throwable first, Throwable next) {
    first.addSuppressed(next);
    return first;
  }

  /**
   * The last process may truncate pages that are in no commit. The slots show which pages are: the
   * newest commit may be one of another process that this one has not read, or one that is not on
   * disk yet. What a newer build has written stays as it is.
   */
  private void leave() {
    if (lock.leave() && file.writable()) {
      try {
        pagesAtEnd = pagesOfSlots();
      } catch (UnsupportedFormatException e) {
        LOG.log(Logger.Level.DEBUG, lifecycle.path() + ": it is not truncated", e);
      }
    }
  }

  private long pagesOfSlots() {
    long pages = 0;
    for (MetaSlots.Valid slot : MetaSlots.read(file.file()).valid()) {
      slot.meta().features().checkWritable(file.name());
      pages = Math.max(pages, slot.meta().pageCount());
    }
    return pages;
  }
}
