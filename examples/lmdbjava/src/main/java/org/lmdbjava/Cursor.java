package org.lmdbjava;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A position in a table. A move that finds nothing returns false; what the cursor shows stays as it
 * was. Not thread-safe: only the thread that uses the transaction may call it.
 *
 * @param <T> the buffers
 */
public final class Cursor<T> implements AutoCloseable {
  private final Env<T> env;
  private final Handle handle;
  private final KeyVal<T> shown;
  private Txn<T> txn;
  private Position position;
  private boolean closed;

  Cursor(Env<T> env, Txn<T> txn, Handle handle, Position position) {
    this.env = env;
    this.txn = txn;
    this.handle = handle;
    this.position = position;
    this.shown = new KeyVal<>(env.proxy());
  }

  private MemorySegment bytes(T buffer) {
    return MemorySegment.ofBuffer(env.proxy().in(buffer));
  }

  private Session reading() {
    env.checkNotClosed();
    checkNotClosed();
    Session session = txn.reading();
    checkTable();
    return session;
  }

  private Session writing() {
    env.checkNotClosed();
    checkNotClosed();
    Session session = txn.writing();
    checkTable();
    return session;
  }

  private void checkNotClosed() {
    if (closed) {
      throw new ClosedException();
    }
  }

  private void checkTable() {
    if (handle.isClosed()) {
      throw ResultCode.EINVAL.exception();
    }
  }

  /**
   * Closes the cursor. One of a transaction that writes must be closed before the transaction ends,
   * which closes it in any case. A second call does nothing.
   *
   * @throws Txn.NotReadyException if its transaction writes, and has ended
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      shown.close();
    } finally {
      closePosition();
    }
  }

  private void closePosition() {
    env.checkNotClosed();
    if (!txn.isReadOnly()) {
      txn.checkReady();
    }
    closed = true;
    Failures.run(position::close);
  }

  /** How many values the key has; for tables in which a key has many. */
  public long count() {
    Session _ = reading();
    return Failures.call(position::count);
  }

  /**
   * Removes the entry. {@link #next} then moves to the entry that followed, {@link #prev} to the
   * one before.
   *
   * @param f {@link PutFlags#MDB_NODUPDATA} to remove all values of the key
   */
  public void delete(PutFlags... f) {
    Session _ = writing();
    boolean all = MaskedFlag.isSet(MaskedFlag.mask(f), PutFlags.MDB_NODUPDATA);
    Failures.run(() -> position.delete(all));
  }

  /** Moves to the first entry. */
  public boolean first() {
    return seek(SeekOp.MDB_FIRST);
  }

  /** Moves to the last entry. */
  public boolean last() {
    return seek(SeekOp.MDB_LAST);
  }

  /** Moves to the next entry; at first to the first one. */
  public boolean next() {
    return seek(SeekOp.MDB_NEXT);
  }

  /** Moves to the entry before; at first to the last one. */
  public boolean prev() {
    return seek(SeekOp.MDB_PREV);
  }

  /** Moves as {@link #seek}, or to a key and a value. */
  public boolean get(T key, T data, SeekOp op) {
    Objects.requireNonNull(key, "the key is null");
    Objects.requireNonNull(op, "the operation is null");
    boolean orGreater = op == SeekOp.MDB_GET_BOTH_RANGE;
    if (!orGreater && op != SeekOp.MDB_GET_BOTH) {
      return seek(op);
    }
    Session _ = reading();
    MemorySegment wanted = bytes(key);
    MemorySegment value = bytes(data);
    return shows(Failures.test(() -> position.getBoth(wanted, value, orGreater)));
  }

  /** Moves to a key. */
  public boolean get(T key, GetOp op) {
    Objects.requireNonNull(key, "the key is null");
    Objects.requireNonNull(op, "the operation is null");
    Session _ = reading();
    MemorySegment wanted = bytes(key);
    boolean orGreater = op == GetOp.MDB_SET_RANGE;
    return shows(Failures.test(() -> orGreater ? position.setRange(wanted) : position.set(wanted)));
  }

