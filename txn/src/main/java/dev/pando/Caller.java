package dev.pando;

import dev.pando.btree.Tree;
import dev.pando.txn.file.LockFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A thread that calls a transaction: whether it is in a call, and the memory of its calls. Memory
 * belongs to one thread, so two threads never encode into the same buffer. A call from within a
 * call of the same thread, for example by a codec, gets memory of its own.
 *
 * <p>In a read transaction each thread has a caller of its own, and the transaction names the one
 * that called last. A call costs no atomic operation: the thread counts its calls, and checks
 * afterwards whether the transaction still names it. A thread that calls after another one names
 * itself by a compare-and-set. It then finds the other one in a call, or finds later that the
 * other's count has changed. If one of two concurrent calls has seen a write of the other, it also
 * sees the count before it returns, because the count is written first.
 *
 * <p>A write transaction has one caller, and two threads are never in it at once. The first thread
 * keeps it between its calls, which then cost no atomic operation either. The next thread stops the
 * first one once by a handshake. Only a handshake shows for certain in Java that a thread without
 * fences is in no call. From then on each call takes the caller by a compare-and-set.
 *
 * <p>See DECISIONS.md, 'Two threads in one transaction'.
 */
final class Caller {
  private static final VarHandle THREAD;
  private static final VarHandle CALLS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      THREAD = lookup.findVarHandle(Caller.class, "thread", Thread.class);
      CALLS = lookup.findVarHandle(Caller.class, "calls", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long POLL_NANOS = 20_000;

  /** In {@link #calls}: the thread is in a call. */
  private static final long IN_CALL = 1;

  /** In {@link #calls}: threads take turns, or another one has called the transaction before. */
  private static final long SLOW = Long.MIN_VALUE;

  /** The result of {@link #beginLook} when it counts nothing. */
  private static final long NOT_COUNTED = Long.MAX_VALUE;

  /** Has the caller of a write transaction while a thread takes it from the first one. */
  private static final Thread TAKING =
      Thread.ofPlatform().inheritInheritableThreadLocals(false).unstarted(() -> {});

  static {
    TAKING.setContextClassLoader(null); // or the first user's could never be unloaded
  }

  /** Replaces the number of a call whose end is not simple. */
  private static final long NOT_SIMPLE = -1;

  /** Whether it belongs to a write transaction. */
  private final boolean exclusive;

  private final int pageSize;

  /** Its owner; null while no thread has it, which is possible only in a write transaction. */
  private @Nullable Thread thread;

  /** Its thread, if no other one has called the transaction: one read answers both. */
  private @Nullable Thread only;

  /** Grows at the beginning and at the end of each call: odd while the thread is in one. */
  private long calls;

  /** Calls around the innermost one. */
  private int depth;

  /** The put of a large value whose source is being read; null if there is none. */
  @Nullable BlobPut blobPut;

  /** Whether calls from within the running one are refused. */
  private boolean callsRefused;

  /** Memory of the innermost call. */
  private @Nullable Workspace memory;

  /** The previous caller, while this is not the only one, and the count of that one then. */
  private @Nullable Caller before;

  private long callsBefore;

  /** The table used last, so that the next call with it needs no search. */
  private @Nullable Table<?, ?> lastTable;

  private @Nullable Tree lastTree;

  private Caller(boolean exclusive, int pageSize, @Nullable Workspace memory) {
    this.exclusive = exclusive;
    this.pageSize = pageSize;
    this.memory = memory;
    this.calls = exclusive ? SLOW : 0;
  }

  /** The caller of a write transaction. */
  static Caller ofWriter(int pageSize, Workspace memory) {
    return new Caller(true, pageSize, memory);
  }

  /** A caller of a read transaction. */
  static Caller ofReader(int pageSize, Thread thread) {
    Caller caller = new Caller(false, pageSize, null);
    caller.belongsTo(thread);
    return caller;
  }

  /** Assigns it to another transaction and a thread; no thread is in a call. */
  void belongsTo(Thread owner) {
    if (thread != owner) { // storing a reference costs the collector's barrier
      thread = owner;
    }
    if (only != owner) {
      only = owner;
    }
  }

  @Nullable Thread thread() {
    return thread;
  }

  /** The thread, for messages. */
  String name() {
    Thread shown = (Thread) THREAD.getVolatile(this);
    return shown == null || shown == TAKING ? "another thread" : name(shown);
  }

  static String name(Thread thread) {
    String name = thread.getName().isEmpty() ? "virtual thread" : "thread " + thread.getName();
    return name + " #" + thread.threadId();
  }

  private long calls() {
    return (long) CALLS.getVolatile(this);
  }

  /** Whether its thread is in a call. */
  boolean isInCall() {
    return (calls() & IN_CALL) != 0;
  }

  /** Whether a thread is the only one that has called the transaction, and is in no call. */
  boolean isIdleOf(Thread asking) {
    return thread == asking && (calls & IN_CALL) == 0;
  }

  /** Whether a thread is the only one that has called the transaction, which only reads. */
  boolean isOnly(Thread asking) {
    return only == asking;
  }

  /** Memory of the innermost call. */
  Workspace memory() {
    Workspace mine = memory;
    if (mine == null) {
      mine = new Workspace(pageSize);
      memory = mine;
    }
    return mine;
  }

  // ---- calls

  /**
   * The thread begins a call.
   *
   * @return what {@link #end} needs; negative if the end must look for other threads
   */
  long begin() {
    long now = calls;
    if ((now & (SLOW | IN_CALL)) != 0) {
      return beginSlowly(now);
    }
    CALLS.setOpaque(this, now + 1);
    VarHandle.storeStoreFence(); // a thread that sees what the call writes sees that it began
    return now;
  }

  /**
   * As {@link #begin}, for a call that writes nothing but what its thread owns, and runs no foreign
   * code. Such a call is counted only if another thread may change what it reads.
   */
  long beginLook() {
    long now = calls;
    return exclusive || (now & (SLOW | IN_CALL)) != 0 ? begin() : NOT_COUNTED;
  }

  private long beginSlowly(long now) {
    if ((now & IN_CALL) != 0) {
      checkMayCall();
      depth++;
      memory = memory().inner();
    } else {
      CALLS.setOpaque(this, now + 1);
      VarHandle.storeStoreFence();
    }
    return NOT_SIMPLE;
  }

  /** Refuses calls from within the running one, or allows them again. */
  void refuseCalls(boolean refused) {
    callsRefused = refused;
  }

  private void checkMayCall() {
    if (callsRefused) {
      throw new IllegalStateException(
          "the function of an index has called the transaction that writes: it may use the row only");
    }
  }

  /** The thread ends the innermost call, which {@link #begin} began. */
  void end(long call) {
    if (call >= 0) {
      CALLS.setRelease(this, call + 2);
    } else {
      endSlowly();
    }
  }

  /** The thread ends the innermost call, which {@link #beginLook} began. */
  void endLook(long call) {
    if (call != NOT_COUNTED) {
      end(call);
    }
  }

  private void endSlowly() {
    if (depth > 0) {
      depth--;
      memory = memory().outer();
    } else {
      CALLS.setRelease(this, calls + 1);
      if (exclusive && calls < 0) {
        THREAD.setRelease(this, null);
      }
    }
  }

  // ---- of a write transaction

  /** Takes it for a thread, unless another one is in a call. */
  boolean take(Thread taker) {
    Thread owner = (Thread) THREAD.getVolatile(this);
    if (owner == null) {
      return takeFree(taker);
    }
    if (owner == taker) {
      return true; // in no call, or its stack was used up at the end of one
    }
    return owner != TAKING && calls() >= 0 && takeFrom(owner, taker);
  }

  private boolean takeFree(Thread taker) {
    if (!THREAD.compareAndSet(this, null, taker)) {
      return false;
    }
    if (calls == SLOW) { // the first one of all keeps it
      calls = 0;
    }
    return true;
  }

  /**
   * Takes it from the first thread. That thread begins a call with two steps without a fence: it
   * announces the call, then checks that it has the caller. Both steps must come before or after
   * the write here. Reading its stack stops the thread between two instructions and makes the write
   * visible.
   */
  private boolean takeFrom(Thread first, Thread taker) {
    if (isInCall() || !THREAD.compareAndSet(this, first, TAKING)) {
      return false;
    }
    StackTraceElement[] _ = first.getStackTrace();
    if (isInCall()) {
      THREAD.setRelease(this, first);
      return false;
    }
    calls |= SLOW;
    THREAD.setRelease(this, taker);
    return true;
  }

  /** Ends the last call of the transaction; a later one must take it again. */
  void endLast() {
    calls |= SLOW;
    endSlowly();
  }

  /** As {@link #take}, but waits for the end of another thread's call. */
  boolean take(Thread taker, long nanos) {
    long end = System.nanoTime() + nanos;
    while (!take(taker)) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockFile.pause(POLL_NANOS);
    }
    return true;
  }

