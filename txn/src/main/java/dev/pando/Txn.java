package dev.pando;

import dev.pando.error.CorruptFileException;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.recovery.OpenedFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What all transactions have below their API: their end, which may come from another thread, and
 * the threads that call them, one at a time.
 */
abstract sealed class Txn permits ReadTxn {
  private static final long CLOSED = Long.MIN_VALUE;
  private static final long ENDED = CLOSED + 1;

  /** How long a close waits for another thread's call. */
  static final long LEAVE_NANOS = 1_000_000_000;

  private static final VarHandle CALLER;

  static {
    try {
      CALLER = MethodHandles.lookup().findVarHandle(ReadTxn.class, "caller", Caller.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Database database;
  private final Lifecycle lifecycle;
  private final CatalogSnapshot snapshot;

  /** The caller of the last call; see {@link Caller}. */
  @SuppressWarnings("FieldMayBeFinal") // changed through CALLER
  private @Nullable Caller caller;

  /** Counts rollbacks to savepoints, which end cursors. */
  private int rollbacks;

  /** Logs this transaction if it is never closed; null if leaks are not tracked. */
  private @Nullable Leak leak;

  /** Counts changes, so that views notice them; negative after the end. */
  private long epoch;

  Txn(Database database, Snapshot snapshot, @Nullable Caller caller) {
    this.database = database;
    this.lifecycle = database.lifecycle();
    this.snapshot = CatalogSnapshot.of(snapshot);
    this.caller = caller;
  }

  final void watchedBy(Leak watching) {
    leak = watching;
  }

  final CatalogSnapshot snapshot() {
    return snapshot;
  }

  /** The caller of a write transaction, which is always the same. */
  final Caller onlyCaller() {
    return Objects.requireNonNull(caller, "caller");
  }

  /** Tables came or went. */
  final void forgetTable() {
    Caller last = caller;
    if (last != null) {
      last.forgetTable();
    }
  }

  // Calls.

  /**
   * The caller for a call of this thread: {@link Caller#begin} or {@link Caller#beginLook} begins
   * it. Inside the call, {@link #checkOpen} says whether the transaction may be used.
   *
   * @throws IllegalStateException if another thread is in a call
   */
  final Caller caller() {
    Caller last = caller;
    Thread me = Thread.currentThread();
    return last != null && last.thread() == me ? last : arrive(last, me);
  }

  /** As {@link #caller}, for closing a cursor; null after the transaction's end, which did that. */
  final @Nullable Caller callerIfOpen() {
    try {
      return isUsable() ? caller() : null;
    } catch (IllegalStateException e) {
      if (isUsable()) {
        throw e;
      }
      return null; // it has just been ended
    }
  }

  /** A thread calls that is not the one that called last. */
  Caller arrive(@Nullable Caller last, Thread me) {
    checkOpen();
    Caller next = last == null ? Caller.ofReader(snapshot.map().pageSize(), me) : last.next(me);
    Caller other = last;
    if (next != null) {
      boolean named = CALLER.compareAndSet(this, last, next);
      if (named && !next.hasMetOther()) {
        return next;
      }
      other = named ? last : (Caller) CALLER.getVolatile(this);
    }
    String inside = other == null ? "another thread" : other.name();
    throw new IllegalStateException(misuse(inside, Caller.name(me)));
  }

  /** The message for a program whose threads meet in a transaction. */
  final String misuse(String inside, String comes) {
    return "%s is in a call of a transaction that %s calls: it is for one thread at a time, and may move only between calls; %s; %s"
        .formatted(inside, comes, adviceForThreads(), this);
  }

  String adviceForThreads() {
    return "ReadTxn.fork gives each thread its own";
  }

  /**
   * Whether what has just been read without {@link Caller#begin} counts: the transaction is open,
   * and this thread is the only one that has called it.
   */
  final boolean isStillOfThisThread() {
    VarHandle.loadLoadFence();
    Caller last = caller;
    return epoch >= 0 && last != null && last.isOnly(Thread.currentThread());
  }

  /**
   * Checks what a call has read after it has read it: a reader that was ended meanwhile may have
   * seen pages that were reused, and one that met another thread may have mixed up both calls.
   */
  final void check(Caller mine, long call) {
    VarHandle.loadLoadFence();
    if (epoch < 0 || caller != mine || call < 0) {
      checkFully(mine);
    }
  }

  /** As {@link #check(Caller, long)}, where maybe no page was read that would tell of an end. */
  final void checkStep(Caller mine, long call) {
    VarHandle.loadLoadFence();
    if (epoch < 0 || caller != mine || call < 0 || lifecycle.hasEnded()) {
      checkFully(mine);
      checkDatabase();
    }
  }

  /** As {@link #check(Caller, long)}, after a codec has read what changes would have moved. */
  final void check(Caller mine, long call, long then) {
    check(mine, call);
    checkEpochInCall(then);
  }

  /** A codec may not write while it decodes. */
  final void checkEpochInCall(long then) {
    if (epoch != then) {
      checkOpen();
      throw new IllegalStateException(
          "a codec has written to the transaction while it decoded what the write may have moved: "
              + this);
    }
  }

  final void checkFully(Caller mine) {
    VarHandle.loadLoadFence();
    if (epoch < 0) {
      throw ended();
    }
    Caller last = caller;
    if (last != mine) {
      throw new IllegalStateException(misuse(mine.name(), last == null ? "" : last.name()));
    }
    if (mine.hasMetOther()) {
      throw new IllegalStateException(misuse(mine.nameBefore(), mine.name()));
    }
  }

  final void checkOpen() {
    if (epoch < 0) {
      throw ended();
    }
    checkDatabase();
  }

  final void checkDatabase() {
    lifecycle.checkNotEnded();
  }

  private IllegalStateException ended() {
    return new IllegalStateException(
        epoch == ENDED
            ? "the transaction was open longer than Options.withReaderLimit allows, and was ended: "
                + this
            : "the transaction " + outcome() + ": " + this);
  }

  /** How it came to its end, for messages. */
  String outcome() {
    return "has ended";
  }

  /** Ends a reader that has been open for too long; false if it has ended. */
  final boolean endFromOutside() {
    if (epoch < 0) {
      return false;
    }
    epoch = ENDED;
    forgetLeak(); // the slot will be another's when nobody can reach this any more
    return true;
  }

  /** What a view remembers. */
  final long epoch() {
    return epoch;
  }

  /** Pages may change: views end. */
  final void nextEpoch() {
    epoch++;
  }

  /** A view is used after {@code then}: says why it may not be, unless it may. */
  final void checkEpoch(long then) {
    if (epoch != then) {
      checkOpen();
      throw new IllegalStateException(
          "the transaction has written since the view was set, and may have moved what it shows;"
              + " get the value again");
    }
  }

  /** What a cursor remembers. */
  final int rollbacks() {
    return rollbacks;
  }

  /** The transaction went back to a savepoint: cursors and views end. */
  final void nextRollback() {
    rollbacks++;
    nextEpoch();
    forgetTable();
  }

  /** A cursor that began when there had been so many rollbacks is used: says why it may not be. */
  final void checkRollbacks(int then) {
    if (rollbacks != then) {
      checkOpen();
      throw new IllegalStateException(
          "the transaction was rolled back to a savepoint since this cursor or iterator was opened;"
              + " open a new one");
    }
  }

  /** Whether {@link #end} was called, or the end came from outside. */
  final boolean hasBeenEnded() {
    return epoch < 0;
  }

  /** Marks the end; false if it was marked before. */
  final boolean end() {
    if (epoch < 0) {
      return false;
    }
    forgetLeak();
    epoch = CLOSED; // last: what fails before has not ended it
    return true;
  }

  private void forgetLeak() {
    Leak watching = leak;
    if (watching != null) {
      watching.closed(); // does not fail: the end of the transaction must go on
    }
  }

  /**
   * What a failure in the middle of a call means. Mapped pages vanish when the file is cut short by
   * somebody, and when the database is closed while this call runs. What a reader that was ended,
   * or that met another thread, takes for damage is none.
   */
  final RuntimeException explained(Throwable failure, Caller mine) {
    try {
      checkFully(mine);
    } catch (IllegalStateException e) {
      if (e != failure) {
        e.addSuppressed(failure);
      }
      return e;
    }
    return explained(failure);
  }

  final RuntimeException explained(Throwable failure) {
    if (failure instanceof InternalError error) {
      return OpenedFile.faulted(database.path(), error);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof IllegalStateException || failure instanceof CorruptFileException) {
      checkOpen(); // what a process that has lost its lock reads is not what it looked for
    }
    return (RuntimeException) failure;
  }

  // The end.

  /** Whether the transaction has not ended, nor the database. */
  final boolean isUsable() {
    return epoch >= 0 && !lifecycle.hasEnded();
  }

  /** Whether {@link #end} was called. */
  final boolean isClosed() {
    return epoch == CLOSED;
  }

  /** A codec, or a function that reads, may not end what it is called by. */
  final void checkNotInCall() {
    Caller last = caller;
    if (last != null
        && last.thread() == Thread.currentThread()
        && last.isInCall()
        && CallStack.isInCall()) {
      throw new IllegalStateException(
          "this is a call from within a call of the transaction, such as of a codec: "
              + "it must not end; "
              + this);
    }
  }

  /**
   * Waits, after the end, until no thread is in a call: a second, which is enough for a call that
   * does not itself wait for something.
   *
   * @return the memory of the calling thread, for the next transaction, if nobody else may have it
   */
  final @Nullable Caller leftBy(Thread closer) {
    Caller last = caller;
    if (last == null || last.isIdleOf(closer)) {
      return last;
    }
    if (last.thread() != closer) { // or its stack was used up at the end of a call
      boolean _ = last.awaitLeave(LEAVE_NANOS);
    }
    return null;
  }
}
