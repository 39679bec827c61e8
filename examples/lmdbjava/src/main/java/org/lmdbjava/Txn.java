package org.lmdbjava;

/**
 * A transaction. One that reads sees the newest commit of its beginning. Not thread-safe: one
 * thread may call it at a time.
 *
 * @param <T> the buffers
 */
public final class Txn<T> implements AutoCloseable {
  /** What may be done with it. */
  private enum State {
    READY,
    DONE,
    RESET,
    RELEASED
  }

  private final Env<T> env;
  private final Txn<T> parent;
  private final boolean readOnly;
  private final KeyVal<T> shown;

  /** Null in a nested transaction. */
  private final ReaderSlots readers;

  /** Null if it writes or has ended, or was reset and the slot belongs to the thread. */
  private ReaderSlots.Slot slot;

  private Session session;
  private Session.Nested nested;
  private Txn<T> child;
  private State state = State.READY;
  private long id;

  Txn(Env<T> env, Txn<T> parent, int flags) {
    this.env = env;
    this.parent = parent;
    this.readOnly = MaskedFlag.isSet(flags, TxnFlags.MDB_RDONLY_TXN);
    this.readers = env.store().readers();
    if (env.isReadOnly() && !readOnly) {
      throw new EnvIsReadOnly();
    }
    this.shown = new KeyVal<>(env.proxy()); // which may fail, so before anything is locked
    boolean isBegun = false;
    try {
      if (parent == null) {
        begin();
      } else {
        nestIn(parent);
      }
      isBegun = true;
    } finally {
      if (!isBegun) {
        shown.close();
      }
    }
  }

  private void begin() {
    if (readOnly && slot == null) {
      slot = readers.take();
    }
    Session begun = null;
    try {
      begun = env.store().begin(readOnly);
      id = begun.txn().txnId();
    } finally {
      if (begun == null) {
        endSlot();
      }
    }
    session = begun;
  }

  private void nestIn(Txn<T> outer) {
    if (outer.readOnly != readOnly) {
      throw new IncompatibleParent();
    }
    if (readOnly) {
      throw ResultCode.EINVAL.exception();
    }
    if (env.has(EnvFlags.MDB_WRITEMAP) || outer.state != State.READY || outer.child != null) {
      throw ResultCode.BAD_TXN.exception();
    }
    session = outer.session;
    nested = session.nest();
    outer.child = this;
    id = outer.id;
  }

  // ---- for the calls of tables and cursors

  /** The engine's transaction, for a call that changes no table. */
  Session reading() {
    env.checkNotClosed();
    checkReady();
    checkNoChild();
    Failures.run(() -> session.flush(false));
    return session;
  }

  /** The engine's transaction, for a call that changes a table. */
  Session writing() {
    env.checkNotClosed();
    checkReady();
    checkWritesAllowed();
    checkNoChild();
    Failures.run(() -> session.flush(true));
    return session;
  }

  private void checkNoChild() {
    if (child != null) {
      throw ResultCode.BAD_TXN.exception();
    }
  }

  void checkReady() {
    if (state != State.READY) {
      throw new NotReadyException();
    }
  }

  void checkReadOnly() {
    if (!readOnly) {
      throw new ReadOnlyRequiredException();
    }
  }

  private void checkWritesAllowed() {
    if (readOnly) {
      throw new ReadWriteRequiredException();
    }
  }

  /** Where it shows keys and values. */
  KeyVal<T> shown() {
    return shown;
  }

  // ---- the end

  /** Rolls back all changes, and ends the transaction. */
  public void abort() {
    env.checkNotClosed();
    checkReady();
    Failures.run(this::rollBack);
  }

  private void rollBack() {
    try {
      if (child != null) {
        child.rollBack();
      }
    } finally {
      state = State.DONE;
      if (nested == null) {
        endSlot();
        session.abort();
      } else {
        parent.child = null;
        session.rollBack(nested);
      }
    }
  }

