package dev.pando;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.FeedFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.error.TransactionTooLargeException;
import dev.pando.txn.file.LockFile;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Updates that share one transaction, and the threads that wait for its commit. */
final class UpdateGroup {
  /** An update whose thread does not wait. */
  static final class Promise<R extends @Nullable Object> {
    private final CompletableFuture<R> future;
    private final CommitHooks hooks = new CommitHooks();
    private final UnsyncedActions unsynced;
    private @Nullable R result;

    Promise(CompletableFuture<R> future, UnsyncedActions unsynced) {
      this.future = future;
      this.unsynced = unsynced;
    }

    private boolean hasHooks() {
      return hooks.size() > 0;
    }

    /** What the update is to run when its commit is on disk. */
    CommitHooks hooks() {
      return hooks;
    }

    void ran(R value) {
      result = value;
    }

    @SuppressWarnings("NullAway") // null is a result if R says so
    private void keep(@Nullable Throwable failure, boolean durable) {
      if (failure == null) {
        hooks.committed(durable, unsynced);
        future.complete(result);
      } else {
        future.completeExceptionally(forWaiter(failure));
      }
    }

    /** Completes the future, whatever happens. */
    void keepInAnyCase(@Nullable Throwable failure, boolean durable) {
      try {
        keep(failure, durable);
      } catch (Throwable e) { // no memory, or what depends on the future
        future.completeExceptionally(failure == null ? e : failure);
      }
    }
  }

  /** The transaction of them all. */
  @SuppressWarnings("NullAway.Init") // set before another thread can see the group
  WriteTxn whole;

  private Thread[] members = new Thread[8];
  private int memberCount;
  private Promise<?>[] promises = new Promise<?>[4];
  private int promiseCount;
  private Durability durability = Durability.ASYNC;

  /** The failure after which the transaction cannot be committed. */
  private @Nullable Throwable broken;

  /** Whether no more updates join; for the thread that commits. */
  private boolean sealed;

  private volatile @Nullable Thread waitingLeader;
  private @Nullable Throwable failure;

  /** Written after {@link #failure}, read before it. */
  private volatile boolean done;

  /** Makes room for one more update, so that adding it cannot fail; a new group has room. */
  void reserve() {
    if (memberCount == members.length) {
      members = Arrays.copyOf(members, 2 * memberCount);
    }
    if (promiseCount == promises.length) {
      promises = Arrays.copyOf(promises, 2 * promiseCount);
    }
  }

  /** The calling thread has run an update, and waits for the commit. */
  void add(Durability wanted) {
    members[memberCount++] = Thread.currentThread();
    need(wanted);
  }

  /** An update has run whose thread does not wait. */
  void add(Promise<?> promise, Durability wanted) {
    promises[promiseCount++] = promise;
    need(wanted);
  }

  private void need(Durability wanted) {
    if (wanted == Durability.SYNC) {
      durability = Durability.SYNC;
    }
  }

  /** Threads that wait for the commit. */
  List<Thread> members() {
    return Arrays.asList(members).subList(0, memberCount);
  }

  /** Updates that share the commit. */
  int updates() {
    return memberCount + promiseCount;
  }

  /** The strictest durability that an update requested. */
  Durability durability() {
    return durability;
  }

  /** Keeps the changes of an update. */
  void keep(Savepoint before) {
    try {
      whole.release(before);
    } catch (Throwable e) {
      broken = e;
      throw e;
    }
  }

  /** Undoes an update that failed, alone. */
  void undo(SharedUpdate update, Savepoint before) {
    if (broken != null) {
      return;
    }
    try {
      update.undo(before);
    } catch (RuntimeException | Error e) {
      broken = e;
    }
  }

  void checkAlive() {
    Throwable cause = broken;
    if (cause != null) {
      throw new StorageIoException(
          "an update that shared the transaction failed so that it could not be undone alone ("
              + cause.getMessage()
              + "); nothing of the transaction is written: run the update again",
          cause);
    }
  }

  /** No more updates join from here on. */
  void seal() {
    sealed = true;
  }

  boolean isSealed() {
    return sealed;
  }

  /** Waits until {@link #wakeLeader} signals a condition, or for a limited time. */
  void leaderWaits(long nanos, BooleanSupplier ready) {
    waitingLeader = Thread.currentThread();
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !ready.getAsBoolean(); left = end - System.nanoTime()) {
      LockFile.pause(left);
    }
    waitingLeader = null;
  }

  void wakeLeader() {
    LockSupport.unpark(waitingLeader);
  }

  /** The commit is over. */
  void complete(@Nullable Throwable outcome) {
    failure = outcome;
    done = true;
    for (int i = 0; i < memberCount; i++) {
      LockSupport.unpark(members[i]);
    }
    if (promiseCount > 0) {
      try { // what depends on them is none of this thread's business
        Thread _ = Thread.ofVirtual().name("pando-updates").start(() -> keepPromises(outcome));
      } catch (Throwable e) { // no memory for a thread
        keepPromises(outcome);
      }
    }
  }

  /** An action after the commit may take long, or wait for a promise of this group. */
  private void keepPromises(@Nullable Throwable outcome) {
    boolean durable = durability == Durability.SYNC;
    for (int i = 0; i < promiseCount; i++) {
      if (!promises[i].hasHooks()) {
        promises[i].keepInAnyCase(outcome, durable);
      }
    }
    for (int i = 0; i < promiseCount; i++) {
      Promise<?> promise = promises[i];
      if (promise.hasHooks()) {
        try {
          Thread _ =
              Thread.ofVirtual()
                  .name("pando-updates")
                  .start(() -> promise.keepInAnyCase(outcome, durable));
        } catch (Throwable e) { // no memory for a thread
          promise.keepInAnyCase(outcome, durable);
        }
      }
    }
  }

  /** Waits until the commit is over; an interrupt does not end that, and stays set. */
  void await() {
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable cause = failure;
    if (cause != null) {
      throw forWaiter(cause);
    }
  }

  /** A waiter's own exception for a failure of the leader. */
  private static RuntimeException forWaiter(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return switch (e) {
      case DatabaseFullException _ -> new DatabaseFullException(message, e);
      case TransactionTooLargeException large ->
          new TransactionTooLargeException(message, large.bytes(), e);
      case DatabaseFailedException _ -> new DatabaseFailedException(message, e);
      case FeedFullException full ->
          new FeedFullException(message, full.feed(), full.lag(), full.limit(), e);
      case CorruptFileException corrupt ->
          new CorruptFileException(corrupt.name(), corrupt.pgno(), corrupt.reason());
      case StorageException _ -> new StorageIoException(message, e);
      case IllegalStateException _ -> new IllegalStateException(message, e);
      default ->
          new IllegalStateException(
              "the commit that this update shared was given up: " + e + "; nothing was written", e);
    };
  }
}
