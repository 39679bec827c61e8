package org.lmdbjava;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * An environment: a file of tables. The file is one of Pando. Any number of threads may begin
 * transactions; other threads wait while one writes.
 *
 * @param <T> the buffers
 */
public final class Env<T> implements AutoCloseable {
  /** A property that has no effect here: calls are always checked. */
  public static final String DISABLE_CHECKS_PROP = "lmdbjava.disable.checks";

  /** Whether the property asks for checks, which are always made. */
  public static final boolean SHOULD_CHECK = !Boolean.getBoolean(DISABLE_CHECKS_PROP);

  private final BufferProxy<T> proxy;
  private final Store store;
  private final int flags;
  private volatile boolean closed;

  private Env(BufferProxy<T> proxy, Store store, int flags) {
    this.proxy = proxy;
    this.store = store;
    this.flags = flags;
  }

  /** As {@link #create(BufferProxy)}, for byte buffers. */
  public static Builder<ByteBuffer> create() {
    return create(ByteBufferProxy.PROXY_OPTIMAL);
  }

  /** Begins to describe an environment whose buffers are of a kind. */
  public static <T> Builder<T> create(BufferProxy<T> proxy) {
    return new Builder<>(proxy);
  }

  /**
   * Opens an environment for byte buffers.
   *
   * @param size the map size in MiB
   */
  public static Env<ByteBuffer> open(File path, int size, EnvFlags... flags) {
    return create().setMapSize((long) size << 20).open(path, flags);
  }

  BufferProxy<T> proxy() {
    return proxy;
  }

  Store store() {
    return store;
  }

  boolean has(EnvFlags flag) {
    return MaskedFlag.isSet(flags, flag);
  }

  void checkNotClosed() {
    if (closed) {
      throw new AlreadyClosedException();
    }
  }

  /** Closes the environment. Open transactions are rolled back. A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Failures.run(store::close);
    }
  }

  /**
   * Copies the newest commit to another file while other threads read and write. The copy is on
   * disk when this returns.
   *
   * @param path an empty directory, or with {@link EnvFlags#MDB_NOSUBDIR} a file that does not
   *     exist
   * @throws InvalidCopyDestination if it is something else
   */
  public void copy(File path, CopyFlags... flags) {
    checkNotClosed();
    boolean noSubDir = has(EnvFlags.MDB_NOSUBDIR);
    checkTarget(path, noSubDir);
    Path target = Store.fileOf(path, noSubDir);
    boolean compact = MaskedFlag.isSet(MaskedFlag.mask(flags), CopyFlags.MDB_CP_COMPACT);
    Failures.run(() -> store.copy(target, compact));
  }

  private static void checkTarget(File path, boolean noSubDir) {
    if (noSubDir) {
      if (path.exists()) {
        throw new InvalidCopyDestination(path + " exists already");
      }
      return;
    }
    String[] files = path.list();
    if (files == null) {
      throw new InvalidCopyDestination(path + " is no directory");
    }
    if (files.length > 0) {
      throw new InvalidCopyDestination(path + " contains files; give an empty directory");
    }
  }

  /**
   * The names of all tables, in order. If a program has put entries into the table without a name,
   * their keys are among them.
   */
  public List<byte[]> getDbiNames() {
    checkNotClosed();
    return Failures.call(() -> store.call(db -> db.view(Tables::names)));
  }

  /**
   * Sets how much the environment may store. No transaction may be open, and no other thread may be
   * in {@link #copy}, {@link #sync} or {@link #getDbiNames}; the result code is EINVAL if not. If
   * the file cannot be opened with the new size, the old one stays, and each later call tries to
   * open it again.
   *
   * @param mapSize bytes, 0 or more; 0 for 1 MiB
   */
  public void setMapSize(long mapSize) {
    checkNotClosed();
    checkMapSize(mapSize);
    Failures.run(() -> store.setMapSize(mapSize));
  }

  private static void checkMapSize(long mapSize) {
    if (mapSize < 0) {
      throw new IllegalArgumentException("map size=" + mapSize + ", allowed 0 or more");
    }
  }

  /** The greatest length of keys, and of values if there are many a key: 511 bytes, as LMDB's. */
  public int getMaxKeySize() {
    return OpenTable.MAX_KEY;
  }

