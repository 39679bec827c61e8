package dev.pando.txn.file;

import static dev.pando.txn.file.LockLayout.OPENING_LOCK;
import static dev.pando.txn.file.LockLayout.SESSION_LOCK;

import dev.pando.pager.LockWait;
import dev.pando.pager.StorageLock;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Lets processes enter and leave a lock file, one at a time. The lock of the file keeps out
 * processes that cannot trust its memory yet; the word in its memory names the process that enters,
 * so that others can tell whether it has died.
 */
final class Entrance {
  private static final String OPENING = "is being opened or closed";
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long POLL_NANOS = 200_000;

  private final StorageLock file;
  private final MemberLock opener;

  Entrance(StorageLock file, MemberLock opener) {
    this.file = file;
    this.opener = opener;
  }

  /** Takes the lock of the file; first. */
  void lockFile() {
    await(OPENING_LOCK, true, OPENING);
  }

  /** Takes the word; after this process has become a member. */
  void lockWord() {
    await(file.path(), opener, OPENING);
  }

  /** Whether no process has the database open, of whatever version. For the holder of the lock. */
  boolean isEmpty() {
    boolean empty = file.tryLock(SESSION_LOCK, true);
    if (empty) {
      file.unlock(SESSION_LOCK);
    }
    return empty;
  }

  /** Makes {@link #isEmpty} false until this process leaves or ends. */
  void stay() {
    await(SESSION_LOCK, false, "is open");
  }

  void unlock() {
    unlockWord();
    file.unlock(OPENING_LOCK);
  }

  void unlockWord() {
    opener.unlock();
  }

  private void await(long position, boolean exclusive, String what) {
    await(file.path(), () -> file.tryLock(position, exclusive), what);
  }

  /**
   * Waits for a lock that another process holds only for a moment.
   *
   * @param what the other process does, for people
   * @throws dev.pando.error.DatabaseLockedException if that takes too long
   */
  static void await(Path lockFile, LockWait.Attempt<RuntimeException> taken, String what) {
    if (!LockWait.until(taken, LIMIT_NANOS, POLL_NANOS)) {
      throw Refusals.tooLong(lockFile, what, LIMIT_NANOS / 1_000_000_000);
    }
  }
}
