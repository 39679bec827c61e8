package dev.pando.pager;

import java.nio.file.Path;

/**
 * Access to directories of the disk. Thread-safe. Every failure is a {@link
 * dev.pando.error.StorageException} that names the file.
 */
public interface Storage {
  /** Opens an existing regular file. */
  PageFile open(Path path, boolean writable);

  /** Creates a file, open for reading and writing; fails if it exists. */
  PageFile create(Path path);

  /** Whether a file, directory or link of this name exists. */
  boolean exists(Path path);

  /** Whether a regular file of this name, or at the end of this link, has 0 bytes. */
  default boolean isEmpty(Path path) {
    return false;
  }

  /** Gives a file the owner, the group and the permissions of another, if this user may. */
  default void copyRights(Path from, Path to) {}

  /**
   * The file's own name, without symbolic links; if there is no such file, that of its directory
   * and the name.
   */
  default Path realPath(Path path) {
    return path;
  }

  /** Deletes a file; does nothing if there is none. */
  void delete(Path path);

  /** Renames atomically, replacing {@code to}. Durable after {@link #syncDirectory}. */
  void rename(Path from, Path to);

  /** Puts created, renamed and deleted names of a directory on disk. */
  void syncDirectory(Path directory);

  /** Where copies of its databases are written. */
  default Storage ofCopies() {
    return this;
  }

  /**
   * Opens the lock file of a database, creating it if there is none, with the database's owner and
   * permissions. Nothing in it is locked yet.
   *
   * @param lockFile beside the file's {@link #realPath}: one file has one lock file
   * @param required false if the database may be opened without a lock file, for reading
   * @throws dev.pando.error.DatabaseLockedException if this JVM has it open already
   * @throws dev.pando.error.StorageIoException if it is on a network file system, cannot be opened,
   *     or is not a lock file of Pando
   */
  StorageLock lock(Path lockFile, boolean required);
}
