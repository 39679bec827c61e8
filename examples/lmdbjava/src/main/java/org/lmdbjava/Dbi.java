package org.lmdbjava;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * An open table. Any number of threads may use it, each with a transaction of its own.
 *
 * @param <T> the buffers
 */
public final class Dbi<T> {
  private static final int FLAGS_OF_PUT =
      MaskedFlag.mask(
          PutFlags.MDB_NOOVERWRITE,
          PutFlags.MDB_NODUPDATA,
          PutFlags.MDB_RESERVE,
          PutFlags.MDB_APPEND,
          PutFlags.MDB_APPENDDUP);

  private final Env<T> env;
  private final Handle handle;
  private final Comparator<T> comparator;

  Dbi(Env<T> env, Handle handle, Comparator<T> comparator) {
    this.env = env;
    this.handle = handle;
    this.comparator = comparator;
  }

  private MemorySegment bytes(T buffer) {
    return MemorySegment.ofBuffer(env.proxy().in(buffer));
  }

  /** Ends the use of the table by all its objects; it counts no more as open. */
  public void close() {
    env.checkNotClosed();
    env.store().handles().close(handle);
  }

  /** As {@link #delete(Txn, Object)}, in a transaction of its own. */
  public boolean delete(T key) {
    try (Txn<T> txn = env.txnWrite()) {
      boolean there = delete(txn, key);
      txn.commit();
      return there;
    }
  }

  /** Removes a key with all its values; false if it is absent. */
  public boolean delete(Txn<T> txn, T key) {
    return delete(txn, key, null);
  }

  /**
   * Removes a key.
   *
   * @param val one of its values, if a key has many; null for all of them
   * @return false if it is absent
   */
  public boolean delete(Txn<T> txn, T key, T val) {
    Objects.requireNonNull(key, "the key is null");
    Session session = txn.writing();
    MemorySegment keyBytes = bytes(key);
    MemorySegment value = val == null ? null : bytes(val);
    return Failures.test(
        () -> {
          OpenTable table = session.table(handle);
          return table.delete(keyBytes, table.form().pairs() ? value : null);
        });
  }

  /** Removes all entries. */
  public void drop(Txn<T> txn) {
    drop(txn, false);
  }

  /**
   * Removes all entries.
   *
   * @param delete whether the table is removed, too, and this object is closed
   */
  public void drop(Txn<T> txn, boolean delete) {
    Session session = txn.writing();
    Failures.run(() -> session.tables().drop(handle, delete));
  }

  /** The value of a key, or the first one of many; null if the key is absent. */
  public T get(Txn<T> txn, T key) {
    Objects.requireNonNull(key, "the key is null");
    Session session = txn.reading();
    MemorySegment wanted = bytes(key);
    KeyVal.Entry found = Failures.call(() -> session.table(handle).get(wanted));
    return found == null ? null : txn.shown().showVal(found.value());
  }

  /** A copy of the name, or null. */
  public byte[] getName() {
    return handle.isMain() ? null : handle.name().clone();
  }

  /** All entries, in ascending order. */
  public CursorIterable<T> iterate(Txn<T> txn) {
    return iterate(txn, KeyRange.all());
  }

  /** The entries of a range, in its order. Close what this returns. */
  public CursorIterable<T> iterate(Txn<T> txn, KeyRange<T> range) {
    Objects.requireNonNull(range, "the range is null");
    return new CursorIterable<>(openCursor(txn), range, comparator);
  }

  /** The flags that are stored with the table. */
  public List<DbiFlags> listFlags(Txn<T> txn) {
    Session session = txn.reading();
    int flags = Failures.call(() -> session.table(handle).flags());
    List<DbiFlags> all = new ArrayList<>();
    for (DbiFlags each : DbiFlags.values()) {
      if (MaskedFlag.isSet(flags, each)) {
        all.add(each);
      }
    }
    return all;
  }

  /** A cursor, on no entry yet. Close it. */
  public Cursor<T> openCursor(Txn<T> txn) {
    Session session = txn.reading();
    Position position = Failures.call(() -> session.table(handle).open());
    Cursor<T> cursor = null;
    try {
      cursor = new Cursor<>(env, txn, handle, position);
      return cursor;
    } finally {
      if (cursor == null) {
        position.close();
      }
    }
  }

