package org.lmdbjava;

import dev.pando.BackupForm;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/** The database of an environment. Thread-safe. */
final class Store {
  private static final String FILE = "data.mdb";

  /** What LMDB and this library take for a map size of 0. */
  private static final long DEFAULT_MAP_SIZE = 1 << 20;

  private final Path path;
  private final Options options;
  private final Handles handles;
  private final ReaderSlots readers;

  /** Null after {@link #setMapSize} has failed, until the next call opens it again. */
  private Database database;

  private long mapSize;
  private boolean isClosed;

  /** Transactions that are open, and other calls that need the database to stay open. */
  private int calls;

  private Store(Path path, Options options, long mapSize, Handles handles, ReaderSlots readers) {
    this.path = path;
    this.options = options.withCreateIfMissing(false);
    this.handles = handles;
    this.readers = readers;
    this.mapSize = mapSize == 0 ? DEFAULT_MAP_SIZE : mapSize;
    this.database = Database.open(path, options.withMaxSize(maxSize(this.mapSize)));
  }

  /** The file at a path, or in the directory at the path. */
  static Path fileOf(File path, boolean noSubDir) {
    return noSubDir ? path.toPath() : path.toPath().resolve(FILE);
  }

  /**
   * Opens a database, or creates one.
   *
   * @param flags those of {@link EnvFlags}
   * @param mode the most permissions that a new file gets
   */
  static Store open(File path, int mode, int flags, long mapSize, Handles handles, int maxReaders) {
    boolean noSubDir = MaskedFlag.isSet(flags, EnvFlags.MDB_NOSUBDIR);
    boolean readOnly = MaskedFlag.isSet(flags, EnvFlags.MDB_RDONLY_ENV);
    Path file = fileOf(path, noSubDir);
    boolean isNew = !Files.exists(file);
    checkPath(path, file, noSubDir, isNew && readOnly);
    boolean waits =
        (flags
                & MaskedFlag.mask(
                    EnvFlags.MDB_NOSYNC, EnvFlags.MDB_NOMETASYNC, EnvFlags.MDB_MAPASYNC))
            == 0;
    Options options =
        Options.defaults()
            .withReadOnly(readOnly)
            .withDurability(waits ? Durability.SYNC : Durability.ASYNC)
            .withCloseTimeout(Duration.ZERO);
    ReaderSlots readers = new ReaderSlots(maxReaders, !MaskedFlag.isSet(flags, EnvFlags.MDB_NOTLS));
    Store store = new Store(file, options, mapSize, handles, readers);
    if (isNew) {
      try {
        restrict(file, mode);
      } catch (RuntimeException e) {
        store.close();
        throw e;
      }
    }
    return store;
  }

  private static void checkPath(File path, Path file, boolean noSubDir, boolean isMissing) {
    if (!noSubDir && path.exists() && !path.isDirectory()) {
      throw ResultCode.ENOTDIR.exception();
    }
    Path parent = file.toAbsolutePath().getParent();
    if (isMissing || (parent != null && !Files.isDirectory(parent))) {
      throw ResultCode.ENOENT.exception();
    }
  }

  /** Takes permissions from a new file that the mode does not have. */
  private static void restrict(Path file, int mode) {
    try {
      Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
      PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's reading on
      for (int i = 0; i < all.length; i++) {
        if (((mode >> (all.length - 1 - i)) & 1) == 0) {
          allowed.remove(all[i]);
        }
      }
      Files.setPosixFilePermissions(file, allowed);
    } catch (UnsupportedOperationException e) {
      // a file system without such permissions
    } catch (IOException e) {
      throw ResultCode.EIO.exception(e);
    }
  }

  /**
   * The largest size of the file. It is more than the map size, because the file has a commit log
   * and a reserve, so that what fits into LMDB's map also fits here.
   */
  private static long maxSize(long mapSize) {
    long more = (1 << 20) + mapSize / 2;
    return mapSize > Long.MAX_VALUE - more ? Long.MAX_VALUE : mapSize + more;
  }

  Handles handles() {
    return handles;
  }

  ReaderSlots readers() {
    return readers;
  }

  synchronized int pageSize() {
    return opened().stat().pageSize();
  }

  private Database opened() {
    if (isClosed) {
      throw new Env.AlreadyClosedException();
    }
    if (database == null) {
      database = openAgain(mapSize);
    }
    return database;
  }

  private Database openAgain(long size) {
    return Database.open(path, options.withMaxSize(maxSize(size)));
  }

  // ---- calls, during which the database stays open

  Session begin(boolean readOnly) {
    Database db = enter();
    Session begun = null;
    try {
      begun = new Session(this, readOnly ? db.beginRead() : db.beginWrite());
      return begun;
    } finally {
      if (begun == null) {
        leave();
      }
    }
  }

  <R> R call(Function<Database, R> call) {
    Database db = enter();
    try {
      return call.apply(db);
    } finally {
      leave();
    }
  }

  private synchronized Database enter() {
    Database db = opened();
    calls++;
    return db;
  }

  synchronized void leave() {
    calls--;
  }

  /**
   * Opens the database again with another limit. If that fails, the limit stays, and the next call
   * opens the database or says why it cannot.
   */
  synchronized void setMapSize(long bytes) {
    if (calls > 0) {
      throw ResultCode.EINVAL.exception();
    }
    Database before = opened();
    database = null;
    before.close();
    long size = bytes == 0 ? DEFAULT_MAP_SIZE : bytes;
    database = openAgain(size);
    mapSize = size;
  }

  // ---- the whole

  /** In the lock, so that a change of the map size waits for it. */
  synchronized EnvInfo info() {
    dev.pando.Stat stat = opened().stat();
    return new EnvInfo(mapSize, stat.pageCount() - 1, stat.txnId(), readers.max(), readers.most());
  }

  void copy(Path target, boolean compact) {
    BackupForm form = compact ? BackupForm.COMPACT : BackupForm.PAGES;
    var _ = call(db -> db.backup(target, form, (_, _) -> {}));
  }

  void sync() {
    boolean _ =
        call(
            db -> {
              db.sync();
              return true;
            });
  }

  void close() {
    Database last;
    synchronized (this) {
      isClosed = true;
      last = database;
    }
    if (last != null) {
      last.close();
    }
  }
}
