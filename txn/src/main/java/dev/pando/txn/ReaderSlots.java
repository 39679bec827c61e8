package dev.pando.txn;

import static dev.pando.txn.LockFile.LONG;

import dev.pando.error.DatabaseFullException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshots live readers pin, in blocks of the lock file, so that the writer of any process
 * sees them. A block belongs to one process, a slot in it to a transaction, not to a thread, and
 * there is no limit to their number. Claiming, publishing and ending take no lock.
 *
 * <p>Publication is a volatile write followed by a volatile read of the current transaction: if a
 * commit came between, the writer may have looked at the slots before the write, so the reader
 * publishes the newer one instead. With weaker ordering the reader's write could stay behind its
 * read, and its pages could be reused under it.
 */
final class ReaderSlots {
  // A block of slots. Its first 64 bytes:

  /** The owner, for people. */
  static final long PID = 8;

  /** Counts slots that were claimed for a snapshot which another slot pins; never reset. */
  static final long FORKS = 24;

  /** Scans of a row between which slots were claimed so. */
  private static final int MOST_SCANS = 10_000;

  /** The owner's time zero is not ours: ages are told by the system's monotonic clock. */
  static final long FIRST_SLOT = 64;

  /** Two readers do not share a cache line. */
  static final long SLOT_BYTES = 64;

  static final int SLOTS_PER_BLOCK = 64;

  /** In a slot: 0 while it is free, else one more than the snapshot. */
  static final long PIN = 0;

  /** In a slot: System.nanoTime() of its claim, to a tenth of a second. */
  static final long SINCE = 8;

  /** In place of that time while a slot is free, and while its holder is about to begin. */
  static final long NOT_YET = Long.MAX_VALUE;

  /** How long a reader has been open. */
  static long age(long since, long now) {
    return since == NOT_YET ? 0 : Math.max(0, now - since);
  }

  /** Its monitor guards this, too: who changes maps holds it, and then says how long they are. */
  private final LockFile file;

  /** This process's slots; their number is a power of two. */
  private volatile ReaderSlot[] own = {};

  private volatile int[] ownBlocks = {};

  private final Object floorLock = new Object();

  /** The first of {@link #own} that may be in private memory. */
  private volatile int unlistedFrom = Integer.MAX_VALUE;

  /** Forks while this process had no block in the lock file. */
  private final AtomicLong unlistedForks = new AtomicLong();

  /** For {@link #clearDead}: when a block was looked at last. */
  private long lastLook = System.nanoTime();

  ReaderSlots(LockFile file) {
    this.file = file;
  }

  /** Claims a slot for a snapshot that is to be published. */
  ReaderSlot claim(long txnId) {
    ReaderSlot[] all = own;
    // A thread that reads again and again meets its own slot, with its memory still in the cache.
    int start = (int) Thread.currentThread().threadId();
    while (true) {
      for (int i = 0; i < all.length; i++) {
        ReaderSlot slot = all[start + i & all.length - 1];
        if (slot.claim(txnId)) {
          if (slot.unlisted != null) {
            lookAtFloor(slot);
          }
          return slot;
        }
      }
      start = all.length; // the first of the new ones
      all = grow(all);
    }
  }

  /** Before the holder of a slot looks whether its snapshot is still the newest. */
  private void lookAtFloor(ReaderSlot claimed) {
    try {
      lookAtFloor();
    } catch (Throwable e) {
      claimed.leftBehind = true;
      throw e;
    }
  }

  /**
   * Claims one more slot for a snapshot that another slot pins. The caller then makes sure that the
   * other one still does: a scan of all slots that has missed this one begins again, because it
   * sees the count change, if it comes to the other one after that. It sees the snapshot then, too.
   */
  ReaderSlot fork(Snapshot snapshot) {
    ReaderSlot slot = claim(snapshot.txnId());
    try {
      slot.hold(snapshot, Housekeeping.nanos());
      countFork();
      return slot;
    } catch (Throwable e) {
      slot.leftBehind = true;
      throw e;
    }
  }

  private void countFork() {
    int[] listed = ownBlocks;
    if (listed.length == 0) { // other processes see the floor, which was set before
      long _ = unlistedForks.incrementAndGet();
    } else {
      long _ = (long) LONG.getAndAdd(file.block(listed[0]), FORKS, 1L);
    }
  }

