package dev.pando.txn;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import java.util.Arrays;

/**
 * Writes metas, each into a slot that is neither the newest durable one's nor its base's, and gives
 * out transaction ids.
 *
 * <p>An id whose transaction wrote a page is never given out again, not even if it was rolled back
 * or cut short by a crash: a page's birth tells its versions apart, and recovery would take the
 * version of a transaction that failed for one of its namesake if a write of that were lost. After
 * a crash nobody knows which ids were used, only that they were fewer than {@link #RANGE} above the
 * newest durable one; so a process that begins to write first puts a meta with an id beyond them on
 * disk.
 */
final class MetaWriter {
  /** Ids used without a durable commit in between are fewer. */
  static final long RANGE = 1 << 16;

  private static final long NOTHING = -1;

  private final DataFile file;
  private final WriterMemory memory;
  private final long[] slotTxn = new long[PageHeader.META_SLOTS];

  /** The newest id that may have been used. */
  private long lastUsed;

  /** The newest transaction known to be on disk. */
  private long durableTxn;

  /** Whether this process may write pages: ids below {@link #lastUsed} are all known. */
  private boolean claimed;

  /**
   * Goes on from what recovery chose.
   *
   * @param created whether this process made the file, so that nobody used an id before
   */
  MetaWriter(DataFile file, WriterMemory memory, MetaSlots slots, Meta chosen, boolean created) {
    this.file = file;
    this.memory = memory;
    Arrays.fill(slotTxn, NOTHING);
    for (MetaSlots.Valid slot : slots.valid()) {
      slotTxn[slot.slot()] = slot.meta().txnId();
    }
    lastUsed = chosen.txnId();
    durableTxn = created ? chosen.txnId() : chosen.durableTxn();
    claimed = created;
  }

  /** The newest transaction known to be on disk. */
  long durableTxn() {
    return durableTxn;
  }

  /** Whether {@link #claim} is due before the next transaction. */
  boolean mustClaim() {
    return !claimed || lastUsed - durableTxn >= RANGE / 2;
  }

  /**
   * Takes over a file, or a new range of ids: writes the newest commit's meta once more under an id
   * that nobody used, and syncs. This also puts on disk what a process that was killed had written,
   * before any page is reused.
   *
   * @return the meta written, whose content is that of {@code base}
   */
  Meta claim(Meta base) {
    long txnId = Math.max(lastUsed, base.txnId()) + RANGE;
    Meta meta = withIds(base, txnId, durableTxn);
    write(meta, base.txnId());
    sync(txnId);
    claimed = true;
    return meta;
  }

  /**
   * Closes the file: says on disk that the newest commit is on disk. A page that is found damaged
   * later is then known to be damaged; without this, recovery would take the commit for one that a
   * crash cut short, and go back to the one before.
   */
  void seal(Meta newest) {
    if (claimed && newest.durableTxn() < newest.txnId() && durableTxn == newest.txnId()) {
      long txnId = nextTxnId();
      write(withIds(newest, txnId, txnId), newest.txnId());
      sync(txnId);
    }
  }

  private static Meta withIds(Meta base, long txnId, long durableTxn) {
    return new Meta(
        base.pageSize(),
        base.databaseId(),
        txnId,
        durableTxn,
        base.pageCount(),
        base.freePages(),
        base.catalog(),
        base.freeTree(),
        base.freeRuns());
  }

  /** The id of the transaction that begins. */
  long nextTxnId() {
    return lastUsed + 1;
  }

  /** A transaction wrote pages: its id is spent, whatever becomes of it. */
  void use(long txnId) {
    lastUsed = Math.max(lastUsed, txnId);
  }

  /** Puts all data written so far on disk; the meta of {@code txnId} may say so. */
  void syncData() {
    file.sync();
  }

  /** Writes a meta; {@link #sync} makes it durable. */
  void write(Meta meta, long baseTxn) {
    use(meta.txnId());
    int slot = slotFor(baseTxn);
    meta.encode(memory.metaPage, 0, slot);
    slotTxn[slot] = NOTHING;
    file.writeMeta(memory.metaPage, slot);
    slotTxn[slot] = meta.txnId();
  }

  /** The slot of the oldest meta that nobody needs. */
  private int slotFor(long baseTxn) {
    int best = -1;
    for (int slot = 0; slot < slotTxn.length; slot++) {
      boolean needed = slotTxn[slot] == baseTxn || slotTxn[slot] == durableTxn;
      if (!needed && (best < 0 || slotTxn[slot] < slotTxn[best])) {
        best = slot;
      }
    }
    return best;
  }

  /** Puts everything on disk; {@code txnId}'s meta was written. */
  void sync(long txnId) {
    file.sync();
    durableTxn = txnId;
  }
}
