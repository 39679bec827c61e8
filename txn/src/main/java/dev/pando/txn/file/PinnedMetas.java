package dev.pando.txn.file;

import static dev.pando.txn.file.LockBlocks.LONG;

import dev.pando.error.DatabaseFullException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The metas of the newest commit and of all snapshots that readers pin, in blocks of the lock file.
 * A process that takes over the writing learns from them which free pages older snapshots still
 * see: those that the snapshot's own meta does not count as free. So no dates of free pages need be
 * in the database file. Written by the holder of the writer lock.
 *
 * <p>See DECISIONS.md, 'Free pages without dates in the file'.
 */
public final class PinnedMetas {
  /** In a block: one more than the transaction; 0 while it holds none. */
  private static final long TXN = 8;

  /** In a block: the meta slot that it was encoded for. */
  private static final long SLOT = 16;

  /** In a block: bytes of the meta's page; those after them are zero. */
  private static final long LENGTH = 24;

  private static final long PAGE = 64;

  /** How many blocks are looked at first: the newest commits' and more. */
  private static final int RECENT = 8;

  private final LockFile file;
  private final int pageSize;

  /** Blocks that this process used last: beside readers of old snapshots, one of them is free. */
  private final int[] recent = new int[RECENT];

  /** Where the oldest one is in {@link #recent}. */
  private int oldest;

  /** Where the search through all blocks goes on. */
  private int next = 1;

  public PinnedMetas(LockFile file, int pageSize) {
    this.file = file;
    this.pageSize = pageSize;
  }

  /**
   * Adds a meta, before its commit may be read. Replaces an unneeded one. Does nothing if there is
   * none and the lock file cannot grow: for a snapshot with unknown meta, every page that it may
   * show is kept.
   *
   * @param page the meta as it was encoded
   * @param bytes of it that are not zero
   * @param slot for which slot
   * @param pinned whether a snapshot is pinned
   */
  public void put(long txnId, MemorySegment page, long bytes, int slot, LongPredicate pinned) {
    MemorySegment block = room(pinned);
    if (block == null) {
      return;
    }
    LONG.setVolatile(block, TXN, 0L);
    LONG.set(block, SLOT, (long) slot);
    LONG.set(block, LENGTH, bytes);
    PageMemory.copy(page, 0, block, PAGE, bytes);
    int trailer = pageSize - MetaLayout.TRAILER_SIZE;
    PageMemory.copy(page, trailer, block, PAGE + trailer, MetaLayout.TRAILER_SIZE);
    LONG.setVolatile(block, TXN, txnId + 1);
  }

  private @Nullable MemorySegment room(LongPredicate pinned) {
    for (int i = 0; i < RECENT; i++) {
      int number = recent[(oldest + i) % RECENT];
      if (number != 0 && isFree(number, pinned)) {
        return file.block(number);
      }
    }
    int count = file.blockCount();
    for (int i = 1; i < count; i++) {
      int number = next < count ? next : 1;
      next = number + 1;
      if (isFree(number, pinned)) {
        return remember(number);
      }
    }
    try {
      return remember(file.addBlock(LockBlocks.META));
    } catch (DatabaseFullException e) {
      return null;
    }
  }

  private MemorySegment remember(int number) {
    recent[oldest] = number;
    oldest = (oldest + 1) % RECENT;
    return file.block(number);
  }

  private boolean isFree(int number, LongPredicate pinned) {
    if (file.isSlots(number)) {
      return false;
    }
    MemorySegment block = file.block(number);
    long txn = (long) LONG.getVolatile(block, TXN);
    return txn == 0 || !pinned.test(txn - 1);
  }

  /** The meta of a snapshot; null if it is not there. */
  public @Nullable Meta find(long txnId) {
    int count = file.blockCount();
    for (int i = 1; i < count; i++) {
      MemorySegment block = file.block(i);
      if (!file.isSlots(i) && (long) LONG.getVolatile(block, TXN) == txnId + 1) {
        byte[] copy = new byte[pageSize];
        int length = Math.clamp((long) LONG.get(block, LENGTH), 0, pageSize);
        MemorySegment.copy(block, ValueLayout.JAVA_BYTE, PAGE, copy, 0, length);
        int trailer = pageSize - MetaLayout.TRAILER_SIZE;
        MemorySegment.copy(
            block, ValueLayout.JAVA_BYTE, PAGE + trailer, copy, trailer, MetaLayout.TRAILER_SIZE);
        int slot = (int) (long) LONG.get(block, SLOT);
        Meta meta = Meta.decode(copy, slot);
        if (meta != null && meta.txnId() == txnId) {
          return meta;
        }
      }
    }
    return null;
  }
}
