package org.lmdbjava;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * How many read transactions there may be, as LMDB counts them: a slot belongs to a thread until it
 * ends, or to a transaction with {@link EnvFlags#MDB_NOTLS}. Thread-safe.
 */
final class ReaderSlots {
  private final int max;
  private final boolean ofThreads;
  private final Map<Thread, Slot> slots = new WeakHashMap<>();
  private int ofTransactions;
  private int most;

  /** A slot. */
  static final class Slot {
    private boolean active;
  }

  ReaderSlots(int max, boolean ofThreads) {
    this.max = max;
    this.ofThreads = ofThreads;
  }

  int max() {
    return max;
  }

  /** The most slots that were in use together. */
  synchronized int most() {
    return most;
  }

  /** A slot for a transaction that begins on this thread. */
  synchronized Slot take() {
    if (!ofThreads) {
      checkRoom(ofTransactions);
      ofTransactions++;
      most = Math.max(most, ofTransactions);
      return new Slot();
    }
    Thread thread = Thread.currentThread();
    Slot slot = slots.get(thread);
    if (slot == null) {
      slots.keySet().removeIf(owner -> !owner.isAlive());
      checkRoom(slots.size());
      slot = new Slot();
      slots.put(thread, slot);
      most = Math.max(most, slots.size());
    }
    if (slot.active) {
      throw ResultCode.BAD_RSLOT.exception();
    }
    slot.active = true;
    return slot;
  }

  private void checkRoom(int used) {
    if (used >= max) {
      throw ResultCode.READERS_FULL.exception();
    }
  }

  /**
   * Ends the use of a slot by a transaction that is reset.
   *
   * @return the slot, if the transaction keeps it; null if it belongs to the thread
   */
  synchronized Slot reset(Slot slot) {
    slot.active = false;
    return ofThreads ? null : slot;
  }

  synchronized void end(Slot slot) {
    slot.active = false;
    if (!ofThreads) {
      ofTransactions--;
    }
  }
}