  /** Moves to another entry. */
  public boolean seek(SeekOp op) {
    Objects.requireNonNull(op, "the operation is null");
    Session _ = reading();
    if (op == SeekOp.MDB_GET_MULTIPLE || op == SeekOp.MDB_NEXT_MULTIPLE) {
      boolean fromNext = op == SeekOp.MDB_NEXT_MULTIPLE;
      KeyVal.Entry values = Failures.call(() -> position.values(fromNext));
      if (values != null) {
        shown.show(values);
      }
      return values != null;
    }
    return shows(Failures.test(() -> position.move(op)));
  }

  private boolean shows(boolean there) {
    if (there) {
      shown.show(Failures.call(position::entry));
    }
    return there;
  }

  /** The key that it has shown last. */
  public T key() {
    return shown.key();
  }

  /** The value that it has shown last. */
  public T val() {
    return shown.val();
  }

  /**
   * Stores a value under a key, as {@link Dbi#put(Txn, Object, Object, PutFlags...)}, and moves to
   * it.
   */
  public boolean put(T key, T val, PutFlags... op) {
    Objects.requireNonNull(key, "the key is null");
    Objects.requireNonNull(val, "the value is null");
    Session _ = writing();
    MemorySegment keyBytes = bytes(key);
    MemorySegment value = bytes(val);
    int flags = MaskedFlag.mask(op);
    boolean stored = Failures.test(() -> position.put(keyBytes, value, flags));
    if (!stored && MaskedFlag.isSet(flags, PutFlags.MDB_NOOVERWRITE)) {
      T _ = shown.showVal(Failures.call(position::entry).value());
    }
    return stored;
  }

  /**
   * Stores many values of one size under a key of a table with {@link DbiFlags#MDB_DUPFIXED}.
   *
   * @param val the values, one after the other
   * @param elements how many there are
   * @param op with {@link PutFlags#MDB_MULTIPLE}
   */
  public void putMultiple(T key, T val, int elements, PutFlags... op) {
    Objects.requireNonNull(key, "the key is null");
    Objects.requireNonNull(val, "the value is null");
    Session session = writing();
    int flags = MaskedFlag.mask(op);
    if (!MaskedFlag.isSet(flags, PutFlags.MDB_MULTIPLE)) {
      throw new IllegalArgumentException("the flags lack " + PutFlags.MDB_MULTIPLE);
    }
    MemorySegment keyBytes = bytes(key);
    MemorySegment values = bytes(val);
    long size = values.byteSize() / elements;
    Failures.run(
        () -> {
          if (!session.table(handle).hasFixedValues()) {
            throw ResultCode.INCOMPATIBLE.exception();
          }
          for (int i = 0; i < elements; i++) {
            if (!position.put(keyBytes, values.asSlice(i * size, size), flags)) {
              throw ResultCode.KEYEXIST.exception();
            }
          }
        });
  }

  /** Moves the cursor to another transaction that reads; it is then on no entry. */
  public void renew(Txn<T> newTxn) {
    Objects.requireNonNull(newTxn, "the transaction is null");
    env.checkNotClosed();
    checkNotClosed();
    txn.checkReadOnly();
    newTxn.checkReadOnly();
    Session session = newTxn.reading();
    Position there = Failures.call(() -> session.table(handle).open());
    position.close();
    position = there;
    txn = newTxn;
  }

  /** As {@link Dbi#reserve}, and moves to the entry. */
  public T reserve(T key, int size, PutFlags... op) {
    Objects.requireNonNull(key, "the key is null");
    Session session = writing();
    MemorySegment keyBytes = bytes(key);
    int flags = MaskedFlag.mask(op);
    return Failures.call(
        () -> session.reserve(session.table(handle), position, keyBytes, flags, shown, size));
  }

  /** A cursor is too deep. */
  public static final class FullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    FullException() {
      super(ResultCode.CURSOR_FULL);
    }
  }

  /** The cursor is closed. */
  public static final class ClosedException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public ClosedException() {
      super("the cursor is closed");
    }
  }
}