  private long forks() {
    long forks = unlistedForks.get();
    for (int i = 1; i < file.blockCount(); i++) {
      if (isSlots(i)) {
        forks += (long) LONG.getVolatile(file.block(i), FORKS);
      }
    }
    return forks;
  }

  /**
   * Scans the slots, again if a snapshot may have gone from a slot that comes later to one that was
   * looked at. What a scan of many has seen counts, so that no storm of forks hides a snapshot.
   */
  private void scan(Runnable once) {
    long before;
    int scans = 0;
    do {
      before = forks();
      once.run();
    } while (forks() != before && ++scans < MOST_SCANS);
  }

  private ReaderSlot[] grow(ReaderSlot[] full) {
    synchronized (file) {
      if (own == full) {
        int blocks = Math.max(1, own.length / SLOTS_PER_BLOCK); // their number is a power of two
        for (int i = 0; i < blocks; i++) {
          take();
        }
      }
      return own;
    }
  }

  private void take() {
    int number;
    try {
      number = claimBlock();
    } catch (DatabaseFullException e) {
      takePrivate();
      return;
    }
    MemorySegment block = file.block(number);
    clear(block);
    LONG.setVolatile(block, PID, Pid.OURS);
    int[] mine = Arrays.copyOf(ownBlocks, ownBlocks.length + 1);
    mine[mine.length - 1] = number;
    ownBlocks = mine;
    addSlots(block, null);
  }

  /**
   * The disk is full, and the lock file cannot grow: other processes do not see these slots, but in
   * the record of this one how old the oldest snapshot is that they pin.
   */
  private void takePrivate() {
    long bytes = FIRST_SLOT + SLOTS_PER_BLOCK * SLOT_BYTES;
    MemorySegment block = MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    clear(block);
    unlistedFrom = Math.min(unlistedFrom, own.length);
    addSlots(block, this);
  }

  private void addSlots(MemorySegment block, @Nullable ReaderSlots unlisted) {
    ReaderSlot[] more = Arrays.copyOf(own, own.length + SLOTS_PER_BLOCK);
    for (int i = 0; i < SLOTS_PER_BLOCK; i++) {
      more[own.length + i] = new ReaderSlot(block, FIRST_SLOT + i * SLOT_BYTES, unlisted);
    }
    own = more;
  }

  /** Tells others the oldest snapshot that slots in private memory pin. */
  void lookAtFloor() {
    if (unlistedFrom == Integer.MAX_VALUE) {
      return;
    }
    synchronized (floorLock) {
      long floor = Long.MAX_VALUE;
      ReaderSlot[] all = own;
      for (int i = unlistedFrom; i < all.length; i++) {
        long pin = all[i].unlisted == null ? 0 : all[i].pin();
        floor = pin == 0 ? floor : Math.min(floor, pin - 1);
      }
      file.members().setFloor(floor);
    }
  }

  /** A block whose owner has gone, or a new one. */
  private int claimBlock() {
    for (int i = 1; i < file.blockCount(); i++) {
      if (isSlots(i)) {
        long owner = owner(i);
        if ((owner == 0 || file.members().hasEnded(owner))
            && replaceOwner(i, owner, file.session())) {
          return i;
        }
      }
    }
    return file.addBlock(LockBlocks.SLOTS);
  }

  private boolean isSlots(int number) {
    return (long) LONG.getVolatile(file.block(number), LockBlocks.KIND) == LockBlocks.SLOTS;
  }

  private long owner(int number) {
    return (long) LONG.getVolatile(file.block(number), LockBlocks.OWNER);
  }

  private boolean replaceOwner(int number, long from, long to) {
    return LONG.compareAndSet(file.block(number), LockBlocks.OWNER, from, to);
  }

  private static void clear(MemorySegment block) {
    for (int i = 0; i < SLOTS_PER_BLOCK; i++) {
      LONG.setOpaque(block, FIRST_SLOT + i * SLOT_BYTES + SINCE, NOT_YET);
      LONG.setVolatile(block, FIRST_SLOT + i * SLOT_BYTES + PIN, 0L);
    }
    LONG.setVolatile(block, PID, 0L);
  }

