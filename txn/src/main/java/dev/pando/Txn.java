package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.error.CorruptFileException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.recovery.OpenedFile;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The common internals of all transactions: their end, which another thread may cause, and their
 * calls, one thread at a time.
 */
abstract class Txn {
  private static final long CLOSED = Long.MIN_VALUE;
  private static final long ENDED = CLOSED + 1;

  /** The time that a close waits for another thread's call. */
  static final long LEAVE_NANOS = 1_000_000_000;

  private static final VarHandle CALLER;

  static {
    try {
      CALLER = MethodHandles.lookup().findVarHandle(Txn.class, "caller", Caller.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Lifecycle lifecycle;
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

  Txn(Lifecycle lifecycle, Snapshot snapshot, @Nullable Caller caller) {
    this.lifecycle = lifecycle;
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

  /** Notes that tables were created or dropped. */
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

  /** Begins a call of a thread other than the last one. */
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

  /** As {@link #isStillOfThisThread}, for a look that may have read no page. */
  final boolean isUsableByThisThread() {
    return isStillOfThisThread() && !lifecycle.hasEnded();
  }

  /**
   * Checks, after a call has read, that the result counts. A reader that was ended meanwhile may
   * have seen reused pages, and one that met another thread may have mixed up both calls.
   */
  final void check(Caller mine, long call) {
    VarHandle.loadLoadFence();
    if (epoch < 0 || caller != mine || call < 0) {
      checkFully(mine);
    }
  }

  /** As {@link #check(Caller, long)}, for a step that may have read no page. */
  final void checkStep(Caller mine, long call) {
    VarHandle.loadLoadFence();
    if (epoch < 0 || caller != mine || call < 0 || lifecycle.hasEnded()) {
      checkFully(mine);
      checkDatabase();
    }
  }

  /**
   * As {@link #check(Caller, long)}, after a codec has read bytes that a change would have moved.
   */
  final void check(Caller mine, long call, long then) {
    check(mine, call);
    checkEpochInCall(then);
  }

  /**
   * As {@link #checkStep}, for one of the entries that a single call visits.
   *
   * @param then the {@link #epoch} in which the call began
   */
  final void checkVisit(Caller mine, long call, long then) {
    VarHandle.loadLoadFence();
    if (epoch != then || caller != mine || call < 0 || lifecycle.hasEnded()) {
      checkFully(mine);
      checkDatabase();
    }
  }

  /** Refuses a codec that wrote while it decoded. */
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
            ? "the transaction was open longer than Options.withReaderLimit allows, or showed pages"
                + " that an increment of a follower overwrites, and was ended: "
                + this
            : "the transaction " + outcome() + ": " + this);
  }

  /** How the transaction ended, for messages. */
  String outcome() {
    return "has ended";
  }

  /** Ends a reader that has been open for too long; false if it has ended. */
  final boolean endFromOutside() {
    if (epoch < 0) {
      return false;
    }
    epoch = ENDED;
    forgetLeak(); // the slot belongs to another transaction when this one is unreachable
    return true;
  }

  /** The count that a view remembers. */
  final long epoch() {
    return epoch;
  }

  /** Ends all views, because pages may change. */
  final void nextEpoch() {
    epoch++;
  }

  /** The reason why a view of an earlier {@link #epoch} is out of date. */
  final IllegalStateException outOfDate() {
    checkOpen();
    return new IllegalStateException(
        "the transaction has written since the view was set, and may have moved what it shows;"
            + " get the value again");
  }

  /** The count that a cursor remembers. */
  final int rollbacks() {
    return rollbacks;
  }

  /** Ends cursors and views after a rollback to a savepoint. */
  final void nextRollback() {
    rollbacks++;
    nextEpoch();
    forgetTable();
  }

  /** Throws, with the reason, if a rollback ended a cursor that began after so many of them. */
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
   * The exception for a failure in the middle of a call. Mapped pages vanish when a program
   * truncates the file, and when the database is closed during the call. Damage that a reader
   * reports after its end, or after it met another thread, is not real.
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
      return OpenedFile.faulted(lifecycle.path(), error);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof IllegalStateException || failure instanceof CorruptFileException) {
      checkOpen(); // what a process that has lost its lock reads is not what it looked for
    }
    return Txn.<RuntimeException>asItIs(failure);
  }

