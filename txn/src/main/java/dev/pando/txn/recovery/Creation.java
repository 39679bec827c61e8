package dev.pando.txn.recovery;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.PageFile;
import dev.pando.pager.Storage;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Settings;
import java.nio.file.Path;

/**
 * Creates a database where there is no file, or only an empty one, such as {@code
 * Files.createTempFile} leaves.
 */
final class Creation {
  private Creation() {}

  /** Whether the options allow turning an existing empty file into a database. */
  static boolean mayReplace(Path path, Settings settings) {
    return settings.createIfMissing() && settings.storage().isEmpty(path);
  }

  /**
   * Creates the database if it is missing; for the process that is alone, under the lock file.
   *
   * @return false if there is one
   */
  static boolean run(Path path, Settings settings, LockFile lock) {
    Storage storage = settings.storage();
    if (storage.exists(path)) {
      return mayReplace(path, settings) && replace(path, settings, lock);
    }
    DatabaseFile.create(storage, path, settings.pageSize(), settings.newDatabaseId());
    return true;
  }

  /**
   * The empty file is locked too, because a process may use another lock file if the first was
   * deleted. That process may have created a database meanwhile: then it is opened.
   */
  private static boolean replace(Path path, Settings settings, LockFile lock) {
    refuseIfItWasOne(path, lock);
    Storage storage = settings.storage();
    try (PageFile empty = storage.open(path, true)) {
      OpenedFile.lockItself(path, empty, true);
      if (!storage.isEmpty(path)) {
        return false;
      }
      Path file = storage.realPath(path); // a link stays a link
      DatabaseFile.replaceEmpty(storage, file, settings.pageSize(), settings.newDatabaseId());
      return true;
    }
  }

  /** Refuses to replace a truncated database silently by a new one. */
  private static void refuseIfItWasOne(Path path, LockFile lock) {
    long lastCommit = lock.current(); // of the processes before: this one has not begun
    if (lastCommit > 0) {
      throw new CorruptFileException(
          path.toString(),
          -1,
          "the file is empty, but its lock file says that it was a database with commit %d; restore it from a copy, or delete the lock file too to begin with an empty database"
              .formatted(lastCommit));
    }
  }
}