  /** What readers of all processes pin; each volatile, and some maybe several times. */
  void forEachPin(LongConsumer pins) {
    scan(() -> forEachPinOnce(pins));
  }

  private void forEachPinOnce(LongConsumer pins) {
    int count = file.blockCount();
    for (int i = 1; i < count; i++) {
      if (isSlots(i)) {
        MemorySegment block = file.block(i);
        for (int slot = 0; slot < SLOTS_PER_BLOCK; slot++) {
          long pin = (long) LONG.getVolatile(block, FIRST_SLOT + slot * SLOT_BYTES + PIN);
          if (pin != 0) {
            pins.accept(pin - 1);
          }
        }
      }
    }
  }

  /** Told of a reader of any process. */
  interface Visitor {
    /**
     * A reader.
     *
     * @param since System.nanoTime() when it began
     */
    void reader(long pid, long txnId, long since);
  }

  /** Visits the live readers of all processes, but for those of others that have no slot. */
  void forEachReader(Visitor visitor) {
    int count = file.blockCount();
    for (int i = 1; i < count; i++) {
      if (isSlots(i)) {
        MemorySegment block = file.block(i);
        long pid = (long) LONG.getVolatile(block, PID);
        for (int slot = 0; slot < SLOTS_PER_BLOCK; slot++) {
          long at = FIRST_SLOT + slot * SLOT_BYTES;
          long pin = (long) LONG.getVolatile(block, at + PIN);
          if (pin != 0) {
            visitor.reader(pid, pin - 1, (long) LONG.getOpaque(block, at + SINCE));
          }
        }
      }
    }
    forEachOwn(
        slot -> {
          if (slot.unlisted != null) {
            visitor.reader(Pid.OURS, slot.pin() - 1, slot.since());
          }
        });
  }

  /** Frees the slots of processes that have died. Asks the kernel once a block. */
  void clearDead() {
    synchronized (file) {
      for (int i = 1; i < file.blockCount(); i++) {
        long owner = isSlots(i) ? owner(i) : 0;
        // First it is this process's: two that clear it might clear what a third one has pinned.
        if (owner != 0
            && file.members().hasEnded(owner)
            && replaceOwner(i, owner, file.session())) {
          giveBack(i);
        }
      }
      file.members().clearDead();
    }
  }

  private void giveBack(int number) {
    clear(file.block(number));
    boolean _ = replaceOwner(number, file.session(), 0);
  }

  /** As {@link #clearDead}, at most once in so many nanoseconds. */
  void clearDeadEvery(long nanos) {
    long now = System.nanoTime();
    if (now - lastLook >= nanos) {
      lastLook = now;
      clearDead();
    }
  }

  /**
   * Visits the slots of this process that pin a snapshot, some maybe several times. A slot that
   * comes to pin one of the snapshots that are pinned now is not missed.
   */
  void forEachPinned(Consumer<ReaderSlot> visitor) {
    scan(() -> forEachOwn(visitor));
  }

  /** Frees slots that were left behind. */
  void freeLeft() {
    for (ReaderSlot slot : own) {
      slot.freeLeft();
    }
  }

  /** Visits the slots of this process's live readers. */
  void forEachOwn(Consumer<ReaderSlot> visitor) {
    for (ReaderSlot slot : own) {
      if (slot.pin() != 0) {
        visitor.accept(slot);
      }
    }
  }

  /** Live readers of this process. */
  int countHere() {
    int[] most = {0};
    scan(
        () -> {
          int n = 0;
          for (ReaderSlot slot : own) {
            if (slot.pin() != 0) {
              n++;
            }
          }
          most[0] = Math.max(most[0], n);
        });
    return most[0];
  }

  /** Others took this process for dead: its slots are theirs. */
  void lose() {
    for (ReaderSlot slot : own) {
      slot.lose();
    }
  }

  /** The process leaves: nothing is pinned any more. */
  void leave() {
    synchronized (file) {
      if (!file.isMember()) {
        return; // others may have the blocks
      }
      for (int number : ownBlocks) {
        if (owner(number) == file.session()) {
          giveBack(number);
        }
      }
    }
  }
}