  /** As {@link #put(Txn, Object, Object, PutFlags...)}, in a transaction of its own. */
  public void put(T key, T val) {
    try (Txn<T> txn = env.txnWrite()) {
      boolean _ = put(txn, key, val);
      txn.commit();
    }
  }

  /**
   * Stores a value under a key: in place of the one that it has, or besides those if a key has
   * many.
   *
   * @return false if {@link PutFlags#MDB_NOOVERWRITE} or {@link PutFlags#MDB_NODUPDATA} refuses it
   * @throws KeyExistsException if another flag refuses it
   * @throws BadValueSizeException if the key, or a value of many, is longer than {@link
   *     Env#getMaxKeySize}, or the key is empty
   */
  public boolean put(Txn<T> txn, T key, T val, PutFlags... flags) {
    Objects.requireNonNull(key, "the key is null");
    Objects.requireNonNull(val, "the value is null");
    Session session = txn.writing();
    MemorySegment keyBytes = bytes(key);
    MemorySegment value = bytes(val);
    int mask = MaskedFlag.mask(flags);
    return Failures.test(() -> put(txn, session.table(handle), keyBytes, value, mask));
  }

  private boolean put(
      Txn<T> txn, OpenTable table, MemorySegment key, MemorySegment value, int flags) {
    if ((flags & ~FLAGS_OF_PUT) != 0) {
      throw ResultCode.EINVAL.exception();
    }
    boolean plain = (flags & ~PutFlags.MDB_RESERVE.getMask()) == 0;
    if (plain && !table.hasFixedValues()) { // without a cursor
      table.checkNew(key, value);
      table.put(key, value);
      return true;
    }
    try (Position found = new Position(table)) {
      boolean stored = found.put(key, value, flags);
      if (!stored && MaskedFlag.isSet(flags, PutFlags.MDB_NOOVERWRITE)) {
        T _ = txn.shown().showVal(found.entry().value());
      }
      return stored;
    }
  }

  /**
   * Stores a value that the program fills afterwards, until the next call that writes, or the
   * commit.
   *
   * @return the buffer to fill, of {@code size} bytes
   * @throws IncompatibleException if a key has many values
   */
  public T reserve(Txn<T> txn, T key, int size, PutFlags... op) {
    Objects.requireNonNull(key, "the key is null");
    Session session = txn.writing();
    MemorySegment keyBytes = bytes(key);
    int flags = MaskedFlag.mask(op);
    return Failures.call(
        () -> {
          OpenTable table = session.table(handle);
          try (Position found = new Position(table)) {
            return session.reserve(table, found, keyBytes, flags, txn.shown(), size);
          }
        });
  }

  /** The size of the table. */
  public Stat stat(Txn<T> txn) {
    Session session = txn.reading();
    return Failures.call(() -> session.table(handle).stat());
  }

  /** The key, or the pair of key and value, is stored already. */
  public static final class KeyExistsException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    KeyExistsException() {
      super(ResultCode.KEYEXIST);
    }
  }

  /** There is no such table or entry. */
  public static final class KeyNotFoundException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    KeyNotFoundException() {
      super(ResultCode.NOTFOUND);
    }
  }

  /** As many tables as were allowed are open; set a larger number. */
  public static final class DbFullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    DbFullException() {
      super(ResultCode.DBS_FULL);
    }
  }

  /** The file is larger than the map. */
  public static final class MapResizedException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    MapResizedException() {
      super(ResultCode.MAP_RESIZED);
    }
  }

  /** The operation does not fit the kind of the table. */
  public static final class IncompatibleException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    IncompatibleException() {
      super(ResultCode.INCOMPATIBLE);
    }
  }

  /** The length of a key, a name or a value is not allowed. */
  public static final class BadValueSizeException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    BadValueSizeException() {
      super(ResultCode.BAD_VALSIZE);
    }
  }

  /** The table was changed meanwhile. */
  public static final class BadDbiException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    BadDbiException() {
      super(ResultCode.BAD_DBI);
    }
  }
}
