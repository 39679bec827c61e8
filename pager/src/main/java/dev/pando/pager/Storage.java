package dev.pando.pager;

import java.nio.file.Path;

/**
 * The directory side of the door to the disk. Thread-safe. Every failure is a {@link
 * dev.pando.error.StorageException} that names the file.
 */
public interface Storage {
  /** Opens an existing regular file. */
  PageFile open(Path path, boolean writable);

  /** Creates a file, open for reading and writing; fails if it exists. */
  PageFile create(Path path);

  /** Whether a file, directory or link of this name exists. */
  boolean exists(Path path);

  /** Deletes a file; does nothing if there is none. */
  void delete(Path path);

  /** Renames atomically, replacing {@code to}. Durable after {@link #syncDirectory}. */
  void rename(Path from, Path to);

  /** Puts created, renamed and deleted names of a directory on disk. */
  void syncDirectory(Path directory);

  /**
   * Takes the lock of a database, creating the lock file if there is none.
   *
   * @param exclusive true for a writer; false for a reader, which other readers may join
   * @throws dev.pando.error.DatabaseLockedException if another process holds it in a way that
   *     excludes this one, or this JVM holds it in any way
   */
  StorageLock lock(Path lockFile, boolean exclusive);
}
