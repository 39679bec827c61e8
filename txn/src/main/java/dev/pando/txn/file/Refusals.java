package dev.pando.txn.file;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseLockedException;
import java.nio.file.Path;
import java.util.UUID;

/** Exceptions for a process that cannot open a database, or must not go on with it. */
final class Refusals {
  private Refusals() {}

  private static DatabaseLockedException locked(Path lockFile, String reason) {
    return new DatabaseLockedException(lockFile.toString(), -1, reason);
  }

  /** Another process holds a lock for too long. */
  static DatabaseLockedException tooLong(Path lockFile, String what, long seconds) {
    return locked(
        lockFile,
        "the database %s in another process, for %d seconds now; end that process, or look whether an older version of Pando has it open"
            .formatted(what, seconds));
  }

  static DatabaseLockedException otherVersion(Path lockFile, long theirs, long ours) {
    return locked(
        lockFile,
        "another process has the database open with another version of Pando (lock file %016x, ours %016x); close it there first"
            .formatted(theirs, ours));
  }

  static DatabaseLockedException otherDatabase(Path lockFile, UUID theirs, UUID ours) {
    return locked(
        lockFile,
        "another process has a database of this name open whose id is %s, not %s: the file was replaced meanwhile; close it there first"
            .formatted(theirs, ours));
  }

  /** A word of the lock file has a value that no process writes. */
  static DatabaseFailedException damaged(
      Path lockFile, String word, long found, long least, long most) {
    return new DatabaseFailedException(
        "%s: its %s is %d, allowed are %d to %d: the lock file was truncated or overwritten while the database was open; close the database in all processes and open it again"
            .formatted(lockFile, word, found, least, most),
        null);
  }

  /** The lock file does not name this process any more. */
  static DatabaseFailedException lost(Path lockFile) {
    return new DatabaseFailedException(
        lockFile
            + ": does not name this process any more as one that has the database open, or as the"
            + " one that writes. Either a program truncated or overwrote it while the database was"
            + " open, or the program read or copied it, so that the system dropped the locks of this"
            + " process, which then did not run for so long that others took it for dead. What was"
            + " not committed is not in the file; close the database and open it again",
        null);
  }
}
