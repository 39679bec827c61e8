package dev.pando.txn.follower;

import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.PinnedMetas;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * Writes the meta slots of a follower's file. While an increment overwrites pages of the newest
 * commit, a mark in one slot names the commit that is to come. The slot of the newest commit is not
 * written meanwhile, and the third one gets the commit. For the holder of the turn.
 */
final class FollowedSlots {
  private static final int NONE = -1;

  private final DataFile file;
  private final LockFile lock;
  private final PinnedMetas pinned;
  private final MemorySegment page;

  /** The newest commit. */
  private final long baseTxn;

  /** Its slot. */
  private final int base;

  /** The slot that is written next: that of an earlier mark, if there is one. */
  private final int next;

  private int mark = NONE;

  FollowedSlots(DataFile file, LockFile lock, PinnedMetas pinned, long baseTxn) {
    this.file = file;
    this.lock = lock;
    this.pinned = pinned;
    this.page = Arena.ofAuto().allocate(file.pageSize(), Long.BYTES);
    this.baseTxn = baseTxn;
    MetaSlots slots = MetaSlots.read(file.file());
    this.base = slotOf(slots, baseTxn);
    this.next = markOf(slots, Meta.slotOtherThan(base, base));
  }

  private static int markOf(MetaSlots slots, int other) {
    for (MetaSlots.Valid slot : slots.valid()) {
      if (slot.meta().features().isApplying()) {
        return slot.slot();
      }
    }
    return other;
  }

  private static int slotOf(MetaSlots slots, long txnId) {
    for (MetaSlots.Valid slot : slots.valid()) {
      if (slot.meta().txnId() == txnId && !slot.meta().features().isApplying()) {
        return slot.slot();
      }
    }
    return 0; // it is damaged: the newest commit was taken from the lock file
  }

  /** Puts the mark on disk. It says which commit the increment follows. */
  void mark(Meta meta) {
    mark = next;
    write(FollowedMeta.mark(meta, baseTxn), mark);
    file.sync();
  }

  /** Takes the mark away: nothing was overwritten. */
  void unmark() {
    page.fill((byte) 0);
    file.writeMeta(page, mark);
    file.sync();
  }

  /**
   * Puts a commit on disk. All of its pages are there.
   *
   * @param pins commits that readers pin, whose metas other processes need
   */
  void write(Meta meta, Set<Long> pins) {
    int slot = mark == NONE ? next : Meta.slotOtherThan(base, mark);
    write(meta, slot);
    file.sync();
    lock.setDurable(meta.txnId());
    keep(meta, slot, pins);
  }

  /** Leaves a meta in the lock file. */
  void keep(Meta meta, Set<Long> pins) {
    meta.encode(page, 0, 0);
    keep(meta, 0, pins);
  }

  private void keep(Meta meta, int slot, Set<Long> pins) {
    assert slot < PageHeader.META_SLOTS : "the slot for which it was encoded";
    pinned.put(meta.txnId(), page, meta.encodedBytes(), slot, pins::contains);
  }

  private void write(Meta meta, int slot) {
    meta.encode(page, 0, slot);
    if (!lock.tryLockWriter()) {
      throw file.failure().lost();
    }
    file.writeMeta(page, slot);
  }
}
