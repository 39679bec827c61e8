package dev.pando.txn.follower;

import dev.pando.error.DatabaseLockedException;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageMap;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.SideFile;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * Applies increments to a follower's file: an increment has pages with their numbers, so it is
 * written in place. It takes the writer's turn among processes. For one thread at a time.
 *
 * <p>If no snapshot that someone may read shows one of the pages, they are written as those of any
 * commit, and the meta afterwards. Otherwise readers of these snapshots end first, new ones wait,
 * and the side file has the increment on disk before a page is overwritten.
 *
 * <p>See DECISIONS.md, 'Increments applied in place'.
 */
public final class Applier {
  private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long POLL_NANOS = 1_000_000;

  /** More bytes than those of a small commit, for which the file grows ahead. */
  private static final long MANY = Long.MAX_VALUE;

  private final DataFile file;
  private final LockFile lock;
  private final ReaderSlots readers;
  private final Publication publication;
  private final ReaderEnding ending;
  private final PinnedMetas pinned;

  /** Nothing applied yet; {@code ending} ends readers of this process. */
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
  }

  /** The work of a turn. */
  private interface Turn {
    Meta run(Snapshot base);
  }

  private Meta inTurn(Turn turn) {
    file.failure().check();
    long end = System.nanoTime() + TURN_NANOS;
    while (!lock.tryLockWriter()) {
      if (System.nanoTime() - end > 0) {
        throw new DatabaseLockedException(
            file.name(),
            -1,
            "another process applies an increment to it, and does not come to an end; close the follower there");
      }
      LockFile.pause(POLL_NANOS);
    }
    try {
      return turn.run(publication.newest());
    } finally {
      lock.unlockWriter();
    }
  }

  // ---- an increment

  /**
   * Applies the increment of a side file, and deletes the file unless a redo may need it.
   *
   * @param patienceNanos how long readers may stay that show what is overwritten
   * @return the meta of the newest commit
   */
  public Meta apply(SideFile side, long patienceNanos) {
    boolean[] mayBeNeeded = new boolean[1];
    try {
      return inTurn(base -> apply(base, side, patienceNanos, mayBeNeeded));
    } finally {
      if (!mayBeNeeded[0]) {
        side.delete();
      }
    }
  }

  private Meta apply(Snapshot base, SideFile side, long patienceNanos, boolean[] mayBeNeeded) {
    Meta next;
    Overwrites overwrites;
    try (IncrementReader increment = side.open()) {
      FollowedMeta.checkFollows(
          increment.name(), increment.since(), increment.meta(), base.meta());
      if (increment.meta().txnId() == base.txnId()) {
        return base.meta(); // nothing was committed
      }
      next = FollowedMeta.of(increment.meta(), base.meta().lineage().incarnation());
      overwrites = new Overwrites(base, file.file(), pinned, increment);
    }
    checkRoom(next);
    lock.setLastUsed(Math.max(lock.lastUsed(), next.txnId()));
    AwaitedReaders waiting =
        new AwaitedReaders(file, lock, readers, ending, overwrites, base.txnId());
    waiting.awaitOld(patienceNanos);
    write(base, next, side, waiting, mayBeNeeded);
    show(base, next);
    giveRoomBack(next);
    return next;
  }

  private void write(
      Snapshot base, Meta next, SideFile side, AwaitedReaders waiting, boolean[] mayBeNeeded) {
    FollowedSlots slots = new FollowedSlots(file, lock, pinned, base.txnId());
    boolean whole = false;
    try {
      if (waiting.harmsNewest()) {
        overwrite(next, side, waiting, slots, mayBeNeeded);
      } else {
        waiting.awaitAll();
        writePages(next, side);
      }
      Set<Long> pins = pins(base);
      keepNamed(base, slots, pins);
      slots.write(next, pins);
      whole = true;
    } finally {
      if (whole) {
        mayBeNeeded[0] = false;
      } else if (mayBeNeeded[0] && !file.failure().isSet()) {
        file.failure().latch(); // the newest commit is not whole, and the next one neither
      }
    }
  }

  private void checkRoom(Meta next) {
    file.beginGrowth();
    if (!file.hasRoom(next.pageCount())) {
      throw file.full(next.pageCount(), "make room on the disk for what the source has");
    }
  }

  /** Writes over pages of the newest commit, which a redo completes if this process dies. */
  private void overwrite(
      Meta next,
      SideFile side,
      AwaitedReaders waiting,
      FollowedSlots slots,
      boolean[] mayBeNeeded) {
    side.sync();
    file.prepare(next.pageCount(), MANY);
    file.fill(next.pageCount()); // before the mark, which counts only in a file of its length
    publication.hold(next.txnId());
    boolean intact = true;
    try {
      waiting.awaitAll();
      mayBeNeeded[0] = true;
      slots.mark(next);
      try {
        waiting.checkUnlisted(); // later ones see the mark
      } catch (RuntimeException e) {
        slots.unmark();
        mayBeNeeded[0] = false;
        throw e;
      }
      intact = false;
      writePages(next, side);
    } finally {
      if (intact) {
        publication.release();
      }
    }
  }

  private void writePages(Meta next, SideFile side) {
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

  private Set<Long> pins(Snapshot base) {
    Set<Long> pins = new HashSet<>();
    pins.add(base.txnId());
    readers.forEachPin(pins::add);
    return pins;
  }

  /** Readers of named snapshots may stay when the source has dropped these. */
  private void keepNamed(Snapshot base, FollowedSlots slots, Set<Long> pins) {
    NamedSnapshots named = CatalogSnapshot.of(base).named();
    for (long txnId : pins) {
      Meta meta = named.meta(txnId);
      if (meta != null && pinned.find(txnId) == null) {
        slots.keep(meta, pins);
      }
    }
  }

  private void show(Snapshot base, Meta next) {
    PageMap before = file.mapUpTo(next.pageCount());
    publication.publish(base.later(next, file.map()));
    if (before != null && before != base.map()) {
      before.release(); // made for an increment that was not applied
    }
  }

  /** The source may have shrunk its file. No process may map what is truncated. */
  private void giveRoomBack(Meta next) {
    if (!file.isMuchLongerThan(next.pageCount()) || file.file().hasReaders()) {
      return;
    }
    Snapshot _ = publication.shorten(next.pageCount());
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

  // ---- the end

  /** Makes the file a database that may be written; returns its new incarnation. */
  public UUID promote() {
    UUID incarnation = UUID.randomUUID();
    Meta _ =
        inTurn(
            base -> {
              FollowedMeta.checkIsFollower(file.name(), base.meta());
              Meta next = FollowedMeta.promoted(base.meta(), incarnation);
              lock.setLastUsed(Math.max(lock.lastUsed(), next.txnId()));
              FollowedSlots slots = new FollowedSlots(file, lock, pinned, base.txnId());
              slots.write(next, pins(base));
              publication.publish(base.same(next, base.map()));
              return next;
            });
    return incarnation;
  }
}
