package dev.pando.txn.commit;

import dev.pando.error.DatabaseFullException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import dev.pando.txn.dirty.WriterMemory;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.space.Pins;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes metas, each into a slot that is neither the newest durable one's nor its base's nor that
 * of a commit that is just being synced, and gives out transaction ids.
 *
 * <p>An id whose transaction wrote a page is never given out again, not even if it was rolled back
 * or cut short by a crash: a page's birth tells its versions apart, and recovery would take the
 * version of a transaction that failed for one of its namesake if a write of that were lost. After
 * a crash nobody knows which ids were used, only that they were at most the limit that the newest
 * durable meta gives. So each meta gives one some way above its own id, and the first writer of a
 * file puts a meta on disk before any page, whose id is above all limits. From then on the lock
 * file knows which ids were used.
 *
 * <p>See DECISIONS.md, 'Transaction ids used once' and 'Limit of ids in each meta'.
 */
public final class MetaWriter {
  /** So many ids a meta allows above its own, ... */
  public static final long RANGE = 1 << 10;

  /** ... and up to so many in a session that uses more between two syncs. */
  static final long MOST_RANGE = 1 << 16;

  private static final long NOTHING = -1;

  /** Which limit of ids the meta of a transaction gave. */
  private record Limit(long txnId, long limit) {}

  private final DataFile file;
  private final LockFile lock;
  private final PinnedMetas pinned;
  private final MemorySegment page;
  private final Runnable rewriteFound;

  /** Held while a sync runs, so that it is known which commit it makes durable. */
  private final ReentrantLock syncLock = new ReentrantLock();

  /** What the metas in the slots say of the file's length. */
  private final long[] slotPages = new long[PageHeader.META_SLOTS];

  private final long[] slotTxn = new long[PageHeader.META_SLOTS];

  /** Of the meta written last: one object, because another thread may sync. */
  private volatile Limit lastLimit = new Limit(NOTHING, 0);

  private long range = RANGE;

  /**
   * Writes metas.
   *
   * @param rewriteFound writes what was found at opening once more, see {@link FoundCommit}
   */
  MetaWriter(
      DataFile file,
      LockFile lock,
      PinnedMetas pinned,
      WriterMemory memory,
      Runnable rewriteFound) {
    this.rewriteFound = rewriteFound;
    this.file = file;
    this.lock = lock;
    this.pinned = pinned;
    this.page = memory.metaPage;
    Arrays.fill(slotTxn, NOTHING);
    file.onFailure(this::leaveToClaim);
  }

  /**
   * A sync failed: other processes claim the file before they go on. That writes once more what may
   * be lost, and puts a meta above that of a commit that failed: it may be in its slot, and say
   * that all of its pages are on disk.
   */
  private void leaveToClaim() {
    lock.setClaimed(false);
  }

  /** What the slots hold, after another process may have written them. */
  void look(MetaSlots slots) {
    Arrays.fill(slotTxn, NOTHING);
    Arrays.fill(slotPages, 0);
    for (MetaSlots.Valid slot : slots.valid()) {
      slotTxn[slot.slot()] = slot.meta().txnId();
      slotPages[slot.slot()] = slot.meta().pageCount();
    }
  }

  /** The newest transaction known to be on disk. */
  long durableTxn() {
    return lock.durable();
  }

  /** Whether {@link #claim} is due before the next transaction. */
  boolean mustClaim() {
    return !lock.claimed() || nextTxnId() > lock.idLimit();
  }

  /**
   * Refuses to begin a transaction when there are no ids for it.
   *
   * @throws DatabaseFullException then, for ever; reading goes on
   */
  void checkIds() {
    if (nextTxnId() > Meta.LAST_TXN) {
      throw new DatabaseFullException(
          "%s: all %d transaction ids are used; copy the tables into a new database"
              .formatted(file.name(), Meta.LAST_TXN),
          null);
    }
  }

  /** The limit of ids for a meta of some id. */
  long idLimit(long txnId) {
    return Math.min(txnId + range, PageHeader.LIMIT_U48 - 1);
  }

  /**
   * Takes over a file, or a new range of ids: writes the newest commit's meta once more under an id
   * that nobody used, and syncs. This also puts on disk what a process that was killed had written,
   * before any page is reused.
   *
   * @return the meta written, whose content is that of {@code base}
   */
  Meta claim(Meta base, Pins pins) {
    if (lock.claimed()) { // the range was too small
      range = Math.min(2 * range, MOST_RANGE);
    }
    long txnId = Math.max(lock.lastUsed(), base.txnId()) + 1;
    Meta meta = base.withIds(txnId, Math.max(lock.durable(), base.durableTxn()), idLimit(txnId));
    write(meta, base.txnId(), pins);
    sync(txnId);
    lock.setClaimed(true);
    return meta;
  }