  /** Sizes and counts at this moment. */
  public EnvInfo info() {
    checkNotClosed();
    return Failures.call(store::info);
  }

  /** Whether it is closed. */
  public boolean isClosed() {
    return closed;
  }

  /** Whether it was opened for reading only. */
  public boolean isReadOnly() {
    return has(EnvFlags.MDB_RDONLY_ENV);
  }

  /** As {@link #openDbi(byte[], Comparator, boolean, DbiFlags...)}, with the name in UTF-8. */
  public Dbi<T> openDbi(String name, DbiFlags... flags) {
    return openDbi(bytes(name), null, false, flags);
  }

  /** As {@link #openDbi(byte[], Comparator, boolean, DbiFlags...)}, with the name in UTF-8. */
  public Dbi<T> openDbi(String name, Comparator<T> comparator, DbiFlags... flags) {
    return openDbi(bytes(name), comparator, false, flags);
  }

  /** As {@link #openDbi(byte[], Comparator, boolean, DbiFlags...)}, with the name in UTF-8. */
  public Dbi<T> openDbi(
      String name, Comparator<T> comparator, boolean nativeCb, DbiFlags... flags) {
    return openDbi(bytes(name), comparator, nativeCb, flags);
  }

  /** As {@link #openDbi(byte[], Comparator, boolean, DbiFlags...)}. */
  public Dbi<T> openDbi(byte[] name, DbiFlags... flags) {
    return openDbi(name, null, false, flags);
  }

  /** As {@link #openDbi(byte[], Comparator, boolean, DbiFlags...)}. */
  public Dbi<T> openDbi(byte[] name, Comparator<T> comparator, DbiFlags... flags) {
    return openDbi(name, comparator, false, flags);
  }

  /**
   * As {@link #openDbi(Txn, byte[], Comparator, boolean, DbiFlags...)}, in a transaction of its
   * own, which is committed.
   */
  public Dbi<T> openDbi(
      byte[] name, Comparator<T> comparator, boolean nativeCb, DbiFlags... flags) {
    try (Txn<T> txn = isReadOnly() ? txnRead() : txnWrite()) {
      Dbi<T> dbi = openDbi(txn, name, comparator, nativeCb, flags);
      txn.commit();
      return dbi;
    }
  }

  /**
   * Opens a table. It stays open if the transaction commits.
   *
   * @param name null for the table without a name
   * @param comparator how ranges compare keys; null for the buffers' own order
   * @param nativeCb whether the table is ordered by the comparator. Pando orders bytes, so this is
   *     possible only for the comparators of the buffers: null, signed or unsigned
   * @throws UnsupportedOperationException if the table is to be ordered by another comparator
   * @throws Dbi.KeyNotFoundException if there is none, and {@link DbiFlags#MDB_CREATE} is not given
   * @throws Dbi.DbFullException if as many are open as {@link Builder#setMaxDbs} allows
   */
  public Dbi<T> openDbi(
      Txn<T> txn, byte[] name, Comparator<T> comparator, boolean nativeCb, DbiFlags... flags) {
    Objects.requireNonNull(txn, "the transaction is null");
    int mask = MaskedFlag.mask(true, flags);
    Comparator<T> order = comparator == null ? proxy.getComparator(flags) : comparator;
    ByteForm keys = nativeCb ? formOf(order) : null;
    Session session = txn.reading();
    Handle handle = Failures.call(() -> session.tables().open(name, mask, keys));
    return new Dbi<>(this, handle, order);
  }

  private ByteForm formOf(Comparator<T> order) {
    ByteForm form = proxy.formOf(order);
    if (form == null) {
      throw new UnsupportedOperationException(
          "a table cannot be ordered by this comparator, because Pando orders keys by their bytes;"
              + " encode keys so that their bytes have the order, or use DbiFlags");
    }
    return form;
  }

  private static byte[] bytes(String name) {
    return name == null ? null : name.getBytes(StandardCharsets.UTF_8);
  }

  /** The size of the table without a name. */
  public Stat stat() {
    checkNotClosed();
    return Failures.call(
        () -> {
          Session session = store.begin(true);
          try {
            return session.stat(
                new Handle(new byte[0], TableRecord.find(session.txn(), new byte[0])));
          } finally {
            session.abort();
          }
        });
  }

