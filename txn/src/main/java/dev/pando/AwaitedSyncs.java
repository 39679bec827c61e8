package dev.pando;

import dev.pando.txn.commit.Writer;
import dev.pando.txn.file.LockFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Futures of commits that are visible and wait for the disk. All that wait when a sync begins share
 * it. Thread-safe.
 */
final class AwaitedSyncs {
  private final Writer writer;
  private final UnsyncedActions actions;

  /** Held during a sync, so that {@link #finish} waits for one that runs. */
  final ReentrantLock syncing = new ReentrantLock();

  /** Futures for the next sync; guarded by this. */
  private List<CompletableFuture<Void>> waiting = new ArrayList<>(0);

  /** Whether the database is being closed; guarded by this. */
  private boolean finished;

  /** Made when first used, because most programs never do; guarded by this. */
  private @Nullable Executor executor;

  AwaitedSyncs(Writer writer, LockFile lock) {
    this.writer = writer;
    this.actions = new UnsyncedActions(lock);
  }

  /** Actions that wait for a sync, and do not begin one. */
  UnsyncedActions actions() {
    return actions;
  }

  /** A future that completes when all commits are on disk that are visible now. */
  CompletableFuture<Void> next() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    synchronized (this) {
      if (finished) {
        return CompletableFuture.failedFuture(
            new IllegalStateException(
                "the database was closed while the commit waited for a sync"));
      }
      waiting.add(future);
    }
    try {
      executor().execute(this::sync);
    } catch (Throwable e) { // no thread can be made: the commit is kept, and this one waits
      sync();
    }
    return future;
  }

  private synchronized Executor executor() {
    Executor made = executor;
    if (made == null) {
      made = OneThread.named("pando-durable");
      executor = made;
    }
    return made;
  }

  private synchronized List<CompletableFuture<Void>> take() {
    List<CompletableFuture<Void>> none = new ArrayList<>(0); // first: there may be no memory
    List<CompletableFuture<Void>> due = waiting;
    waiting = none;
    return due;
  }

  /** Syncs for those that wait, if no earlier call has done so. */
  private void sync() {
    syncing.lock();
    try {
      List<CompletableFuture<Void>> due = take();
      if (!due.isEmpty()) {
        Throwable failure = failureOfSync();
        try { // what depends on the futures is none of this thread's business
          Thread _ = Thread.ofVirtual().name("pando-updates").start(() -> complete(due, failure));
        } catch (Throwable e) { // no memory for a thread
          complete(due, failure);
        }
      }
    } finally {
      syncing.unlock();
    }
    runActions();
  }

  /** Runs the actions whose commits are on disk now, and not only when housekeeping looks. */
  void runActions() {
    try {
      actions.look();
    } catch (Throwable e) { // no memory
      // Housekeeping tries again.
    }
  }

  private @Nullable Throwable failureOfSync() {
    try {
      writer.sync();
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private static void complete(List<CompletableFuture<Void>> due, @Nullable Throwable failure) {
    for (CompletableFuture<Void> future : due) {
      boolean _ = failure == null ? future.complete(null) : future.completeExceptionally(failure);
    }
  }

  /** Completes all futures and runs all actions; the database is about to end. */
  void finish() {
    boolean synced = false;
    syncing.lock();
    try {
      synchronized (this) {
        finished = true;
      }
      List<CompletableFuture<Void>> due = take();
      if (!due.isEmpty() || !actions.isEmpty()) {
        Throwable failure = failureOfSync();
        synced = failure == null;
        complete(due, failure);
      }
    } finally {
      syncing.unlock();
    }
    actions.finish(synced);
  }
}
