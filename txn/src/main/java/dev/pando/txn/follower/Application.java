package dev.pando.txn.follower;

import dev.pando.error.StorageException;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.recovery.SideFile;
import dev.pando.txn.space.PageSet;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/**
 * Applies one increment. It has pages with their numbers, so it is written in place.
 *
 * <p>Readers of older commits that have one of these pages end first. Then the pages that the
 * newest commit and its named snapshots do not use are written and synced. If there are no others,
 * the meta follows, as that of any commit. Otherwise new readers wait until those of the newest
 * commit have ended, and the side file and a mark in a meta slot are on disk before a page is
 * overwritten: the next process completes what this one has begun.
 *
 * <p>See DECISIONS.md, 'Increments applied in place'.
 */
final class Application {
  /** More bytes than those of a small commit, for which the file grows ahead. */
  private static final long MANY = Long.MAX_VALUE;

  private final Applier follower;
  private final DataFile file;
  private final LockFile lock;
  private final SideFile side;
  private final long patienceNanos;

  /** Whether the mark may be on disk, and the commit not: then the side file is needed. */
  private boolean isMarked;

  /** Whether the commit may be on disk, and its readers do not see it. */
  private boolean isDecided;

  Application(Applier follower, SideFile side, long patienceNanos) {
    this.follower = follower;
    this.file = follower.file;
    this.lock = follower.lock;
    this.side = side;
    this.patienceNanos = patienceNanos;
  }

  /** Whether the side file may be needed, after this failed. */
  boolean mayBeNeeded() {
    return isMarked;
  }

  /** Applies it to the newest commit; returns the meta of the newest commit afterwards. */
  Meta run(Snapshot base) {
    Meta next;
    Overwrites overwrites;
    try (IncrementReader increment = side.open()) {
      Meta meta = increment.meta();
      FollowedMeta.checkFollows(increment.name(), increment.since(), meta, base.meta());
      if (meta.txnId() == base.txnId()) {
        return base.meta(); // nothing was committed
      }
      next = FollowedMeta.of(meta, base.meta().lineage().incarnation());
      checkRoom(next); // before memory for its pages is used
      overwrites = new Overwrites(base, file.file(), follower.pinned, increment);
    }
    lock.setLastUsed(Math.max(lock.lastUsed(), next.txnId()));
    try {
      write(base, next, overwrites);
      show(base, next);
      isMarked = false;
      isDecided = false;
    } finally {
      if ((isMarked || isDecided) && !file.failure().isSet()) {
        file.failure().latch(); // the next increment would overwrite what the disk needs
      }
    }
    finish(next);
    return next;
  }

  private void checkRoom(Meta next) {
    file.beginGrowth();
    if (!file.hasRoom(next.pageCount())) {
      throw file.full(next.pageCount(), "make room on the disk for what the source has");
    }
  }

  private void write(Snapshot base, Meta next, Overwrites overwrites) {
    AwaitedReaders waiting = new AwaitedReaders(follower, overwrites, base.txnId(), patienceNanos);
    FollowedSlots slots = new FollowedSlots(file, lock, follower.pinned, base.txnId());
    waiting.awaitOld();
    waiting.awaitOlder();
    writeFree(next, overwrites.inUse());
    if (overwrites.harmBase()) {
      mark(next, waiting, slots);
      writeUsed(next, overwrites.inUse());
    }
    Set<Long> pins = new HashSet<>(Set.of(base.txnId()));
    follower.readers.forEachPin(pins::add);
    keepNamed(overwrites, slots, pins);
    isDecided = true;
    slots.write(next, pins);
  }

  /**
   * Writes what no commit shows that a reader may still read, and takes all room that is needed.
   * Nothing has happened if the disk is full, or the process dies.
   */
  private void writeFree(Meta next, PageSet inUse) {
    file.prepare(next.pageCount(), MANY);
    IncrementPages.forEach(
        side, inUse, (pages, pgno, isUsed) -> writeIf(!isUsed, pages, pgno, next.pageSize()));
    file.fill(next.pageCount());
    file.sync(); // before a mark: it counts as soon as the file has this length
  }

  private void writeUsed(Meta next, PageSet inUse) {
    IncrementPages.forEach(
        side, inUse, (pages, pgno, isUsed) -> writeIf(isUsed, pages, pgno, next.pageSize()));
    file.sync();
  }

  private void writeIf(boolean wanted, MemorySegment pages, long pgno, int pageSize) {
    if (wanted) {
      file.write(pages, 0, pages.byteSize(), pgno);
      file.map().forget(pgno, pages.byteSize() / pageSize);
    }
  }

  /** Makes new readers wait, until the others have ended; then puts on disk what a redo needs. */
  private void mark(Meta next, AwaitedReaders waiting, FollowedSlots slots) {
    side.sync();
    while (!markIfUnread(next, waiting, slots)) {
      waiting.awaitOld();
    }
  }

  /** Writes the mark, after which new readers wait; false if a reader may stay longer. */
  private boolean markIfUnread(Meta next, AwaitedReaders waiting, FollowedSlots slots) {
    follower.publication.hold(next.txnId());
    boolean held = false;
    try {
      if (waiting.awaitAll()) {
        isMarked = true;
        slots.mark(next);
        checkUnlisted(waiting, slots);
        held = true;
      }
      return held;
    } finally {
      if (!held) {
        follower.publication.release(); // nothing was overwritten
      }
    }
  }

  /** Readers without the lock file may have come before the mark; later ones see it. */
  private void checkUnlisted(AwaitedReaders waiting, FollowedSlots slots) {
    try {
      waiting.checkUnlisted();
    } catch (RuntimeException e) {
      slots.unmark();
      isMarked = false;
      throw e;
    }
  }

  /** Readers of named snapshots may stay when the source has dropped these. */
  private void keepNamed(Overwrites overwrites, FollowedSlots slots, Set<Long> pins) {
    for (long txnId : pins) {
      Meta meta = overwrites.named().meta(txnId);
      if (meta != null && follower.pinned.find(txnId) == null) {
        slots.keep(meta, pins);
      }
    }
  }

  private void show(Snapshot base, Meta next) {
    PageMap before = file.mapUpTo(next.pageCount());
    follower.publication.publish(base.later(next, file.map()));
    if (before != null && before != base.map()) {
      before.release(); // made for an increment that was not applied
    }
  }

  /** The increment is applied: the next one can do this, too. */
  private void finish(Meta next) {
    try {
      follower.noteUnlisted(follower.publication.newest());
      giveRoomBack(next);
    } catch (StorageException e) {
      // A failure of the file is met by the next write, too.
    }
  }

  /** The source may have shrunk its file. No process may map what is truncated. */
  private void giveRoomBack(Meta next) {
    if (!file.isMuchLongerThan(next.pageCount()) || file.file().hasReaders()) {
      return;
    }
    Snapshot _ = follower.publication.shorten(next.pageCount());
    Object _ =
        lock.whileNoMapChanges(
            () -> {
              long longest = Math.max(next.pageCount(), lock.members().longestMap());
              if (file.isMuchLongerThan(longest)) {
                file.cutTo(longest * file.pageSize());
              }
              return true;
            });
  }
}
