package dev.pando.pager;

import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A database's files as a set: the names beside the database file, and its creation, after which
 * there is either no database or a whole one.
 */
public final class DatabaseFile {
  private static final String LOCK_SUFFIX = "-lock";
  private static final String NEW_SUFFIX = "-new";

  private DatabaseFile() {}

  /** The lock file of a database. */
  public static Path lockFile(Path database) {
    return sibling(database, LOCK_SUFFIX);
  }

  /** The name under which a database is made before it gets its own. */
  public static Path temporaryFile(Path database) {
    return sibling(database, NEW_SUFFIX);
  }

  /**
   * Makes an empty database under a temporary name, puts it on disk, and renames it. What a crash
   * in between leaves is harmless, and removed here the next time. The caller holds the database's
   * lock and opens the file afterwards.
   *
   * @throws StorageIoException if the name is taken, or the disk fails
   */
  public static void create(Storage storage, Path database, int pageSize, UUID databaseId) {
    PageHeader.checkPageSize(pageSize);
    if (storage.exists(database)) {
      throw new StorageIoException(
          database + ": cannot be created, a file of this name exists", null);
    }
    Path temporary = temporaryFile(database);
    storage.delete(temporary);
    try {
      write(storage, temporary, Meta.initial(pageSize, databaseId));
      storage.rename(temporary, database);
      storage.syncDirectory(directory(database));
    } catch (StorageException e) {
      removeAfter(e, storage, temporary);
      throw e;
    }
  }

  /** Removes what a crash while creating this database left; true if there was something. */
  public static boolean removeLeftover(Storage storage, Path database) {
    Path temporary = temporaryFile(database);
    boolean found = storage.exists(temporary);
    if (found) {
      storage.delete(temporary);
    }
    return found;
  }

  /** The directory that holds a file. */
  public static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is not a file in a directory");
    }
    return parent;
  }

  private static void write(Storage storage, Path temporary, Meta meta) {
    byte[] pages = new byte[PageHeader.META_SLOTS * meta.pageSize()];
    meta.encode(MemorySegment.ofArray(pages), 0, 0);
    try (PageFile file = storage.create(temporary)) {
      file.write(ByteBuffer.wrap(pages), 0);
      file.sync(true);
    }
  }

  private static void removeAfter(StorageException first, Storage storage, Path temporary) {
    try {
      storage.delete(temporary);
    } catch (StorageException e) {
      first.addSuppressed(e);
    }
  }

  private static Path sibling(Path database, String suffix) {
    Path name = database.getFileName();
    if (name == null) {
      throw new IllegalArgumentException(database + " is not the name of a file");
    }
    return database.resolveSibling(name + suffix);
  }
}