  /** Throws a checked exception as it is: functions in Kotlin throw what they do not declare. */
  @SuppressWarnings("unchecked") // X is no class at run time
  private static <X extends Throwable> RuntimeException asItIs(Throwable failure) throws X {
    if (failure instanceof RuntimeException unchecked) {
      return unchecked;
    }
    throw (X) failure;
  }

  // What a write transaction has of its own.

  Tree findTree(Table<?, ?> table) {
    Tree known = snapshot().knownTree(table);
    return known != null ? known : snapshot().tree(table, table.name(), table.used());
  }

  Tree findRawTree(String table) {
    return snapshot().rawTree(table);
  }

  List<String> tableNames() {
    return TableNames.ofTables(snapshot().catalog(), snapshot().map().name());
  }

  @Nullable CatalogEntry catalogEntry(String table) {
    return snapshot().entry(table);
  }

  /** Changes when trees that were found may not be used any more; see {@link Batches#version}. */
  long tablesVersion() {
    return 0;
  }

  /** Bytes that were found, for code that takes a segment. */
  MemorySegment shown(Slice found) {
    MemorySegment bytes = found.segment.asSlice(found.offset, found.length);
    return bytes.isReadOnly() ? bytes : bytes.asReadOnly(); // a map is: no second object
  }

  /** Whether it is a write transaction. */
  boolean mayWrite() {
    return false;
  }

  boolean putRaw(RawTable table, MemorySegment key, MemorySegment value) {
    throw cannotWrite();
  }

  /** As {@link #putRaw(RawTable, MemorySegment, MemorySegment)}, in a call that has begun. */
  boolean putRaw(Caller mine, RawTable table, KeyBuffer key, MemorySegment value) {
    throw cannotWrite();
  }

  /** Makes the changes that wait in batches, for a call that reads what they change. */
  void flushBatches() {}

  RawBatch batchRaw(Table<?, ?> table, boolean typed) {
    throw cannotWrite();
  }

  void appendRaw(RawTable table, MemorySegment key, MemorySegment value) {
    throw cannotWrite();
  }

  /** As {@link #appendRaw(RawTable, MemorySegment, MemorySegment)}, in a call that has begun. */
  void appendRaw(Caller mine, RawTable table, KeyBuffer key, MemorySegment value) {
    throw cannotWrite();
  }

  boolean deleteRaw(RawTable table, MemorySegment key) {
    throw cannotWrite();
  }

  /** As {@link #deleteRaw(RawTable, MemorySegment)}, in a call that has begun. */
  boolean deleteRaw(Caller mine, RawTable table, KeyBuffer key) {
    throw cannotWrite();
  }

  /** Removes, in a call, a key that a scan has found; false if it is not there any more. */
  boolean deleteFound(Caller mine, Table<?, ?> table, MemorySegment key) {
    throw cannotWrite();
  }

  /** Throws in a read transaction. */
  final void checkMayWrite() {
    if (!mayWrite()) {
      throw cannotWrite();
    }
  }

  private static IllegalStateException cannotWrite() {
    return new IllegalStateException(
        "this is a read transaction, which cannot write; use Database.update or beginWrite");
  }

  /** A table's tree. */
  final Tree tree(Caller mine, Table<?, ?> table) {
    checkOpen(); // a codec may have ended it since the call began
    Tree known = mine.treeOf(table);
    if (known != null) {
      return known;
    }
    Tree found = findTree(table);
    checkFully(mine);
    mine.remember(table, found);
    return found;
  }

  // The end.

  /** Whether the transaction has not ended, nor the database. */
  final boolean isUsable() {
    return epoch >= 0 && !lifecycle.hasEnded();
  }

  /** A {@linkplain ReadTxn#fork fork} for a thread that reads a part of a scan, which closes it. */
  abstract Txn forkForPart();

  /** Ends it; see {@link ReadTxn#close} and {@link WriteTxn#close}. */
  public abstract void close();

  /** Whether {@link #end} was called. */
  final boolean isClosed() {
    return epoch == CLOSED;
  }

  /** Refuses a codec, or a function that reads, that ends its own transaction. */
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
   * Waits, after the end, until no thread is in a call, at most 1 s. That is enough for a call that
   * does not itself wait.
   *
   * @return the memory of the calling thread, for the next transaction, if no other thread may use
   *     it
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
