package dev.pando.txn.readers;

import static dev.pando.pager.PageHeader.LIMIT_U48;
import static dev.pando.txn.file.LockBlocks.LONG;
import static dev.pando.txn.readers.SlotLayout.FIRST_SLOT;
import static dev.pando.txn.readers.SlotLayout.FORKS;
import static dev.pando.txn.readers.SlotLayout.NOT_YET;
import static dev.pando.txn.readers.SlotLayout.OWNERS;
import static dev.pando.txn.readers.SlotLayout.PID;
import static dev.pando.txn.readers.SlotLayout.PIN;
import static dev.pando.txn.readers.SlotLayout.SINCE;
import static dev.pando.txn.readers.SlotLayout.SLOTS_PER_BLOCK;
import static dev.pando.txn.readers.SlotLayout.SLOT_BYTES;

import dev.pando.error.DatabaseFullException;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.LockBlocks;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Pid;
import dev.pando.txn.file.Snapshot;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that live readers pin, in blocks of the lock file, so that the writer of any
 * process sees them. A block belongs to one process. A slot in it belongs to a transaction, not to
 * a thread, and there is no limit to the number of slots. Claiming, publishing and ending take no
 * lock.
 *
 * <p>Publication is a volatile write, followed by a volatile read of the current transaction. If a
 * commit came between, the writer may have read the slots before the write. Then the reader
 * publishes the newer commit instead. With weaker ordering, the reader's write could become visible
 * only after its read, and its pages could be reused while it reads them.
 *
 * <p>See DECISIONS.md, 'Slots of a burst' and 'Forks of a reader'.
 */
public final class ReaderSlots {
  /** Most scans in a row between which slots were claimed for a snapshot of another slot. */
  private static final int MOST_SCANS = 10_000;

  /** Time after which blocks are given back if most slots were free, in nanoseconds. */
  public static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Its monitor guards this, too: threads hold it to change maps and record their length. */
  private final LockFile file;

  private final Supplier<? extends Holder> holders;

  /** This process's slots. All scans read these. */
  private volatile ReaderSlot[] own = {};

  /** The first slots of {@link #own}, which may be claimed; their number is a power of two. */
  private volatile ReaderSlot[] claimable = {};

  /**
   * The block of each {@link SlotLayout#SLOTS_PER_BLOCK} of {@link #own}; 0 if it is in private
   * memory.
   */
  private volatile int[] ownBlocks = {};

  /** The last time at which many slots were pinned; for {@link #giveBackFree}. */
  private long lastBusy = System.nanoTime();

  private final Object floorLock = new Object();

  /** Index of the first of {@link #own} that may be in private memory. */
  private volatile int unlistedFrom = Integer.MAX_VALUE;

  /** Number of forks of this process. */
  private final AtomicLong ownForks = new AtomicLong();

  /** The last time at which a block was checked; for {@link #clearDead}. */
  private long lastLook = System.nanoTime();

  public ReaderSlots(LockFile file, Supplier<? extends Holder> holders) {
    this.file = file;
    this.holders = holders;
  }

