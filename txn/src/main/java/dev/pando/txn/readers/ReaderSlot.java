package dev.pando.txn.readers;

import static dev.pando.txn.file.LockBlocks.LONG;

import dev.pando.pager.PageMap;
import dev.pando.txn.file.Snapshot;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A reader slot of {@link ReaderSlots}: the snapshot that it pins, and facts about its holder. */
public final class ReaderSlot {
  private final MemorySegment block;
  private final long offset;

  /**
   * The pin's word while the slot can be claimed: not positive, and never the same for two owners
   * of the block. So a thread that was about to claim a slot when its block was given back cannot
   * claim the next owner's slot.
   */
  private final long free;

  /** The holder's snapshot; it has no meaning while the slot is free. */
  private @Nullable Snapshot snapshot;

  /** For a slot in private memory: tells other processes which snapshots such slots pin. */
  final @Nullable ReaderSlots unlisted;

  /** Whether another process may have the slot. */
  private boolean lost;

  /**
   * Whether the holder's thread could not free the slot, so that {@link #freeLeft} must. That
   * thread only sets this field: it cannot call anything, perhaps because its stack is used up.
   */
  public volatile boolean leftBehind;

  private final Holder holder;

  /** The time at which the holder was ended; null if it was not. */
  private @Nullable Long endedAt;

  /** The beginning of the last holder that was logged as open for long. */
  private long warnedSince;

  /** The call stack that opened the holder's transaction, if it is recorded. */
  private volatile @Nullable Throwable openedAt;

  ReaderSlot(
      MemorySegment block, long offset, long free, @Nullable ReaderSlots unlisted, Holder holder) {
    this.block = block;
    this.offset = offset;
    this.free = free;
    this.unlisted = unlisted;
    this.holder = holder;
  }

  /** Returns the transactions that hold the slot. */
  public Holder holder() {
    return holder;
  }

  public boolean claim(long txnId) {
    return (long) LONG.get(block, offset) == free
        && LONG.compareAndSet(block, offset + SlotLayout.PIN, free, txnId + 1);
  }

  /** Makes it impossible to claim the slot; false if the slot is pinned. */
  boolean retire() {
    return LONG.compareAndSet(block, offset + SlotLayout.PIN, free, SlotLayout.RETIRED);
  }

  /** Allows claims again after {@link #retire}, while this process has the slot's block. */
  void reopen() {
    LONG.setVolatile(block, offset + SlotLayout.PIN, free);
  }

  /** Visits the pin if the slot is in private memory, and pins a snapshot. */
  void visitUnlisted(LongConsumer pins) {
    long pin = unlisted == null ? 0 : pin();
    if (pin > 0) {
      pins.accept(pin - 1);
    }
  }

  /** Pins another snapshot for the holder instead. */
  public void move(long txnId) {
    LONG.setVolatile(block, offset + SlotLayout.PIN, txnId + 1);
    if (unlisted != null) {
      unlisted.lookAtFloor();
    }
  }

  /** Sets the snapshot whose pages the holder reads. */
  void hold(Snapshot pinned, long now) {
    snapshot = pinned;
    LONG.set(block, offset + SlotLayout.SINCE, now);
  }

  /** Returns the pinned snapshot plus one; 0 if the slot is free. */
  public long pin() {
    return Math.max(0, (long) LONG.getVolatile(block, offset + SlotLayout.PIN));
  }

  public long since() {
    return (long) LONG.getOpaque(block, offset + SlotLayout.SINCE);
  }

  /** Returns how long a reader that began at {@code since} has been open. */
  public static long age(long since, long now) {
    return since == SlotLayout.NOT_YET ? 0 : Math.max(0, now - since);
  }

  /** Returns the map of the last snapshot that a holder read; null if there was none. */
  @Nullable PageMap lastMap() {
    Snapshot last = snapshot;
    return last == null ? null : last.map();
  }

  /** Returns the snapshot that the holder pinned. */
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

  /** Forgets the end of the last holder, since the next one is one that {@link #end} may end. */
  public void forgetEnd() {
    endedAt = null;
  }

  // ---- readers that are open for long; called by one thread

  /** Returns true once for each holder. */
  public boolean warnOnce() {
    long since = since();
    boolean first = warnedSince != since;
    warnedSince = since;
    return first;
  }

  /** Ends the holder, whose next operation fails; false if it has just ended by itself. */
  public boolean end(long now) {
    boolean ends = holder.endFromOutside();
    if (ends) {
      endedAt = now;
    }
    return ends;
  }

  /** Returns the time at which the holder was ended; null if it was not. */
  public @Nullable Long endedAt() {
    return endedAt;
  }

  /** Frees the slot of a holder that was ended, when no thread uses its snapshot any more. */
  public void freeEnded() {
    holder.forget();
    endedAt = null;
    free();
  }

  /** Frees the slot of a reader that has ended. */
  public void free() {
    holder.trim();
    openedAt = null;
    unpin();
  }

  /** Does what the holder's thread could not do before it stopped. For housekeeping. */
  void freeLeft() {
    if (leftBehind) {
      leftBehind = false;
      free();
    }
    holder.closeLeft();
  }

  /** Notes that another process may have the slot. */
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
      // The database was closed, and the slot may belong to another process by now.
    }
  }
}
