package dev.pando.txn.commit;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageBytes;
import dev.pando.txn.dirty.WriterMemory;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import dev.pando.txn.space.Pins;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes metas, each into a slot that is neither the newest durable one's nor its base's nor that
 * of a commit that is just being synced: see {@link SlotChoice}. Their ids come from {@link
 * TransactionIds}.
 */
public final class MetaWriter {
  private final DataFile file;
  private final LockFile lock;
  private final PinnedMetas pinned;
  private final MemorySegment page;
  private final byte[] bytes;
  private final Runnable rewriteFound;
  private final SlotChoice slots;
  private final TransactionIds ids;

  /** Held while a sync runs, so that it is known which commit it makes durable. */
  private final ReentrantLock syncLock = new ReentrantLock();

  /**
   * Writes metas.
   *
   * @param rewriteFound writes again what was found at opening, see {@link FoundCommit}
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
    this.slots = new SlotChoice(lock);
    this.ids = new TransactionIds(lock, file.name());
    this.bytes = memory.metaBytes;
    file.failure().onFailure(this::leaveToClaim);
  }

  /**
   * A sync failed: other processes claim the file before they go on. The claim writes again what
   * may be lost. It also writes a meta with a higher id than the failed commit's, which may be in
   * its slot and say that all its pages are on disk.
   */
  private void leaveToClaim() {
    lock.setClaimed(false);
  }

  /** What the slots hold, after another process may have written them. */
  void look(MetaSlots found) {
    slots.look(found);
  }

  /** The ids of the transactions whose metas it writes. */
  TransactionIds ids() {
    return ids;
  }

  /** The newest transaction known to be on disk. */
  long durableTxn() {
    return lock.durable();
  }

  /**
   * Takes over a file, or a new range of ids: writes the newest commit's meta again under an unused
   * id, and syncs. This also puts on disk what a process that was killed had written, before any
   * page is reused. Before that it syncs a base that may not be on disk: if it is, the pages of
   * older commits may be overwritten already, and its slot must stay as it is.
   *
   * <p>The caller publishes the meta, and says after that that ids are claimed. If this process
   * dies before, the next one claims again.
   *
   * @param replays whether records of the commit log still follow the base, not the claim
   * @return the meta written, whose content is that of {@code base}
   */
  Meta claim(Meta base, Pins pins, boolean replays) {
    boolean isFirst = !lock.claimed(); // once: another process may fail meanwhile
    if (isFirst && !base.isSealed()) {
      sync(base.txnId());
    }
    ids.widen(!isFirst);
    long txnId = Math.max(lock.lastUsed(), base.txnId()) + 1;
    // A claim of more ids may be abandoned, and the next commit be based on its base.
    boolean isNew = isFirst && !replays;
    Meta meta =
        base.withIds(txnId, Math.max(lock.durable(), base.durableTxn()), ids.limit(txnId))
            .withLog(isNew ? base.log().after(txnId) : base.log());
    write(meta, base.txnId(), pins);
    sync(txnId);
    return meta;
  }

  /**
   * Records on disk that the newest commit is on disk. A page that is found damaged later is then
   * known to be damaged. Without this, recovery would take the commit for one that a crash
   * interrupted, and fall back to the one before.
   *
   * @return the meta written, or null if there was nothing to say
   */
  @Nullable Meta seal(Meta newest, Pins pins) {
    if (lock.claimed()
        && newest.durableTxn() < newest.txnId()
        && lock.durable() == newest.txnId()) {
      long txnId = ids.next();
      Meta sealed = newest.withIds(txnId, txnId, txnId);
      lock.setIdLimit(
          Math.min(
              lock.idLimit(),
              txnId)); // first: if this process dies, others claim ids before they go on
      write(sealed, newest.txnId(), pins);
      sync(txnId);
      return sealed;
    }
    return null;
  }

  /**
   * Checks that this process still has the turn: before a transaction writes, and before a meta is
   * written.
   *
   * @param committing the transaction that is being committed; 0 if a meta is written again
   * @throws dev.pando.error.DatabaseFailedException if it has not; nothing is written from then on
   */
  void checkTurn(long committing) {
    if (!lock.hasTurn() || (committing != 0 && committing != lock.committing())) {
      throw file.failure().lost();
    }
  }

  /** Syncs all data written so far; the meta of {@code txnId} may say so. */
  void syncData() {
    file.sync();
  }

  /**
   * Writes a meta; {@link #sync} makes it durable.
   *
   * @param pins snapshots whose metas the lock file must keep
   */
  void write(Meta meta, long baseTxn, Pins pins) {
    ids.use(meta.txnId());
    int slot = slots.slotFor(baseTxn);
    if (slot < 0) { // a sync of an older commit keeps a slot: it ends soon
      syncLock.lock();
      try {
        file.failure().check(); // a sync that fails keeps its slot for ever
        lock.setSyncing(0); // of a process that died: a live one would have the turn
        slot = slots.slotFor(baseTxn);
      } finally {
        syncLock.unlock();
      }
    }
    encode(meta, slot);
    pinned.put(meta.txnId(), page, meta.encodedBytes(), slot, pins::containUnnamed);
    slots.writing(slot, meta);
    checkTurn(0);
    ids.written(meta); // before: after the write nothing may fail
    file.writeMeta(page, slot);
    slots.written(slot, meta);
  }

  private void encode(Meta meta, int slot) {
    meta.encode(bytes, slot);
    PageBytes.copyTo(bytes, page, 0);
  }

  /** The file is at least so long for every meta that recovery might go back to. */
  long mostPages() {
    return slots.mostPages();
  }

  /** Leaves a meta in the lock file that is in a slot already. */
  void pin(Meta meta, Pins pins) {
    encode(meta, 0);
    pinned.put(meta.txnId(), page, meta.encodedBytes(), 0, pins::containUnnamed);
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
   * Puts the newest commit on disk, while others follow it: so it is pinned, and this checks after
   * that whether it was the newest.
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
      file.failure().check();
      rewriteFound.run();
    }
  }

  private void syncNow(long txnId) {
    file.sync();
    lock.setDurable(txnId);
    ids.synced(txnId);
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