  private void endSlot() {
    if (slot != null) {
      readers.end(slot);
      slot = null;
    }
  }

  /**
   * Rolls back unless it was committed, and releases the buffers. A second call does nothing.
   *
   * @throws Env.AlreadyClosedException if the environment is closed
   */
  @Override
  public void close() {
    env.checkNotClosed();
    if (state == State.RELEASED) {
      return;
    }
    try {
      if (state == State.READY) {
        Failures.run(this::rollBack);
      } else if (nested == null) {
        Failures.run(session::close);
      }
    } finally {
      endSlot();
      state = State.RELEASED;
      shown.close();
    }
  }

  /**
   * Commits all changes, and those of a nested transaction that is open. The changes of a nested
   * transaction become those of its parent.
   */
  public void commit() {
    env.checkNotClosed();
    checkReady();
    Failures.run(this::commitNow);
  }

  private void commitNow() {
    if (child != null) {
      child.commitNow();
    }
    state = State.DONE;
    if (nested == null) {
      endSlot();
      session.commit();
    } else {
      parent.child = null;
      session.commit(nested);
    }
  }

  /** Ends the snapshot of a transaction that reads, which {@link #renew} begins again. */
  public void reset() {
    env.checkNotClosed();
    checkReadOnly();
    if (state != State.READY && state != State.DONE) {
      throw new ResetException();
    }
    boolean isOpen = state == State.READY;
    state = State.RESET;
    if (isOpen) {
      slot = readers.reset(slot);
      Failures.run(session::abort);
    }
  }

  /** Begins a transaction that was reset again, with the newest commit. */
  public void renew() {
    env.checkNotClosed();
    if (state != State.RESET) {
      throw new NotResetException();
    }
    Failures.run(this::begin);
    state = State.READY;
  }

  // ---- what it is

  /** The id of the commit that it sees, or under which it will be committed. */
  public long getId() {
    env.checkNotClosed();
    return id;
  }

  /** The transaction in which it is nested, or null. */
  public Txn<T> getParent() {
    return parent;
  }

  /** Whether it only reads. */
  public boolean isReadOnly() {
    return readOnly;
  }

  /** The key that a call of this transaction has shown last. */
  public T key() {
    return shown.key();
  }

  /** The value that a call of this transaction has shown last. */
  public T val() {
    return shown.val();
  }

  /** The transaction has more changed pages than memory. */
  public static final class TxFullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    TxFullException() {
      super(ResultCode.TXN_FULL);
    }
  }

  /** The thread has a read transaction that is open. */
  public static final class BadReaderLockException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    BadReaderLockException() {
      super(ResultCode.BAD_RSLOT);
    }
  }

  /** The transaction has failed or ended, or a nested one is open. */
  public static final class BadException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    BadException() {
      super(ResultCode.BAD_TXN);
    }
  }

  /** The environment is open for reading only. */
  public static class EnvIsReadOnly extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public EnvIsReadOnly() {
      super("cannot begin to write: the environment is open for reading only");
    }
  }

  /** A transaction and the one around it do not both write, or both read. */
  public static class IncompatibleParent extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public IncompatibleParent() {
      super("the transaction and its parent must both write or both read");
    }
  }

  /** The transaction has ended, or was reset. */
  public static final class NotReadyException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public NotReadyException() {
      super("the transaction has ended, or was reset");
    }
  }

  /** The transaction was not reset. */
  public static class NotResetException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public NotResetException() {
      super("the transaction was not reset, so it cannot be renewed");
    }
  }

  /** The call is for transactions that only read. */
  public static class ReadOnlyRequiredException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public ReadOnlyRequiredException() {
      super("the call is for transactions that only read");
    }
  }

  /** The call is for transactions that write. */
  public static class ReadWriteRequiredException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public ReadWriteRequiredException() {
      super("the transaction only reads; begin one with txnWrite");
    }
  }

  /** The transaction was reset already. */
  public static class ResetException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public ResetException() {
      super("the transaction was reset already");
    }
  }
}
