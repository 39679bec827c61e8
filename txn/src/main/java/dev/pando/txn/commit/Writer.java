package dev.pando.txn.commit;

import dev.pando.pager.Meta;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
import dev.pando.txn.dirty.DirtyPages;
import dev.pando.txn.dirty.WriterMemory;
import dev.pando.txn.events.Counters;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.file.Settings;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlot;
import dev.pando.txn.readers.ReaderSlots;
import dev.pando.txn.recovery.OpenedFile;
import dev.pando.txn.space.FreeSpace;
import dev.pando.txn.space.PinList;
import dev.pando.txn.space.Pins;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of an open database: takes turns with other threads and processes, and begins,
 * commits and rolls back the one write transaction. {@link Takeover} adopts what others have
 * written.
 *
 * <p>A commit has two parts. The first part writes its pages and its meta; then the next
 * transaction may begin on it. The second part syncs, and publishes it to readers. So the next
 * transaction runs while a commit waits for the disk, but writes its meta only afterwards.
 */
public final class Writer {
  private static final long LOOK_FOR_DEAD_NANOS = 100_000_000;

  private final Lifecycle lifecycle;
  private final Runnable checkNotEnded; // made once
  private final Runnable forgetSpace; // made once
  private final Settings settings;
  private final DataFile file;
  private final LockFile lock;
  private final ReaderSlots readers;
  private final Publication publication;
  private final WriterTurn turn;
  private final WriterMemory memory;
  private final FreeSpace free;
  private final PinnedMetas pinned;
  private final MetaWriter metas;
  private final Takeover takeover;
  private final Truncation truncation;
  private final CommitLog log;
  private final FullSync fullSync;
  private final BackgroundSync background;
  private final Counters counters;

  /** Held from the write of a commit's pages until it is shown to readers. */
  private final ReentrantLock commitLock = new ReentrantLock();

  /** The newest commit, whether readers may see it yet or not: the base of the next transaction. */
  private volatile Snapshot written;

  /** The newest commit of this process, if it need not be synced; otherwise 0. */
  private volatile long unsynced;

  /**
   * Readers without slots may read this snapshot and all newer ones; for the holder of the turn.
   */
  private long heldFrom = Long.MAX_VALUE;

  /** Whether {@link Replay} runs: records of the commit log still follow the base. */
  private boolean replays;

  /** No transaction has begun yet; {@code trimCalls} trims the memory of a transaction's calls. */
  public Writer(
      Lifecycle lifecycle,
      Settings settings,
      DataFile file,
      LockFile lock,
      ReaderSlots readers,
      Publication publication,
      WriterWatch watch,
      Runnable trimCalls) {
    this.lifecycle = lifecycle;
    this.checkNotEnded = lifecycle::checkNotEnded;
    this.settings = settings;
    this.file = file;
    this.counters = file.counters();
    this.lock = lock;
    this.readers = readers;
    this.publication = publication;
    turn = new WriterTurn(lock, watch, lifecycle::closed);
    memory = new WriterMemory(file, CatalogEntry.MAX_KEY, trimCalls);
    free = new FreeSpace(file, lock);
    forgetSpace = free::forget;
    pinned = new PinnedMetas(lock, file.pageSize());
    metas = new MetaWriter(file, lock, pinned, memory, this::rewriteFound);
    takeover = new Takeover(file, lock, readers, publication, free, metas, this::pins);
    truncation = new Truncation(file, lock, publication, metas);
    log = new CommitLog(file, lock, settings);
    String name = String.valueOf(lifecycle.path());
    fullSync = new FullSync(lifecycle, file, lock, turn, metas, this::newestWritten);
    background = new BackgroundSync(fullSync::checkpoint, lifecycle::isClosed, name, settings);
    written = publication.known();
  }

  /** The first process leaves the commit that it found for others. */
  public void pinFirst() {
    metas.pin(written.meta(), new Pins(written.txnId())); // no other process has a pin yet
  }

  public WriterTurn turn() {
    return turn;
  }

  /** Whether records of the commit log still follow the base, and not the next claim. */
  void replays(boolean value) {
    replays = value;
  }

  // ---- begin

  /** Begins a transaction; null if its turn did not come in time. */
  public @Nullable Changes begin(@Nullable Duration limit) {
    try {
      return takeTurn(limit) ? beginInTurn() : null;
    } catch (InternalError e) { // the file, or the lock file, was truncated
      throw OpenedFile.faulted(lifecycle.path(), e);
    }
  }

  private boolean takeTurn(@Nullable Duration limit) {
    if (limit == null) {
      turn.checkNotNested();
      turn.take();
      return true;
    }
    return turn.tryTake(limit);
  }

  private Changes beginInTurn() {
    try {
      lifecycle.checkAccepting();
      file.failure().check();
      Changes changes = begin();
      turn.holder().begins(changes.txnId());
      return changes;
    } catch (Throwable e) {
      withoutCommits(forgetSpace); // it may have begun; a commit may be leaving the log's pages
      try {
        turn.giveBack();
      } finally {
        turn.leave();
      }
      throw e;
    }
  }