  /**
   * Says on disk that the newest commit is on disk. A page that is found damaged later is then
   * known to be damaged; without this, recovery would take the commit for one that a crash cut
   * short, and go back to the one before.
   *
   * @return the meta written, or null if there was nothing to say
   */
  @Nullable Meta seal(Meta newest, Pins pins) {
    if (lock.claimed()
        && newest.durableTxn() < newest.txnId()
        && lock.durable() == newest.txnId()) {
      long txnId = nextTxnId();
      Meta sealed = newest.withIds(txnId, txnId, txnId);
      write(sealed, newest.txnId(), pins);
      sync(txnId);
      return sealed;
    }
    return null;
  }

  /** The id of the transaction that begins. */
  long nextTxnId() {
    return lock.lastUsed() + 1;
  }

  /** A transaction wrote pages: its id is spent, whatever becomes of it. */
  void use(long txnId) {
    if (txnId > lock.lastUsed()) {
      lock.setLastUsed(txnId);
    }
  }

  /**
   * Looks whether this process still has the turn: before a transaction writes, and before a meta
   * is written.
   *
   * @param committing the transaction that is being committed; 0 if a meta is written again
   * @throws dev.pando.error.DatabaseFailedException if it has not; nothing is written from then on
   */
  void checkTurn(long committing) {
    if (!lock.hasTurn() || (committing != 0 && committing != lock.committing())) {
      throw file.lost(lock.lost());
    }
  }

  /** Puts all data written so far on disk; the meta of {@code txnId} may say so. */
  void syncData() {
    file.sync();
  }

  /**
   * Writes a meta; {@link #sync} makes it durable.
   *
   * @param pins snapshots whose metas the lock file must keep
   */
  void write(Meta meta, long baseTxn, Pins pins) {
    use(meta.txnId());
    int slot = slotFor(baseTxn);
    if (slot < 0) { // a sync of an older commit keeps a slot: it ends soon
      syncLock.lock();
      try {
        file.checkNotFailed(); // a sync that fails keeps its slot for ever
        lock.setSyncing(0); // of a process that died: a live one would have the turn
        slot = slotFor(baseTxn);
      } finally {
        syncLock.unlock();
      }
    }
    meta.encode(page, 0, slot);
    pinned.put(meta.txnId(), page, meta.encodedBytes(), slot, pins::containUnnamed);
    slotTxn[slot] = NOTHING;
    slotPages[slot] = Math.max(slotPages[slot], meta.pageCount());
    checkTurn(0);
    file.writeMeta(page, slot);
    slotTxn[slot] = meta.txnId();
    slotPages[slot] = meta.pageCount();
    lastLimit = new Limit(meta.txnId(), meta.idLimit());
  }

  /** The file is at least so long for every meta that recovery might go back to. */
  long mostPages() {
    return Arrays.stream(slotPages).max().orElse(0);
  }

  /** Leaves a meta in the lock file that is in a slot already. */
  void pin(Meta meta, Pins pins) {
    meta.encode(page, 0, 0);
    pinned.put(meta.txnId(), page, meta.encodedBytes(), 0, pins::containUnnamed);
  }

  /** The slot of the oldest meta that nobody needs; -1 if a running sync needs the last one. */
  private int slotFor(long baseTxn) {
    int best = -1;
    long syncing = lock.syncing(); // first: a sync that ends in between makes it the durable one
    long durable = lock.durable();
    for (int slot = 0; slot < slotTxn.length; slot++) {
      long txn = slotTxn[slot];
      boolean needed = txn == baseTxn || txn == durable || (txn != 0 && txn == syncing);
      if (!needed && (best < 0 || txn < slotTxn[best])) {
        best = slot;
      }
    }
    return best;
  }

  /** Puts a commit on disk whose meta was written, unless it is there already. */
  void sync(long txnId) {
    syncLock.lock();
    try {
      if (lock.durable() < txnId) {
        writeFoundAgain();
        lock.setSyncing(txnId);
        syncNow(txnId);
      }
    } finally {
      syncLock.unlock();
    }
  }

  /**
   * Puts the newest commit on disk, while others follow it: so it is pinned, and this looks again
   * whether it was the newest then.
   */
  void sync(LongSupplier newest) {
    syncLock.lock();
    try {
      writeFoundAgain();
      long txnId = newest.getAsLong();
      lock.setSyncing(txnId);
      for (long now = newest.getAsLong(); now != txnId; now = newest.getAsLong()) {
        txnId = now;
        lock.setSyncing(txnId);
      }
      if (lock.durable() < txnId) {
        syncNow(txnId);
      } else {
        lock.setSyncing(0);
      }
    } finally {
      syncLock.unlock();
    }
  }

  /** Before the first sync of all processes, and after one that failed. */
  private void writeFoundAgain() {
    if (!lock.claimed()) {
      file.checkNotFailed();
      rewriteFound.run();
    }
  }

  private void syncNow(long txnId) {
    file.sync();
    lock.setDurable(txnId);
    Limit last = lastLimit;
    if (txnId == last.txnId) { // or it is not known, and stays
      lock.setIdLimit(last.limit);
    }
    lock.setSyncing(0);
  }

  /** The process that said what it was syncing is gone, or has finished. */
  void forgetSync() {
    syncLock.lock();
    try {
      lock.setSyncing(0);
    } finally {
      syncLock.unlock();
    }
  }
}