  /** Claims a slot for a snapshot that is to be published. */
  public ReaderSlot claim(long txnId) {
    ReaderSlot[] all = claimable;
    // A thread that reads often gets its own slot again, with its memory still in the cache.
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
      start = all.length; // the first new slot
      all = grow(all);
    }
  }

  /** Updates the floor, before a slot's holder checks that its snapshot is still the newest. */
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
   * other slot still pins it. A scan of all slots may miss this slot and come to the other one
   * after that check. It then sees the count change and begins again. The new scan sees the
   * snapshot.
   */
  public ReaderSlot fork(Snapshot snapshot) {
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
    long _ = ownForks.incrementAndGet(); // without a block, others see the floor, set before
    for (int number : ownBlocks) {
      if (number != 0) {
        long _ = (long) LONG.getAndAdd(file.block(number), FORKS, 1L);
        return;
      }
    }
  }

  private long forks() {
    long forks = ownForks.get();
    for (int i = 1; i < file.blockCount(); i++) {
      if (file.isSlots(i)) {
        forks += (long) LONG.getVolatile(file.block(i), FORKS);
      }
    }
    return forks;
  }

  /**
   * Scans the slots, again if a snapshot may have moved from a later slot to one that was read
   * already. The results of all scans count, so no storm of forks hides a snapshot. {@code all} is
   * false for this process's slots.
   */
  private void scan(boolean all, Runnable once) {
    long before;
    int scans = 0;
    do {
      before = all ? forks() : ownForks.get();
      once.run();
    } while ((all ? forks() : ownForks.get()) != before && ++scans < MOST_SCANS);
  }

  private ReaderSlot[] grow(ReaderSlot[] full) {
    synchronized (file) {
      if (!file.isMember()) {
        throw file.lost(); // the slots hold the words of others: no slot may look free
      }
      if (claimable == full) {
        int wanted = Math.max(SLOTS_PER_BLOCK, 2 * full.length);
        while (own.length < wanted) {
          take();
        }
        claimable = Arrays.copyOf(own, wanted); // last: scans see the slots before
      }
      return claimable;
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
    long owners = (long) LONG.getAndAdd(block, OWNERS, 1L);
    long free = -1 - file.checked("number of owners of a block", owners, 0, Long.MAX_VALUE - 1);
    clear(block, free);
    LONG.setVolatile(block, PID, Pid.OURS);
    addSlots(block, number, free, null);
  }

  /**
   * Makes slots in private memory: the disk is full, and the lock file cannot grow. Other processes
   * do not see these slots. In this process's record they see the oldest snapshot that the slots
   * pin.
   */
  private void takePrivate() {
    long bytes = FIRST_SLOT + SLOTS_PER_BLOCK * SLOT_BYTES;
    MemorySegment block = MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    clear(block, 0);
    unlistedFrom = Math.min(unlistedFrom, own.length);
    addSlots(block, 0, 0, this);
  }

  private void addSlots(
      MemorySegment block, int number, long free, @Nullable ReaderSlots unlisted) {
    ReaderSlot[] more = Arrays.copyOf(own, own.length + SLOTS_PER_BLOCK);
    for (int i = 0; i < SLOTS_PER_BLOCK; i++) {
      long offset = FIRST_SLOT + i * SLOT_BYTES;
      more[own.length + i] = new ReaderSlot(block, offset, free, unlisted, holders.get());
    }
    int[] mine = Arrays.copyOf(ownBlocks, ownBlocks.length + 1);
    mine[mine.length - 1] = number;
    ownBlocks = mine;
    own = more;
  }

  // ---- after a burst of readers

  /**
   * Gives back blocks that a burst of readers has left, so that scans get short again and other
   * processes can have the blocks. For housekeeping. It halves the number of slots that may be
   * claimed while at most a quarter of them was pinned for {@link #QUIET_NANOS}. A block whose
   * slots may not be claimed is given back when its last reader has ended.
   */
  public void giveBackFree(long now) {
    ReaderSlot[] most = claimable;
    if (own.length <= SLOTS_PER_BLOCK) {
      return;
    }
    if (countPinned(most) > most.length / 4) {
      lastBusy = now;
    }
    synchronized (file) {
      boolean quiet = now - lastBusy >= QUIET_NANOS && most.length > SLOTS_PER_BLOCK;
      if (quiet && claimable == most) {
        claimable = Arrays.copyOf(most, most.length / 2);
      }
      if (file.isMember()) { // otherwise other processes may have the blocks
        giveBackDrained();
      }
    }
  }

  private static int countPinned(ReaderSlot[] slots) {
    int pinned = 0;
    for (ReaderSlot slot : slots) {
      pinned += slot.pin() == 0 ? 0 : 1;
    }
    return pinned;
  }

  private void giveBackDrained() {
    ReaderSlot[] all = own;
    int[] blocks = ownBlocks;
    int kept = claimable.length;
    ReaderSlot[] left = all.clone();
    int[] leftBlocks = blocks.clone();
    for (int from = kept; from < all.length; from += SLOTS_PER_BLOCK) {
      if (!retire(all, from)) {
        System.arraycopy(all, from, left, kept, SLOTS_PER_BLOCK);
        leftBlocks[kept / SLOTS_PER_BLOCK] = blocks[from / SLOTS_PER_BLOCK];
        kept += SLOTS_PER_BLOCK;
      } else if (blocks[from / SLOTS_PER_BLOCK] != 0) {
        boolean _ = replaceOwner(blocks[from / SLOTS_PER_BLOCK], file.session(), 0);
      }
    }
    if (kept < all.length) {
      synchronized (floorLock) { // a slot in private memory may get another index
        lookAtFloor(); // none of the slots that go pins anything
        ownBlocks = Arrays.copyOf(leftBlocks, kept / SLOTS_PER_BLOCK);
        own = Arrays.copyOf(left, kept);
        unlistedFrom = firstUnlisted(own);
      }
    }
  }

  /** Makes it impossible to claim any slot of a block; changes none of them if one is pinned. */
  private static boolean retire(ReaderSlot[] all, int from) {
    for (int i = from; i < from + SLOTS_PER_BLOCK; i++) {
      if (all[i].pin() != 0 || !all[i].retire()) {
        for (int done = from; done < i; done++) {
          all[done].reopen();
        }
        return false;
      }
    }
    return true;
  }

  private static int firstUnlisted(ReaderSlot[] all) {
    for (int i = 0; i < all.length; i += SLOTS_PER_BLOCK) {
      if (all[i].unlisted != null) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  /** Records the oldest snapshot that slots in private memory pin, for other processes. */
  public void lookAtFloor() {
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

  /** Claims a block whose owner has ended, or a new one. */
  private int claimBlock() {
    for (int i = 1; i < file.blockCount(); i++) {
      if (file.isSlots(i)) {
        long owner = owner(i);
        if ((owner == 0 || file.members().hasEnded(owner))
            && replaceOwner(i, owner, file.session())) {
          return i;
        }
      }
    }
    return file.addBlock(LockBlocks.SLOTS);
  }

  private long owner(int number) {
    return (long) LONG.getVolatile(file.block(number), LockBlocks.OWNER);
  }

  private boolean replaceOwner(int number, long from, long to) {
    return LONG.compareAndSet(file.block(number), LockBlocks.OWNER, from, to);
  }

  private static void clear(MemorySegment block, long free) {
    for (int i = 0; i < SLOTS_PER_BLOCK; i++) {
      LONG.setOpaque(block, FIRST_SLOT + i * SLOT_BYTES + SINCE, NOT_YET);
      LONG.setVolatile(block, FIRST_SLOT + i * SLOT_BYTES + PIN, free);
    }
    LONG.setVolatile(block, PID, 0L);
  }

  /** Visits the pins of readers of all processes by volatile reads; some come more than once. */
  public void forEachPin(LongConsumer pins) {
    scan(true, () -> forEachPinOnce(pins));
  }

  private void forEachPinOnce(LongConsumer pins) {
    int count = file.blockCount();
    for (int i = 1; i < count; i++) {
      if (file.isSlots(i) && owner(i) != 0) { // a block has its owner before its slots are claimed
        MemorySegment block = file.block(i);
        for (int slot = 0; slot < SLOTS_PER_BLOCK; slot++) {
          long pin = (long) LONG.getVolatile(block, FIRST_SLOT + slot * SLOT_BYTES + PIN);
          if (pin > 0) {
            pins.accept(txnId(pin));
          }
        }
      }
    }
    if (unlistedFrom != Integer.MAX_VALUE) {
      forEachOwn(slot -> slot.visitUnlisted(pins));
    }
  }

  private long txnId(long pin) {
    return file.checked("pinned snapshot", pin - 1, 0, LIMIT_U48 - 1);
  }

  /** Sees readers of any process. */
  public interface Visitor {
    /**
     * Sees a reader.
     *
     * @param since {@code System.nanoTime()} when it began
     */
    void reader(long pid, long txnId, long since);
  }

  /** Visits the live readers of all processes, except those of other processes without a slot. */
  public void forEachReader(Visitor visitor) {
    int count = file.blockCount();
    for (int i = 1; i < count; i++) {
      if (file.isSlots(i)) {
        MemorySegment block = file.block(i);
        long pid = (long) LONG.getVolatile(block, PID);
        for (int slot = 0; slot < SLOTS_PER_BLOCK; slot++) {
          long at = FIRST_SLOT + slot * SLOT_BYTES;
          long pin = (long) LONG.getVolatile(block, at + PIN);
          if (pin > 0) {
            visitor.reader(pid, txnId(pin), (long) LONG.getOpaque(block, at + SINCE));
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
  public void clearDead() {
    synchronized (file) {
      for (int i = 1; i < file.blockCount(); i++) {
        long owner = file.isSlots(i) ? owner(i) : 0;
        // The block becomes this process's first: two that clear it might clear a third one's pins.
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
    clear(file.block(number), 0);
    boolean _ = replaceOwner(number, file.session(), 0);
  }

  /** As {@link #clearDead}, at most once in this many nanoseconds. */
  public void clearDeadEvery(long nanos) {
    long now = System.nanoTime();
    if (now - lastLook >= nanos) {
      lastLook = now;
      clearDead();
    }
  }

  /**
   * Visits the slots of this process that pin a snapshot; some may come more than once. A slot that
   * starts to pin one of the snapshots that are pinned now is not missed.
   */
  void forEachPinned(Consumer<ReaderSlot> visitor) {
    scan(false, () -> forEachOwn(visitor));
  }

  /** Frees slots that their threads could not free. */
  public void freeLeft() {
    for (ReaderSlot slot : own) {
      slot.freeLeft();
    }
  }

  /** Visits the slots of this process's live readers. */
  public void forEachOwn(Consumer<ReaderSlot> visitor) {
    for (ReaderSlot slot : own) {
      if (slot.pin() != 0) {
        visitor.accept(slot);
      }
    }
  }

  /** Returns the number of live readers of this process. */
  public int countHere() {
    int[] most = {0};
    scan(false, () -> most[0] = Math.max(most[0], countPinned(own)));
    return most[0];
  }

  /** Gives up the slots: other processes took this one for dead, and the slots are theirs. */
  public void lose() {
    for (ReaderSlot slot : own) {
      slot.lose();
    }
  }

  /** Gives the blocks back when the process leaves: nothing is pinned any more. */
  public void leave() {
    synchronized (file) {
      if (!file.isMember()) {
        return; // other processes may have the blocks
      }
      for (int number : ownBlocks) {
        if (number != 0 && owner(number) == file.session()) {
          giveBack(number);
        }
      }
    }
  }
}
