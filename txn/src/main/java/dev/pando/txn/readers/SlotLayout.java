package dev.pando.txn.readers;

/**
 * Where the words of a block of reader slots are, in bytes. The block begins with the words that
 * {@link dev.pando.txn.file.LockBlocks} names.
 */
public final class SlotLayout {
  /** The owner's process, for people. */
  public static final long PID = 8;

  /** Counts slots that were claimed for a snapshot which another slot pins; never reset. */
  static final long FORKS = 24;

  /** Counts owners of the block; never reset. */
  static final long OWNERS = 32;

  /** The first slot. */
  public static final long FIRST_SLOT = 64;

  /** Bytes of a slot: two readers do not share a cache line. */
  public static final long SLOT_BYTES = 64;

  public static final int SLOTS_PER_BLOCK = 64;

  /** In a slot: one more than the snapshot; not positive while there is none. */
  public static final long PIN = 0;

  /** In place of a pin: the slot's block is being given back. */
  static final long RETIRED = Long.MIN_VALUE;

  /**
   * In a slot: {@code System.nanoTime()} of its claim, to a tenth of a second. It is the system's
   * monotonic clock, which is the same for all processes.
   */
  static final long SINCE = 8;

  /** In place of that time while a slot is free, and while its holder is about to begin. */
  static final long NOT_YET = Long.MAX_VALUE;

  private SlotLayout() {}
}
