package dev.pando.txn.file;

import dev.pando.error.StorageException;
import dev.pando.pager.PageFile;
import dev.pando.pager.StorageLock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows that a process has the database open. It reports ten times a second that the process lives,
 * and takes its locks again once a second, because the system drops them silently when the program
 * closes any descriptor of the file. Also detects that other processes took this one for dead.
 */
public final class Presence implements Housekeeping.Task {
  private static final long LOCK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final StorageLock file;
  private final LockFile lock;
  private volatile @Nullable PageFile data;
  private volatile @Nullable Runnable whenExpelled;
  private boolean begun;
  private long lastLock = System.nanoTime();

  Presence(StorageLock file, LockFile lock) {
    this.file = file;
    this.lock = lock;
  }

  /** The process has a record in the lock file. */
  void begin() {
    Housekeeping.HEARTBEAT.add(this);
    begun = true;
  }

  /**
   * The database is open.
   *
   * @param dataFile its lock is taken again, too
   * @param action called once, if others took this process for dead
   */
  public void opened(PageFile dataFile, Runnable action) {
    data = dataFile;
    whenExpelled = action;
    if (!begun) { // the record is in private memory
      begin();
    }
  }

  void end() {
    Housekeeping.HEARTBEAT.remove(this);
  }

  @Override
  public void tick(long now) {
    lock.members().beat(now);
    Runnable action = whenExpelled;
    if (action != null && lock.isExpelled()) {
      whenExpelled = null;
      action.run();
    }
    // The record may be another process's otherwise, which would seem to live for ever.
    if (now - lastLock >= LOCK_NANOS && lock.isMember()) {
      lastLock = now;
      lockAgain();
    }
  }

  /** A failed attempt to lock is repeated 1 s later. */
  private void lockAgain() {
    try {
      file.lockAgain();
      PageFile opened = data;
      if (opened != null) {
        opened.lockAgain();
      }
    } catch (StorageException e) {
      // No locks available in the system.
    }
  }
}
