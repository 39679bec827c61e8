package dev.pando;

import dev.pando.error.StorageException;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.recovery.OpenedFile;

/** Puts commits on disk before one of them is copied. Thread-safe. */
final class SyncedCommits {
  /** A transaction of another process may be open for hours, and a copy does not need its end. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private final Lifecycle lifecycle;
  private final DataFile file;
  private final LockFile lock;
  private final Writer writer;

  SyncedCommits(Lifecycle lifecycle, DataFile file, LockFile lock, Writer writer) {
    this.lifecycle = lifecycle;
    this.file = file;
    this.lock = lock;
    this.writer = writer;
  }

  /**
   * The newest commit, up to one, that no crash can take back; all of them if the database is open
   * for reading only.
   *
   * @param sync whether to put them on disk if need be
   */
  long upTo(long txnId, boolean sync) {
    try {
      if (!file.writable() || lock.onDisk() >= txnId) {
        return txnId;
      }
      if (sync) {
        writer.sync(PATIENCE_NANOS);
      }
    } catch (StorageException e) {
      // Those that are on disk can be read.
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(lifecycle, e);
    }
    return Math.min(lock.onDisk(), txnId);
  }

  /**
   * Whether no crash can take a commit back. Syncs, if the database may be written and no other
   * process writes for a second. A sync that fails is no error: a copy of the database is then
   * worth more than ever.
   */
  boolean areOnDisk(long txnId) {
    try {
      if (file.writable()) {
        writer.sync(PATIENCE_NANOS);
      }
      return lock.durable() >= txnId; // a record in the commit log is not enough
    } catch (StorageException e) {
      return false;
    } catch (IllegalStateException | InternalError e) {
      throw OpenedFile.explained(lifecycle, e);
    }
  }
}
