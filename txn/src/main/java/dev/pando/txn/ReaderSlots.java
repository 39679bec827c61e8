package dev.pando.txn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshots live readers pin. A slot belongs to a transaction, not to a thread, and there is
 * no limit to their number. Claiming, publishing and ending take no lock.
 *
 * <p>Publication is a volatile write followed by a volatile read of the current transaction: if a
 * commit came between, the writer may have looked at the slots before the write, so the reader
 * publishes the newer one instead. With weaker ordering the reader's write could stay behind its
 * read, and its pages could be reused under it.
 */
final class ReaderSlots {
  private static final long FREE = -1;
  private static final int CHUNK = 64; // the number of slots stays a power of two

  /** One reader's place. The padding keeps two readers off one cache line. */
  static final class Slot {
    private static final VarHandle TXN;

    static {
      try {
        TXN = MethodHandles.lookup().findVarHandle(Slot.class, "txn", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private volatile long txn = FREE;

    @SuppressWarnings({"unused", "UnusedVariable", "MultipleVariables"})
    private long padding1, padding2, padding3, padding4, padding5, padding6;

    /** The holder's snapshot; means nothing while the slot is free. */
    private @Nullable Snapshot snapshot;

    /** Memory for keys and values, made when the first transaction in this slot needs it. */
    private @Nullable Workspace workspace;

    private boolean claim(long txnId) {
      return txn == FREE && TXN.compareAndSet(this, FREE, txnId);
    }

    /** The holder's memory. */
    Workspace workspace(int pageSize) {
      Workspace mine = workspace;
      if (mine == null) {
        mine = new Workspace(pageSize);
        workspace = mine;
      }
      return mine;
    }

    /** The snapshot that the holder pinned. */
    Snapshot snapshot() {
      Snapshot mine = snapshot;
      if (mine == null) {
        throw new AssertionError("a slot without a snapshot");
      }
      return mine;
    }

    /** The reader has ended. */
    void free() {
      Workspace mine = workspace;
      if (mine != null) {
        mine.trim();
      }
      TXN.setRelease(this, FREE);
    }
  }

  private volatile Slot[] slots = newSlots(new Slot[0]);

  /**
   * Claims a slot and pins the newest commit.
   *
   * @param newest reads it, volatile; no other call of the reader may come between
   */
  Slot pin(Supplier<Snapshot> newest) {
    Snapshot pinned = newest.get();
    Slot slot = claim(pinned.txnId());
    for (Snapshot now = newest.get(); now != pinned; now = newest.get()) {
      pinned = now;
      slot.txn = now.txnId();
    }
    slot.snapshot = pinned;
    return slot;
  }

  private Slot claim(long txnId) {
    Slot[] all = slots;
    // A thread that reads again and again meets its own slot, with its memory still in the cache.
    int start = (int) Thread.currentThread().threadId();
    while (true) {
      for (int i = 0; i < all.length; i++) {
        Slot slot = all[start + i & all.length - 1];
        if (slot.claim(txnId)) {
          return slot;
        }
      }
      grow(all);
      start = all.length; // the first of the new ones
      all = slots;
    }
  }

  private synchronized void grow(Slot[] full) {
    if (slots == full) {
      slots = newSlots(full);
    }
  }

  private static Slot[] newSlots(Slot[] old) {
    Slot[] larger = Arrays.copyOf(old, old.length + Math.max(CHUNK, old.length));
    for (int i = old.length; i < larger.length; i++) {
      larger[i] = new Slot();
    }
    return larger;
  }

  /** What readers pin, and two more. */
  Pins pins(long base, long durable) {
    Slot[] all = slots;
    long[] pins = new long[all.length + 2];
    int n = 0;
    pins[n++] = base;
    pins[n++] = durable;
    for (Slot slot : all) {
      long txn = slot.txn;
      if (txn != FREE) {
        pins[n++] = txn;
      }
    }
    return new Pins(Arrays.copyOf(pins, n));
  }

  /** The oldest snapshot that a reader pins; {@link Long#MAX_VALUE} if there is no reader. */
  long oldest() {
    long oldest = Long.MAX_VALUE;
    for (Slot slot : slots) {
      long txn = slot.txn;
      if (txn != FREE) {
        oldest = Math.min(oldest, txn);
      }
    }
    return oldest;
  }

  /** Live readers. */
  int count() {
    int n = 0;
    for (Slot slot : slots) {
      if (slot.txn != FREE) {
        n++;
      }
    }
    return n;
  }
}
