package dev.pando.txn.commit;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.LockFile;
import java.util.Arrays;

/**
 * Which slot the next meta is written into: none that recovery might need. Knows what the slots
 * hold; public because planted bugs replace its calls.
 */
public final class SlotChoice {
  private static final long NOTHING = -1;

  private final LockFile lock;

  /** The file's length according to the metas in the slots. */
  private final long[] slotPages = new long[PageHeader.META_SLOTS];

  private final long[] slotTxn = new long[PageHeader.META_SLOTS];

  SlotChoice(LockFile lock) {
    this.lock = lock;
    Arrays.fill(slotTxn, NOTHING);
  }

  /** What the slots hold, after another process may have written them. */
  void look(MetaSlots slots) {
    Arrays.fill(slotTxn, NOTHING);
    Arrays.fill(slotPages, 0);
    for (MetaSlots.Valid slot : slots.valid()) {
      boolean isMark = slot.meta().features().isApplying(); // of a follower, before this commit
      slotTxn[slot.slot()] = isMark ? NOTHING : slot.meta().txnId();
      slotPages[slot.slot()] = slot.meta().pageCount();
    }
  }

  /** The slot of the oldest unneeded meta; -1 if a running sync needs the last one. */
  int slotFor(long baseTxn) {
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

  /** A meta is about to be written: the slot may hold it, the one before, or neither. */
  void writing(int slot, Meta meta) {
    slotTxn[slot] = NOTHING;
    slotPages[slot] = Math.max(slotPages[slot], meta.pageCount());
  }

  /** The meta has been written. */
  void written(int slot, Meta meta) {
    slotTxn[slot] = meta.txnId();
    slotPages[slot] = meta.pageCount();
  }

  /** The file is at least so long for every meta that recovery might go back to. */
  long mostPages() {
    long most = 0;
    for (long pages : slotPages) {
      most = Math.max(most, pages);
    }
    return most;
  }
}
