package dev.pando.txn.follower;

import dev.pando.pager.Meta;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.Redo;
import dev.pando.txn.recovery.SideFile;
import java.util.Set;
import java.util.UUID;

/**
 * The writing side of a follower's file: it applies increments, and makes the file a database that
 * may be written. It has the writer's turn among processes as long as the file is open. For one
 * thread at a time.
 */
public final class Applier {
  final DataFile file;
  final LockFile lock;
  final ReaderSlots readers;
  final Publication publication;
  final ReaderEnding ending;
  final PinnedMetas pinned;

  /**
   * Takes the turn, or keeps it.
   *
   * @param ending ends readers of this process
   * @throws dev.pando.error.DatabaseLockedException if another process has it
   */
  public Applier(
      DataFile file,
      LockFile lock,
      ReaderSlots readers,
      Publication publication,
      ReaderEnding ending) {
    this.file = file;
    this.lock = lock;
    this.readers = readers;
    this.publication = publication;
    this.ending = ending;
    this.pinned = new PinnedMetas(lock, file.pageSize());
    if (!lock.tryLockWriter()) {
      throw Redo.locked(file.name());
    }
    noteUnlisted(publication.newest());
  }

  /**
   * Looks for readers without the lock file. If there are none now, one that comes later reads no
   * older commit than the newest one.
   */
  void noteUnlisted(Snapshot newest) {
    long _ = lock.unlistedFrom(file.file().hasReaders(), newest.txnId());
  }

  /** Refuses to go on after a failed write, or if another process has taken this one for dead. */
  public void check() {
    file.failure().check();
    if (!lock.tryLockWriter()) {
      throw file.failure().lost();
    }
  }

  /**
   * Applies the increment of a side file, and deletes the file unless a redo may need it.
   *
   * @param patienceNanos how long readers may stay that show what is overwritten
   * @return the meta of the newest commit
   */
  public Meta apply(SideFile side, long patienceNanos) {
    Application application = new Application(this, side, patienceNanos);
    try {
      check();
      return application.run(publication.newest());
    } finally {
      if (!application.mayBeNeeded()) {
        side.deleteIfPossible(); // it has no meaning, and the next increment replaces it
      }
    }
  }

  /**
   * Makes the file a database that may be written; returns its new incarnation.
   *
   * @param side deleted: nothing would delete it later
   */
  public UUID promote(SideFile side) {
    check();
    side.remove();
    UUID incarnation = UUID.randomUUID();
    Snapshot base = publication.newest();
    long txnId = new LeftPages(file).highestBirth(base) + 1;
    Meta next = FollowedMeta.promoted(base.meta(), incarnation, txnId);
    lock.setLastUsed(Math.max(lock.lastUsed(), next.txnId()));
    FollowedSlots slots = new FollowedSlots(file, lock, pinned, base.txnId());
    boolean isShown = false;
    try {
      slots.write(next, Set.of(base.txnId()));
      publication.publish(base.same(next, base.map()));
      isShown = true;
    } finally {
      if (!isShown && !file.failure().isSet()) {
        file.failure().latch(); // it may be no follower's file any more
      }
    }
    return incarnation;
  }
}
