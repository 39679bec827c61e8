package dev.pando.txn.recovery;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.FollowerFileException;
import dev.pando.error.ReadOnlyException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.Checksums;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Settings;
import dev.pando.txn.readers.Publication;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A database file that was opened, or created, and recovered.
 *
 * @param file open for writing unless the options say otherwise
 * @param map of all its pages, with one reference
 * @param meta the commit that was chosen
 * @param created whether there was no database
 * @param logged how many commits follow it that only the commit log has, and that are to be
 *     replayed
 * @param passedOver meta slots that were skipped, newest first, each with the reason
 */
public record OpenedFile(
    PageFile file, PageMap map, Meta meta, boolean created, int logged, List<String> passedOver) {
  /** Each one that fails met a truncation of its own. */
  private static final int MAP_ATTEMPTS = 10;

  private static final long PATIENCE_NANOS = 500_000_000;
  private static final long POLL_NANOS = 1_000_000;

  /** The commit, with its tables. */
  public CatalogSnapshot snapshot() {
    return new CatalogSnapshot(meta, map);
  }

  /** Opens the database's lock file and enters; see {@link LockFile#enter}. */
  public static LockFile enter(Path path, Settings settings) {
    checkArguments(path);
    while (true) {
      LockFile lock = LockFile.enter(lock(path, settings));
      try {
        if (lock.isNamed()) {
          return lock;
        }
      } catch (Throwable e) {
        closeAfter(e, lock);
        throw e;
      }
      lock.close(); // it was deleted just now: there is another one
    }
  }

  private static void checkArguments(Path path) {
    Objects.requireNonNull(path, "the path is null");
    FileSystem system = path.getFileSystem();
    if (!system.equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(
          "%s: cannot open, it is a path of the file system %s (%s); a database is mapped and locked, so copy it to a file of the default file system"
              .formatted(path, system, system.provider().getScheme()));
    }
  }

  public static void closeAfter(Throwable first, LockFile lock) {
    try {
      lock.close();
    } catch (StorageException e) {
      first.addSuppressed(e);
    }
  }

  /**
   * Opens the database's lock file. A file that is not a database is refused first, so that no lock
   * file is created for it. If a lock file exists already, {@link #open} refuses the file, which
   * saves a check at each opening.
   */
  private static StorageLock lock(Path path, Settings settings) {
    Storage storage = settings.storage();
    Path lockFile = DatabaseFile.lockFile(storage.realPath(path)); // it belongs to the file
    if (storage.exists(path)) {
      if (!storage.exists(lockFile) && !Creation.mayReplace(path, settings)) {
        probe(path, settings);
      }
    } else if (!settings.createIfMissing()) {
      throw new StorageIoException(
          path
              + ": there is no such file, and "
              + (settings.readOnly()
                  ? "opening for reading only does not create it"
                  : "the options say not to create it"),
          null);
    }
    return storage.lock(lockFile, !settings.readOnly());
  }

  private static void probe(Path path, Settings settings) {
    try (PageFile file = settings.storage().open(path, !settings.readOnly())) {
      MetaSlots _ = MetaSlots.read(file);
    } catch (CorruptFileException e) {
      // Another process may be writing a meta: check again under the lock.
    }
  }

  /** Opens or creates the file; no other process enters or leaves meanwhile. */
  public static OpenedFile open(Path path, Settings settings, LockFile lock) {
    Storage storage = settings.storage();
    boolean created = lock.alone() && !settings.readOnly() && Creation.run(path, settings, lock);
    if (lock.alone() && lock.shared() && settings.readOnly()) {
      checkOtherNames(path, storage);
    }
    PageFile file = storage.open(path, !settings.readOnly());
    try {
      if (lock.shared()) {
        lockItself(path, file, lock.alone() && file.writable());
      } else {
        file.lockAsReader(); // before looking for the newest commit
      }
      MetaSlots slots = MetaSlots.read(file);
      checkPageSize(path, settings, slots.pageSize());
      if (settings.follower()) {
        slots = new Redo(path, file, settings, lock).run(slots);
      }
      if (lock.alone() && file.writable() && !created && isNew(slots)) {
        storage.syncDirectory(DatabaseFile.directory(path));
      }
      return lock.alone()
          ? recover(file, settings, slots, created, lock)
          : join(file, settings, slots, lock);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /** Whether there is no commit yet: the creator may not have synced the file's name. */
  private static boolean isNew(MetaSlots slots) {
    for (MetaSlots.Valid slot : slots.valid()) {
      if (slot.meta().txnId() != 0) {
        return false;
      }
    }
    return true;
  }

  /** Finds processes that have the file open but use another lock file: theirs was deleted. */
  public static void lockItself(Path path, PageFile file, boolean alone) {
    long end =
        System.nanoTime() + PATIENCE_NANOS; // a process that dies frees one lock, then the other
    while (!isOurs(file, alone)) {
      if (System.nanoTime() - end < 0) {
        LockFile.pause(POLL_NANOS);
        continue;
      }
      throw new DatabaseLockedException(
          path.toString(),
          -1,
          "another process has the database open, and its lock file was deleted or replaced; close"
              + " the database there first");
    }
  }

  /** Finds processes that use another lock file, by a hard link, if this user may write. */
  private static void checkOtherNames(Path path, Storage storage) {
    PageFile probe;
    try {
      probe = storage.open(path, true);
    } catch (DatabaseLockedException e) {
      throw e;
    } catch (StorageException e) {
      return; // it may not
    }
    try (probe) {
      lockItself(path, probe, true);
    }
  }

  private static boolean isOurs(PageFile file, boolean alone) {
    return (!alone || file.tryLock(true)) && file.tryLock(false);
  }

  private static void checkPageSize(Path path, Settings settings, int pageSize) {
    if (settings.pageSizeRequired() && pageSize != settings.pageSize()) {
      throw new IllegalArgumentException(
          "%s: page size=%d was asked for, the database has %d; leave the page size out to open it"
              .formatted(path, settings.pageSize(), pageSize));
    }
  }

  private static OpenedFile recover(
      PageFile file, Settings settings, MetaSlots slots, boolean created, LockFile lock) {
    int pageSize = slots.pageSize();
    PageMap verifying = mapWhole(file, pageSize, Checksums.FIRST_TOUCH);
    long pages = verifying.pageCount();
    try {
      checkApplied(file, slots);
      Recovery recovery = Recovery.choose(verifying, slots);
      Meta meta = recovery.meta();
      checkWritable(file, settings, meta);
      LoggedCommits logged = LoggedCommits.after(file, meta, settings);
      if (!lock.shared() && !slots.isNewest(MetaSlots.read(file))) {
        logged = LoggedCommits.NONE; // a process writes: its commits need no recovery
      }
      logged.check(file, meta);
      PageMap map = map(file, settings, verifying, lock.shared() ? pages : meta.pageCount());
      // A meta may say that its own pages are on disk, not whether it is there itself.
      long durable = created ? meta.txnId() : Math.clamp(meta.txnId() - 1, 0, meta.durableTxn());
      long idLimit = Math.max(slots.idLimit(), logged.idLimit());
      lock.describe(meta.databaseId(), pageSize, meta.txnId(), durable, idLimit, created);
      lock.log().setIgnored(settings.readOnly() && settings.logIgnored());
      return new OpenedFile(file, map, meta, created, logged.count(), recovery.passedOver());
    } finally {
      verifying.release();
    }
  }

  /** What older metas name may be overwritten. */
  private static void checkApplied(PageFile file, MetaSlots slots) {
    Meta newest = slots.valid().getFirst().meta();
    if (newest.features().isApplying()) {
      throw Publication.halfApplied(String.valueOf(file.path()), newest.txnId());
    }
  }

  private static void checkWritable(PageFile file, Settings settings, Meta meta) {
    if (!file.writable()) {
      return;
    }
    meta.features().checkWritable(String.valueOf(file.path()));
    if (meta.features().isFollower() && !settings.follower()) {
      throw new FollowerFileException(
          "%s: it is a follower's, at transaction %d of incarnation %s, and only Follower.apply changes it; open it for reading only, or with Follower.open; Follower.promote makes it a database that may be written"
              .formatted(file.path(), meta.txnId(), meta.lineage().parent()));
    }
  }

  /** Writing processes do not know the mapping of a process that cannot write the lock file. */
  private static PageMap map(PageFile file, Settings settings, PageMap verifying, long pages) {
    return settings.checksums() == Checksums.FIRST_TOUCH && pages == verifying.pageCount()
        ? verifying.retain()
        : file.map(verifying.pageSize(), pages, settings.checksums(), verifying);
  }

  /** Other processes have it open: their newest commit needs no recovery. */
  private static OpenedFile join(PageFile file, Settings settings, MetaSlots slots, LockFile lock) {
    lock.join(slots.valid().getFirst().meta().databaseId(), slots.pageSize());
    Meta meta = Publication.await(file, lock);
    checkWritable(file, settings, meta);
    LoggedCommits logged =
        lock.log().isIgnored() ? LoggedCommits.after(file, meta, settings) : LoggedCommits.NONE;
    logged.check(file, meta);
    if (logged.count() > 0) {
      lock.setLastUsed(Math.max(lock.lastUsed(), logged.idLimit()));
    }
    PageMap map =
        lock.whileNoMapChanges(
            () -> {
              PageMap whole = mapWhole(file, slots.pageSize(), settings.checksums());
              try {
                lock.members().setMappedPages(whole.pageCount());
              } catch (Throwable e) {
                whole.release();
                throw e;
              }
              return whole;
            });
    return new OpenedFile(file, map, meta, false, logged.count(), List.of());
  }

  /** Another process may truncate the file meanwhile; then what is left of it is mapped. */
  private static PageMap mapWhole(PageFile file, int pageSize, Checksums checksums) {
    for (int attempt = 1; ; attempt++) {
      long pages = file.size() / pageSize;
      try {
        return file.map(pageSize, pages, checksums, null);
      } catch (StorageException e) {
        if (attempt == MAP_ATTEMPTS || file.size() / pageSize >= pages) {
          throw e;
        }
      }
    }
  }

  /** The exception for a write to a database that only reads. */
  public static ReadOnlyException readOnly(Path path, PageFile file) {
    return new ReadOnlyException(
        path
            + (file.writable()
                ? ": cannot write, it is a follower's; after Follower.promote it can be written"
                : ": cannot write, the database is open for reading only"));
  }

  /** The exception for a mapped page that could not be read. */
  public static StorageIoException faulted(Path path, InternalError error) {
    String message = error.getMessage();
    if (message == null || !message.contains("unsafe memory access")) {
      throw error;
    }
    return new StorageIoException(
        path
            + ": cannot be read through the map: the file was truncated while it was open, or its"
            + " disk failed; close the database and restore the file",
        error);
  }

  /** The exception for a call that met the end of the database, or of the mapped file. */
  public static RuntimeException explained(Lifecycle lifecycle, Throwable failure) {
    return failure instanceof InternalError fault
        ? faulted(lifecycle.path(), fault)
        : lifecycle.explained((IllegalStateException) failure);
  }
}
