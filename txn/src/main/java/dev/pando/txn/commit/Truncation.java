package dev.pando.txn.commit;

import dev.pando.error.StorageException;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;

/**
 * Truncates the file's end where no commit needs it. No other process may map it meanwhile. For the
 * holder of the writer's turn.
 */
final class Truncation {
  private final DataFile file;
  private final LockFile lock;
  private final Publication publication;
  private final MetaWriter metas;

  /** The file's size before the running write transaction. */
  private long sizeBefore;

  Truncation(DataFile file, LockFile lock, Publication publication, MetaWriter metas) {
    this.file = file;
    this.lock = lock;
    this.publication = publication;
    this.metas = metas;
  }

  /** A write transaction begins. */
  void begin() {
    sizeBefore = file.knownSize();
  }

  /**
   * Truncates the file if many pages at its end are in no commit that recovery may need, and in no
   * map of any process.
   *
   * @return the base, perhaps with a shorter map
   */
  Snapshot giveRoomBack(Snapshot base) {
    long keep = Math.max(metas.mostPages(), base.meta().pageCount());
    if (!file.isMuchLongerThan(keep) || publication.known().txnId() != base.txnId()) {
      return base;
    }
    Snapshot shorter = publication.shorten(keep);
    lock.whileNoMapChanges(
        () -> {
          long longest = Math.max(keep, lock.members().longestMap());
          if (file.isMuchLongerThan(longest)) {
            file.cutTo(file.withReserve(longest) * file.pageSize());
          }
          return longest;
        });
    return shorter;
  }

  /**
   * Truncates what an aborted transaction wrote beyond the end, because others may need the room.
   */
  void afterRollback() {
    if (!file.failure().isSet()) {
      try {
        Object _ =
            lock.whileNoMapChanges(
                () -> {
                  file.cutTo(Math.max(sizeBefore, lock.members().longestMap() * file.pageSize()));
                  return true;
                });
      } catch (StorageException e) {
        // The file stays longer than it need be; the next growth or close tries again.
      }
    }
  }
}
