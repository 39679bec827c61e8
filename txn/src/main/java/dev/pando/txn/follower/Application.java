package dev.pando.txn.follower;

import dev.pando.pager.IncrementReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.recovery.SideFile;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/**
 * Applies one increment. It has pages with their numbers, so it is written in place.
 *
 * <p>If no snapshot that a reader may show has one of these pages, they are written as those of any
 * commit, and the meta afterwards. Otherwise readers of such snapshots end first. If the newest
 * commit is one of them, new readers wait, and the side file and a mark in a meta slot are on disk
 * before a page is overwritten: the next process completes what this one has begun.
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
      overwrites = new Overwrites(base, file.file(), follower.pinned, increment);
    }
    checkRoom(next);
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
    giveRoomBack(next);
    return next;
  }

  private void checkRoom(Meta next) {
    file.beginGrowth();
    if (!file.hasRoom(next.pageCount())) {
      throw file.full(next.pageCount(), "make room on the disk for what the source has");
    }
  }

  private void write(Snapshot base, Meta next, Overwrites overwrites) {
    AwaitedReaders waiting = new AwaitedReaders(follower, overwrites, base.txnId());
    FollowedSlots slots = new FollowedSlots(file, lock, follower.pinned, base.txnId());
    waiting.awaitOld(patienceNanos);
    if (overwrites.harmBase()) {
      mark(next, waiting, slots);
    } else {
      waiting.awaitAll();
    }
    writePages(next);
    Set<Long> pins = new HashSet<>(Set.of(base.txnId()));
    follower.readers.forEachPin(pins::add);
    keepNamed(overwrites, slots, pins);
    isDecided = true;
    slots.write(next, pins);
  }

  /** Makes new readers wait, until the others have ended; then puts on disk what a redo needs. */
  private void mark(Meta next, AwaitedReaders waiting, FollowedSlots slots) {
    side.sync();
    file.prepare(next.pageCount(), MANY);
    file.fill(next.pageCount());
    file.sync(); // before the mark: it counts as soon as the file has this length
    follower.publication.hold(next.txnId());
    boolean held = false;
    try {
      waiting.awaitAll();
      isMarked = true;
      slots.mark(next);
      checkUnlisted(waiting, slots);
      held = true;
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

  private void writePages(Meta next) {
    int pageSize = next.pageSize();
    file.prepare(next.pageCount(), MANY);
    PageMap map = file.map();
    try (IncrementReader increment = side.open()) {
      increment.forEach(
          (pages, pgno) -> {
            MemorySegment bytes = MemorySegment.ofBuffer(pages);
            file.write(bytes, 0, bytes.byteSize(), pgno);
            map.forget(pgno, bytes.byteSize() / pageSize);
          });
    }
    file.fill(next.pageCount());
    file.sync();
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
