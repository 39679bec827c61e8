package dev.pando.txn.file;

import dev.pando.error.StorageException;
import dev.pando.pager.PageFile;
import dev.pando.txn.events.Counters;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Syncs of the data file. After one that fails it is unknown what is on disk, so all writing ends.
 */
final class FileSync {
  private final PageFile file;
  private final LockFile lock;
  private final FailureLatch failure;
  private final Counters counters;

  /** One sync at a time: of two concurrent ones the kernel reports lost data to only one. */
  private final ReentrantLock syncing = new ReentrantLock();

  FileSync(PageFile file, LockFile lock, FailureLatch failure, Counters counters) {
    this.file = file;
    this.lock = lock;
    this.failure = failure;
    this.counters = counters;
  }

  /** Syncs everything written. */
  void all() {
    syncing.lock();
    try {
      failure.check();
      long lengths = lock.lengths(); // before: the next transaction may add one meanwhile
      sync(lengths != lock.lengthsOnDisk());
      lock.setLengthsOnDisk(lengths);
    } finally {
      syncing.unlock();
    }
  }

  /** Syncs everything written, except the file's length. */
  void content() {
    syncing.lock();
    try {
      failure.check();
      sync(false);
    } finally {
      syncing.unlock();
    }
  }

  private void sync(boolean length) {
    counters.syncBegins();
    try {
      file.sync(length);
    } catch (StorageException e) {
      throw failure.fail("sync", e);
    } catch (RuntimeException | VirtualMachineError e) {
      failure.latch();
      throw e;
    }
    counters.synced();
  }
}