  /**
   * Puts all commits on disk.
   *
   * @param force no difference: the call always waits for the disk
   */
  public void sync(boolean force) {
    checkNotClosed();
    Failures.run(store::sync);
  }

  /**
   * Begins a transaction.
   *
   * @param parent the transaction in which it is nested; both must write
   */
  public Txn<T> txn(Txn<T> parent, TxnFlags... flags) {
    checkNotClosed();
    return Failures.call(() -> new Txn<>(this, parent, MaskedFlag.mask(flags)));
  }

  /** Begins a transaction that reads. */
  public Txn<T> txnRead() {
    return txn(null, TxnFlags.MDB_RDONLY_TXN);
  }

  /** Begins a transaction that writes, after waiting for that of another thread. */
  public Txn<T> txnWrite() {
    return txn(null);
  }

  /** How many slots dead processes had: 0, because the engine frees them by itself. */
  public int readerCheck() {
    checkNotClosed();
    return 0;
  }

  /** The environment is closed. */
  public static final class AlreadyClosedException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public AlreadyClosedException() {
      super("the environment is closed");
    }
  }

  /** The builder was used already. */
  public static final class AlreadyOpenException extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With a message of its own. */
    public AlreadyOpenException() {
      super("the builder has opened an environment already; make another one");
    }
  }

  /** A copy cannot be made there. */
  public static final class InvalidCopyDestination extends LmdbException {
    private static final long serialVersionUID = 1L;

    /** With the reason. */
    public InvalidCopyDestination(String message) {
      super(message);
    }
  }

  /**
   * How an environment is opened. It opens one.
   *
   * @param <T> the buffers
   */
  public static final class Builder<T> {
    private final BufferProxy<T> proxy;
    private long mapSize = 1 << 20;
    private int maxDbs = 1;
    private int maxReaders = 126;
    private boolean opened;

    Builder(BufferProxy<T> proxy) {
      this.proxy = Objects.requireNonNull(proxy, "the proxy is null");
    }

    /**
     * Opens the environment.
     *
     * @param path the directory of the file, or with {@link EnvFlags#MDB_NOSUBDIR} the file
     * @param mode the most permissions of a new file, as on Unix
     */
    public Env<T> open(File path, int mode, EnvFlags... flags) {
      Objects.requireNonNull(path, "the path is null");
      checkNotOpened();
      opened = true;
      int mask = MaskedFlag.mask(flags);
      Handles handles = new Handles(maxDbs);
      Store store = Failures.call(() -> Store.open(path, mode, mask, mapSize, handles, maxReaders));
      return new Env<>(proxy, store, mask);
    }

    /** As {@link #open(File, int, EnvFlags...)}, with the mode 0664. */
    public Env<T> open(File path, EnvFlags... flags) {
      return open(path, 0664, flags);
    }

    private void checkNotOpened() {
      if (opened) {
        throw new AlreadyOpenException();
      }
    }

    /**
     * Sets how much the environment may store.
     *
     * @param mapSize bytes, 0 or more; 1 MiB by default
     */
    public Builder<T> setMapSize(long mapSize) {
      checkNotOpened();
      checkMapSize(mapSize);
      this.mapSize = mapSize;
      return this;
    }

    /** Sets how many tables with names may be open; 1 by default. */
    public Builder<T> setMaxDbs(int dbs) {
      checkNotOpened();
      this.maxDbs = dbs;
      return this;
    }

    /** Sets how many read transactions there may be; 126 by default. */
    public Builder<T> setMaxReaders(int readers) {
      checkNotOpened();
      this.maxReaders = readers;
      return this;
    }
  }

  /** The file is of another version. */
  public static final class VersionMismatchException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    VersionMismatchException() {
      super(ResultCode.VERSION_MISMATCH);
    }
  }

  /** The file is no database of Pando. */
  public static final class FileInvalidException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    FileInvalidException() {
      super(ResultCode.INVALID);
    }
  }

  /** The map size is reached; set a larger one. */
  public static final class MapFullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    MapFullException() {
      super(ResultCode.MAP_FULL);
    }
  }

  /** As many readers as were allowed have slots; set a larger number. */
  public static final class ReadersFullException extends LmdbNativeException {
    private static final long serialVersionUID = 1L;

    ReadersFullException() {
      super(ResultCode.READERS_FULL);
    }
  }
}
