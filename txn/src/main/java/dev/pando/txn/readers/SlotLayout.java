package dev.pando.txn.readers;

/**
 * The layout of a block of reader slots: offsets in bytes. {@link dev.pando.txn.file.LockBlocks}
 * names the words that the block begins with.
 */
public final class SlotLayout {
  /** Offset of the owner's process id, for people. */
  public static final long PID = 8;

  /** Offset of the count of slots claimed for a snapshot that another slot pins; never reset. */
  static final long FORKS = 24;

  /** Offset of the count of the block's owners; never reset. */
  static final long OWNERS = 32;

  /** Offset of the first slot. */
  public static final long FIRST_SLOT = 64;

  /** Bytes of a slot: two readers do not share a cache line. */
  public static final long SLOT_BYTES = 64;

  public static final int SLOTS_PER_BLOCK = 64;

  /** Offset in a slot of the pin: the snapshot plus one; not positive while there is none. */
  public static final long PIN = 0;

  /** Value in place of a pin: the slot's block is being given back. */
  static final long RETIRED = Long.MIN_VALUE;

  /**
   * Offset in a slot of its claim's time: {@code System.nanoTime()}, to a tenth of a second. This
   * is the system's monotonic clock, the same for all processes.
   */
  static final long SINCE = 8;

  /** Value in place of that time while a slot is free, and while its holder is about to begin. */
  static final long NOT_YET = Long.MAX_VALUE;

  private SlotLayout() {}
}