  private Changes begin() {
    takeover.checkNames(lifecycle.path());
    long current = lock.checkedCurrent(0); // before: a later reader reads nothing older
    boolean strangers = file.file().hasReaders();
    heldFrom = lock.heldFrom(strangers, current);
    if (lock.lastWriter() != lock.session()) {
      takeOver();
    }
    metas.ids().check(written.txnId());
    if (metas.ids().mustClaim()) {
      claim();
    }
    if (!strangers) { // or it is not known what they have mapped
      written = truncation.giveRoomBack(written);
    }
    Snapshot base = written;
    truncation.begin();
    readers.clearDeadEvery(LOOK_FOR_DEAD_NANOS);
    free.begin(base, pins(base), txn -> pinnedMeta(base, txn), () -> pinsOfBaseOnDisk(base));
    long txnId = metas.ids().next();
    DirtyPages pages = new DirtyPages(file, free, memory, base, txnId, settings.spillLimit());
    Changes changes = new Changes(base, memory, pages, free, log);
    lock.setWriting(txnId); // last: nothing fails after this
    return changes;
  }

  /**
   * Syncs the base, so that only readers pin anything older. Waits for its running commit; null if
   * the database has been closed meanwhile.
   */
  private @Nullable Pins pinsOfBaseOnDisk(Snapshot base) {
    commitLock.lock();
    try {
      if (lifecycle.hasEnded()) {
        return null;
      }
      metas.sync(base.txnId());
      long current = lock.current(); // readers without a slot may have come since the beginning
      heldFrom = Math.min(heldFrom, lock.heldFrom(file.file().hasReaders(), current));
      return pins(base);
    } finally {
      commitLock.unlock();
    }
  }

  /** The commits that must be kept: those with readers, and those for recovery. */
  private Pins pins(Snapshot base) {
    PinList pins = new PinList();
    pins.add(base.txnId());
    pins.add(lock.current()); // before the slots: while the base is synced, readers begin on it
    long syncing = lock.syncing(); // first: a sync that ends in between makes it the durable one
    pins.add(syncing == 0 ? base.txnId() : syncing);
    pins.add(lock.durable());
    NamedSnapshots kept = CatalogSnapshot.of(base).named(); // it may have dropped some
    CatalogSnapshot.of(publication.known()).named().forEachNotIn(kept, pins);
    readers.forEachPin(pins);
    // After the slots: a fork may have moved a pin to a process's floor meanwhile.
    return pins.toPins(Math.min(heldFrom, lock.members().lowestFloor()), kept.txnIds());
  }

  /** The meta of a pinned snapshot; null if it is not known. */
  public @Nullable Meta pinnedMeta(Snapshot base, long txnId) {
    Meta named = CatalogSnapshot.of(base).named().meta(txnId);
    if (named != null) {
      return named;
    }
    Meta meta = pinned.find(txnId);
    return meta != null ? meta : Publication.read(file.file(), txnId);
  }

  // ---- taking over

  /** Another process has written, or none of this session. */
  private void takeOver() {
    commitLock.lock();
    try {
      memory.forgetOwnPages();
      log.othersWrote();
      written = takeover.takeOver();
      metas.ids().takeOver();
      lock.setLastWriter();
    } finally {
      commitLock.unlock();
    }
  }

  private void claim() {
    commitLock.lock();
    try {
      lifecycle.checkAccepting();
      written = takeover.claim(written, replays);
      publication.publish(written);
      lock.setClaimed(true); // or the next transaction, of any process, claims again
    } finally {
      commitLock.unlock();
    }
  }

  /** Pins the commit that is written again, so that its pages are not replaced meanwhile. */
  private void rewriteFound() {
    ReaderSlot slot = publication.pin();
    try {
      FoundCommit.rewrite(slot.snapshot(), lock.durable(), file);
    } finally {
      slot.free();
    }
  }

  // ---- commit

  /** Waits until the commit before is over; an exception if the database has ended then. */
  public void awaitCommit() {
    withoutCommits(checkNotEnded);
  }

  /**
   * Commits what a transaction has changed.
   *
   * @param sync whether it is on disk when this returns
   * @param ended called before the next transaction may begin: the caller marks the end of this
   *     one. After an exception before that, the caller must roll it back
   */
  public void commit(Changes changes, boolean sync, Runnable ended) {
    try {
      commitInTurn(changes, sync, ended);
    } catch (InternalError e) {
      throw OpenedFile.faulted(lifecycle.path(), e);
    }
  }

