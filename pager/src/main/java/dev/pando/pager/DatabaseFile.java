package dev.pando.pager;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The names of a database's files, and the creation of a database. At any moment there is either no
 * database or a whole one.
 *
 * <p>The name of the file in creation may be that of another program's file, even of a database. So
 * the file has a mark, in the page after its metas, with its final name and its database id. A file
 * without that mark is not changed. The first commit overwrites the mark.
 */
public final class DatabaseFile {
  private static final String LOCK_SUFFIX = "-lock";
  private static final String NEW_SUFFIX = "-new";
  private static final String INCREMENT_SUFFIX = "-increment";
  private static final String MARK = "pando creates ";

  private DatabaseFile() {}

  /** The lock file of a database. */
  public static Path lockFile(Path database) {
    return sibling(database, LOCK_SUFFIX);
  }

  /** Where a follower keeps an increment until it is applied. */
  public static Path incrementFile(Path database) {
    return sibling(database, INCREMENT_SUFFIX);
  }

  /** The database of a lock file. */
  static Path database(Path lockFile) {
    String name = lockFile.getFileName().toString();
    return name.endsWith(LOCK_SUFFIX)
        ? lockFile.resolveSibling(name.substring(0, name.length() - LOCK_SUFFIX.length()))
        : lockFile;
  }

  /** The name under which a database is made before it gets its final name. */
  public static Path temporaryFile(Path database) {
    return sibling(database, NEW_SUFFIX);
  }

  /**
   * Makes an empty database under a temporary name, puts it on disk, and renames it. A crash in
   * between leaves a harmless file; the next call removes it if it is whole. A file that only has
   * that name is left, and another name is used. The caller holds the database's lock and opens the
   * file afterwards.
   *
   * @throws StorageIoException if the name is taken, or the disk fails
   */
  public static void create(Storage storage, Path database, int pageSize, UUID databaseId) {
    if (storage.exists(database)) {
      throw new StorageIoException(
          database + ": cannot be created, a file of this name exists", null);
    }
    create(storage, database, pageSize, databaseId, temporary -> {});
  }

  /**
   * As {@link #create}, in place of a file of 0 bytes. The database gets its permissions. A crash
   * in between leaves that file or the whole database. The caller locks the file as well.
   *
   * @param database no link
   * @throws StorageIoException if the file is not empty any more; it is left as it is
   */
  public static void replaceEmpty(Storage storage, Path database, int pageSize, UUID databaseId) {
    create(
        storage,
        database,
        pageSize,
        databaseId,
        temporary -> {
          storage.copyRights(database, temporary);
          if (!storage.isEmpty(database)) {
            throw new StorageIoException(
                database
                    + ": cannot become a database, another program has just written to the empty"
                    + " file or removed it; it is left as it is",
                null);
          }
        });
  }

  private static void create(
      Storage storage, Path database, int pageSize, UUID databaseId, Consumer<Path> beforeRename) {
    PageHeader.checkPageSize(pageSize);
    Path temporary = temporaryFile(database);
    boolean _ = removeLeftover(storage, database);
    if (storage.exists(temporary)) {
      temporary = sibling(database, NEW_SUFFIX + "-" + databaseId);
    }
    try {
      write(storage, temporary, database, Meta.initial(pageSize, databaseId));
      beforeRename.accept(temporary);
      storage.rename(temporary, database);
      storage.syncDirectory(directory(database));
    } catch (StorageException e) {
      removeAfter(e, storage, temporary);
      throw e;
    }
  }

  /** Removes what a crash while creating this database left; true if there was something. */
  static boolean removeLeftover(Storage storage, Path database) {
    Path temporary = temporaryFile(database);
    boolean found =
        storage.exists(temporary)
            && !storage.exists(lockFile(temporary)) // otherwise it is a database
            && isLeftover(storage, temporary, database);
    if (found) {
      storage.delete(temporary);
    }
    return found;
  }

  private static boolean isLeftover(Storage storage, Path temporary, Path database) {
    try (PageFile file = storage.open(temporary, false)) {
      MetaSlots slots = MetaSlots.read(file);
      int pageSize = slots.pageSize();
      if (file.size() != (PageHeader.META_SLOTS + 1L) * pageSize
          || slots.valid().getFirst().meta().txnId() != 0) {
        return false;
      }
      ByteBuffer found = ByteBuffer.allocate(pageSize);
      file.read(found, (long) PageHeader.META_SLOTS * pageSize);
      UUID databaseId = slots.valid().getFirst().meta().databaseId();
      return Arrays.equals(found.array(), mark(database, databaseId, pageSize));
    } catch (StorageException e) {
      return false; // another file, or torn by a power cut
    }
  }

  private static byte[] mark(Path database, UUID databaseId, int pageSize) {
    byte[] text = (MARK + databaseId + " " + database.getFileName()).getBytes(UTF_8);
    return Arrays.copyOf(text, pageSize);
  }

  /** The directory that holds a file. */
  public static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is not a file in a directory");
    }
    return parent;
  }

  private static void write(Storage storage, Path temporary, Path database, Meta meta) {
    int head = PageHeader.META_SLOTS * meta.pageSize();
    byte[] pages = new byte[head + meta.pageSize()];
    meta.encode(MemorySegment.ofArray(pages), 0, 0);
    byte[] mark = mark(database, meta.databaseId(), meta.pageSize());
    System.arraycopy(mark, 0, pages, head, mark.length);
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
