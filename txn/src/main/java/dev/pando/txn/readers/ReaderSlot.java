package dev.pando.txn.readers;

import static dev.pando.txn.file.LockBlocks.LONG;

import dev.pando.pager.PageMap;
import dev.pando.txn.file.Snapshot;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A reader's place in {@link ReaderSlots}: the snapshot that it pins, and what is known of it. */
public final class ReaderSlot {
  private final MemorySegment block;
  private final long offset;

  /**
   * What the word of the pin is while the slot can be claimed: not positive, and never the same for
   * two owners of the block. So a thread that was about to claim a slot when its block was given
   * back cannot claim the next owner's.
   */
  private final long free;

  /** The holder's snapshot; means nothing while the slot is free. */
  private @Nullable Snapshot snapshot;

  /** Of a slot in private memory: tells others which snapshots such slots pin. */
  final @Nullable ReaderSlots unlisted;

  /** Whether another process may have the slot. */
  private boolean lost;

  /**
   * Nobody will free the slot: {@link #freeLeft} does. Set by a thread that cannot go on, maybe
   * because its stack is used up: it calls nothing.
   */
  public volatile boolean leftBehind;

  private final Holder holder;

  /** When the holder was ended; null while it was not. */
  private @Nullable Long endedAt;

  /** Of the holder that began then people were told that it is open for long. */
  private long warnedSince;

  /** Where the holder's transaction was opened, if anybody wants to know. */
  private volatile @Nullable Throwable openedAt;

  ReaderSlot(
      MemorySegment block, long offset, long free, @Nullable ReaderSlots unlisted, Holder holder) {
    this.block = block;
    this.offset = offset;
    this.free = free;
    this.unlisted = unlisted;
    this.holder = holder;
  }

  /** The transactions that hold the slot. */
  public Holder holder() {
    return holder;
  }

  public boolean claim(long txnId) {
    return (long) LONG.get(block, offset) == free
        && LONG.compareAndSet(block, offset + SlotLayout.PIN, free, txnId + 1);
  }

  /** Makes it impossible to claim the slot; false if it is pinned. */
  boolean retire() {
    return LONG.compareAndSet(block, offset + SlotLayout.PIN, free, SlotLayout.RETIRED);
  }

  /** It can be claimed again after {@link #retire}, while this process has its block. */
  void reopen() {
    LONG.setVolatile(block, offset + SlotLayout.PIN, free);
  }

  /** The holder pins another snapshot instead. */
  public void move(long txnId) {
    LONG.setVolatile(block, offset + SlotLayout.PIN, txnId + 1);
    if (unlisted != null) {
      unlisted.lookAtFloor();
    }
  }

  /** The snapshot whose pages the holder reads. */
  void hold(Snapshot pinned, long now) {
    snapshot = pinned;
    LONG.set(block, offset + SlotLayout.SINCE, now);
  }

  /** The pinned snapshot plus one; 0 if the slot is free. */
  public long pin() {
    return Math.max(0, (long) LONG.getVolatile(block, offset + SlotLayout.PIN));
  }

  public long since() {
    return (long) LONG.getOpaque(block, offset + SlotLayout.SINCE);
  }

  /** How long a reader has been open that began at {@code since}. */
  public static long age(long since, long now) {
    return since == SlotLayout.NOT_YET ? 0 : Math.max(0, now - since);
  }

  /** The map of the last snapshot that a holder read; null if there was none. */
  @Nullable PageMap lastMap() {
    Snapshot last = snapshot;
    return last == null ? null : last.map();
  }

  /** The snapshot that the holder pinned. */
  public Snapshot snapshot() {
    Snapshot mine = snapshot;
    if (mine == null) {
      throw new AssertionError("a slot without a snapshot");
    }
    return mine;
  }

  public void openedAt(@Nullable Throwable place) {
    openedAt = place;
  }

  public @Nullable Throwable openedAt() {
    return openedAt;
  }

  /** The holder is about to be one that {@link #end} may end. */
  public void forgetEnd() {
    endedAt = null;
  }

  // ---- readers that are open for long; called by one thread

  /** True once for each holder. */
  public boolean warnOnce() {
    long since = since();
    boolean first = warnedSince != since;
    warnedSince = since;
    return first;
  }

  /** The holder's next operation fails; false if it has just ended by itself. */
  public boolean end(long now) {
    boolean ends = holder.endFromOutside();
    if (ends) {
      endedAt = now;
    }
    return ends;
  }

  /** When the holder was ended; null if it was not. */
  public @Nullable Long endedAt() {
    return endedAt;
  }

  /** Nobody uses the snapshot any more that the ended holder had. */
  public void freeEnded() {
    holder.forget();
    endedAt = null;
    free();
  }

  /** The reader has ended. */
  public void free() {
    holder.trim();
    openedAt = null;
    unpin();
  }

  /** Does what a thread could not do that has left the slot behind. For housekeeping. */
  void freeLeft() {
    if (leftBehind) {
      leftBehind = false;
      free();
    }
    holder.closeLeft();
  }

  /** Another process may have the slot. */
  void lose() {
    lost = true;
  }

  private void unpin() {
    if (lost) {
      return;
    }
    try {
      LONG.setOpaque(block, offset + SlotLayout.SINCE, SlotLayout.NOT_YET);
      LONG.setRelease(block, offset + SlotLayout.PIN, free);
    } catch (IllegalStateException e) {
      // The database was closed, and the slot may be another process's by now.
    }
  }
}
