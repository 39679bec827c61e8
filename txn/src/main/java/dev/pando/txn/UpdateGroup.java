package dev.pando.txn;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Updates that share one transaction, and those who wait for its commit. */
final class UpdateGroup {
  private record Promise<R extends @Nullable Object>(CompletableFuture<R> future, R result) {
    void keep(@Nullable Throwable failure) {
      if (failure == null) {
        future.complete(result);
      } else {
        future.completeExceptionally(forWaiter(failure));
      }
    }
  }

  /** The transaction of them all. */
  final WriteTxn whole;

  private final List<Thread> members = new ArrayList<>();
  private final List<Promise<?>> promises = new ArrayList<>(0);
  private Durability durability = Durability.ASYNC;

  /** What left the transaction so that nobody can commit it. */
  private @Nullable Throwable broken;

  /** Whether no more updates join; for the thread that commits. */
  private boolean sealed;

  private volatile @Nullable Thread waitingLeader;
  private @Nullable Throwable failure;

  /** Written after {@link #failure}, read before it. */
  private volatile boolean done;

  UpdateGroup(WriteTxn whole) {
    this.whole = whole;
  }

  /** The calling thread has run an update, and waits for the commit. */
  void add(Durability wanted) {
    members.add(Thread.currentThread());
    if (wanted == Durability.SYNC) {
      durability = Durability.SYNC;
    }
  }

  /** An update has run whose thread does not wait. */
  <R extends @Nullable Object> void add(CompletableFuture<R> future, R result) {
    promises.add(new Promise<>(future, result));
    durability = Durability.SYNC;
  }

  List<Thread> members() {
    return members;
  }

  /** The strictest that anybody asked for. */
  Durability durability() {
    return durability;
  }

  /** Undoes an update that failed, alone. */
  void undo(WriteTxn tx, Savepoint before) {
    try {
      tx.undoShare(before);
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

  /** Waits until a condition holds of which {@link #wakeLeader} tells, or for some time. */
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
    for (Thread member : members) {
      LockSupport.unpark(member);
    }
    if (!promises.isEmpty()) { // what depends on them is none of this thread's business
      Thread _ =
          Thread.ofVirtual()
              .name("pando-updates")
              .start(() -> promises.forEach(promise -> promise.keep(outcome)));
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

  /** An exception of the waiter's own for what the leader met. */
  private static RuntimeException forWaiter(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return switch (e) {
      case DatabaseFullException _ -> new DatabaseFullException(message, e);
      case DatabaseFailedException _ -> new DatabaseFailedException(message, e);
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