  // ---- of a read transaction

  /** Waits for the end of the thread's call; false if that takes too long. */
  boolean awaitLeave(long nanos) {
    long end = System.nanoTime() + nanos;
    while (isInCall()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockFile.pause(POLL_NANOS);
    }
    return true;
  }

  /**
   * The caller for the thread that calls after this one's; null if this one is in a call, or was in
   * one that the thread before it has not seen.
   */
  @Nullable Caller next(Thread thread) {
    long now = calls();
    Caller earlier = before;
    if ((now & IN_CALL) != 0) {
      return null;
    }
    boolean back = earlier != null && earlier.thread == thread;
    Caller next = back ? Objects.requireNonNull(earlier) : ofReader(pageSize, thread);
    if (earlier != null) {
      if (earlier.calls() != callsBefore) {
        return null;
      }
      if (!back) {
        before = null; // no longer a list than need be
      }
    }
    next.calls |= SLOW;
    next.only = null;
    next.before = this;
    next.callsBefore = now;
    return next;
  }

  /** Whether the thread before was in an unnoticed call when this one came. */
  boolean hasMetOther() {
    Caller earlier = before;
    return earlier != null && earlier.calls() != callsBefore;
  }

  /** The thread before, for messages. */
  String nameBefore() {
    Caller earlier = before;
    return earlier == null ? "another thread" : earlier.name();
  }

  // ---- what it remembers

  /** The tree of the table used last, if the table is this one. */
  @Nullable Tree treeOf(Table<?, ?> table) {
    return table == lastTable ? lastTree : null;
  }

  void remember(Table<?, ?> table, Tree tree) {
    lastTable = table;
    lastTree = tree;
  }

  void forgetTable() {
    lastTable = null;
    lastTree = null;
  }

  /** Its transaction is over and its thread is in no call: another transaction may use it. */
  void trim() {
    forgetTable();
    before = null;
    calls &= ~SLOW;
    only = thread;
    Workspace mine = memory;
    if (mine != null) {
      mine.trim();
    }
  }
}