  private void commitInTurn(Changes changes, boolean sync, Runnable ended) {
    boolean mine = true; // the turn
    commitLock.lock();
    try {
      lifecycle.checkNotEnded(); // close may have been waiting for the lock no longer
      counters.commitBegins();
      final CommitKind kind = kind(changes, sync);
      final Snapshot next = changes.isChanged() ? write(changes, kind) : null;
      final long bytes = changes.pages().dirtyBytes();
      if (next == null) {
        free.rollBack();
      }
      ended.run();
      mine = false;
      release(changes.pages());
      if (next != null) {
        counters.metaWritten();
        show(next, kind, bytes);
        counters.committed(kind.count, next.txnId(), bytes, changes.updates());
      } else if (sync && !log.covers(written.txnId())) {
        metas.sync(written.txnId()); // it has seen commits that may not be on disk
      }
    } catch (Throwable e) {
      log.failed();
      throw e;
    } finally {
      try {
        endCommitting();
      } finally {
        commitLock.unlock();
        if (!mine) {
          turn.leave();
        }
      }
    }
  }

  private void endCommitting() {
    if (!lifecycle.hasEnded()) {
      lock.setCommitting(0);
    }
  }

  private CommitKind kind(Changes changes, boolean sync) {
    if (!sync) {
      return CommitKind.UNSYNCED;
    }
    return changes.isChanged() && log.admits(changes) ? CommitKind.LOGGED : CommitKind.SYNCED;
  }

  private Snapshot write(Changes changes, CommitKind kind) {
    lock.setCommitting(changes.txnId());
    metas.checkTurn(changes.txnId());
    Snapshot base = changes.base();
    Snapshot next = new Commit(changes, metas, file, log, memory, () -> pins(base), kind).write();
    written = next;
    unsynced = kind == CommitKind.UNSYNCED ? next.txnId() : 0;
    if (kind != CommitKind.UNSYNCED) {
      log.written(next.txnId());
    }
    return next;
  }

  private void show(Snapshot next, CommitKind kind, long bytes) {
    switch (kind) {
      case SYNCED -> metas.sync(next.txnId());
      case LOGGED -> {
        metas.checkTurn(next.txnId());
        log.write(next);
      }
      case UNSYNCED -> {}
    }
    if (kind != CommitKind.UNSYNCED) {
      counters.commitSynced();
    }
    publication.publish(next);
    if (kind != CommitKind.SYNCED) {
      background.committed(kind == CommitKind.LOGGED ? bytes + log.fullHalf() : bytes);
    }
  }

  /** Syncs all commits that are visible to readers; an exception if the database is closed. */
  public void sync() {
    fullSync.run();
  }

  /** As {@link #sync()}, but waits for transactions of other processes for so long only. */
  public void sync(long patienceNanos) {
    fullSync.run(patienceNanos);
  }

  /** The base of the next transaction, which its pages leave as it is. */
  private long newestWritten() {
    return isLastWriter() ? written.txnId() : lock.current();
  }

  private boolean isLastWriter() {
    return lock.lastWriter() == lock.session();
  }

  // ---- rollback

  /**
   * A transaction that was not committed ends.
   *
   * @param inOrder whether what it has noted of its pages is whole
   */
  public void rollBack(Changes changes, boolean inOrder) {
    DirtyPages pages = changes.pages();
    commitLock.lock();
    try {
      counters.rolledBack();
      pages.end();
      if (!lifecycle.hasEnded() && pages.anythingWritten()) {
        metas.ids().use(pages.txnId());
        truncation.afterRollback();
      } else if (!lifecycle.hasEnded() && file.hasGrown()) {
        truncation.afterRollback();
      }
    } finally {
      rollBackSpace(inOrder);
      try {
        release(pages);
      } finally {
        commitLock.unlock();
        turn.leave();
      }
    }
  }

  private void rollBackSpace(boolean inOrder) {
    try {
      if (inOrder) {
        free.rollBack();
      } else {
        free.forget(); // the next transaction reads it from the file
      }
    } catch (RuntimeException | Error e) {
      free.forget();
    }
  }

  private void release(DirtyPages pages) {
    try {
      pages.releaseMaps();
      if (!lifecycle.hasEnded()) {
        memory.trim();
        lock.setWriting(0); // fails if a program has truncated the lock file
      }
    } finally {
      turn.giveBack();
    }
  }

  // ---- the end

  /** Runs something while no commit is under way. */
  public void withoutCommits(Runnable action) {
    commitLock.lock();
    try {
      action.run();
    } finally {
      commitLock.unlock();
    }
  }

  /**
   * Syncs everything and records that on disk, unless another process writes, which will do so. If
   * another process has begun to write since, this only syncs: that one may have ended without a
   * commit, which would sync ours.
   */
  public void seal() {
    if (!file.writable()
        || file.failure().isSet()
        || (!isLastWriter() && lock.durable() >= unsynced)) {
      return;
    }
    if (turn.hold()) {
      try {
        Snapshot last = written;
        if (!isLastWriter()) {
          metas.sync(this::newestWritten);
        } else {
          metas.sync(last.txnId());
          Meta sealed = metas.seal(last.meta(), pins(last));
          if (sealed != null) {
            publication.publish(last.same(sealed, last.map()));
          }
        }
      } finally {
        turn.leave();
      }
    }
  }

  public void close() {
    background.close();
    memory.close();
  }
}
