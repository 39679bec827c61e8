package dev.pando.txn;

import dev.pando.error.DatabaseLockedException;
import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * What the processes that have a database open tell each other, in the memory of its lock file:
 * which commit is the newest and which is on disk, who writes, and in blocks of equal size which
 * snapshots each process reads ({@link ReaderSlots}) and the metas of those ({@link PinnedMetas}).
 *
 * <p>Nothing here outlives the last process: whoever finds nobody else begins with zeros. Who is
 * alive is told by locks, which the kernel frees, never by process ids: those are for people.
 *
 * <p>Where the lock file cannot be written, the memory is private, and a lock that writers need is
 * held for as long as the database is open.
 */
final class LockFile implements AutoCloseable {
  static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private static final long MAGIC_VALUE = 0x4B4C_4F44_4E41_5002L; // the last byte is the version

  // The header, in block 0. Words that different threads change stand on cache lines of their own.

  private static final long MAGIC = 0;
  private static final long BLOCK_SIZE = 8;
  private static final long DATABASE_ID = 16;
  private static final long BLOCKS = 32;
  private static final long SESSIONS = 40;

  /** The newest commit that may be read. */
  private static final long CURRENT = 64;

  /** The newest commit known to be on disk. */
  private static final long DURABLE = 128;

  /** A commit that a running sync will make durable; 0 for none. */
  private static final long SYNCING = 136;

  /** How many of the changes of the data file's length are on disk. */
  private static final long LENGTHS_ON_DISK = 144;

  /** The newest transaction id that may have been used. */
  private static final long LAST_USED = 192;

  /** Whether ids up to that one are all known. */
  private static final long CLAIMED = 200;

  /** The id of the running write transaction; 0 for none. */
  private static final long WRITING = 208;

  /** A commit whose meta may be written, but which nobody may read yet; 0 for none. */
  private static final long COMMITTING = 240;

  /** The session that wrote last. */
  private static final long LAST_WRITER = 216;

  /** The session that waits for the writer lock; 0 for none. */
  private static final long NEXT_WRITER = 224;

  /** Counts changes of the data file's length. */
  private static final long LENGTHS = 232;

  private static final long HEADER_BYTES = 256;

  // In each block.

  /** Bytes before what a block holds. */
  static final int BLOCK_HEADER = 64;

  /** What the block is for. */
  static final long KIND = 0;

  static final long SLOTS = 1;
  static final long META = 2;

  /** Bytes that every block has at least. */
  static final int MIN_BLOCK = 8 << 10;

  // Locks, far behind all blocks: where locks are mandatory, they must not be in the way.

  private static final long LOCKS = 1L << 62;
  private static final long OPENING_LOCK = LOCKS;
  private static final long SESSION_LOCK = LOCKS + 1;
  private static final long WRITER_LOCK = LOCKS + 2;
  private static final long GROWING_LOCK = LOCKS + 3;
  private static final long BLOCK_LOCKS = LOCKS + 1024;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long POLL_NANOS = 200_000;

  private final StorageLock file;
  private final MemorySegment header;
  private final boolean alone;
  private volatile boolean entering = true;
  private long session;
  private int blockSize;

  /** How often this process has taken {@link #GROWING_LOCK}; guarded by this. */
  private int growing;

  /** Blocks that are mapped, by number; 0 is the header's and is not used. */
  private volatile MemorySegment[] blocks = new MemorySegment[1];

  private LockFile(StorageLock file) {
    this.file = file;
    if (file.writable()) {
      header = file.map(0, HEADER_BYTES);
      lockWithin(OPENING_LOCK, true, "is being opened or closed");
      alone = file.tryLock(SESSION_LOCK, true);
      file.unlock(SESSION_LOCK);
    } else {
      header = MemorySegment.ofArray(new long[(int) HEADER_BYTES / Long.BYTES]);
      alone = true;
      lockWithin(WRITER_LOCK, false, "is being written");
    }
  }

  /**
   * Enters: no other process enters or leaves until {@link #entered}.
   *
   * @throws DatabaseLockedException if another process does not come to an end of entering
   */
  static LockFile enter(StorageLock file) {
    LockFile entering = new LockFile(file);
    if (file.writable()) {
      entering.lockWithin(SESSION_LOCK, false, "is open");
    }
    return entering;
  }

  private void lockWithin(long position, boolean exclusive, String what) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!file.tryLock(position, exclusive)) {
      if (System.nanoTime() - end > 0) {
        throw new DatabaseLockedException(
            file.path().toString(),
            -1,
            "the database %s in another process, for %d seconds now; end that process, or look whether an older version of Pando has it open"
                .formatted(what, PATIENCE_NANOS / 1_000_000_000));
      }
      pause(POLL_NANOS);
    }
  }

  /** Parks a thread that may have been interrupted; the interrupt stays set. */
  static void pause(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether no other process had the database open when this one entered. */
  boolean alone() {
    return alone;
  }

  /** Whether processes share this memory. */
  boolean shared() {
    return file.writable();
  }

  /**
   * Describes the database that was found; for the process that is alone.
   *
   * @param lastUsed the newest transaction in any slot, also one that does not count
   */
  void describe(
      UUID databaseId, int pageSize, long current, long durable, long lastUsed, boolean claimed) {
    header.fill((byte) 0); // blocks are cleared when they are added
    if (shared() && file.size() > StorageLock.FIRST_BYTES) {
      file.truncate(StorageLock.FIRST_BYTES);
    }
    blockSize = blockSize(pageSize);
    setLong(BLOCK_SIZE, blockSize);
    setLong(DATABASE_ID, databaseId.getMostSignificantBits());
    setLong(DATABASE_ID + Long.BYTES, databaseId.getLeastSignificantBits());
    setLong(BLOCKS, 1);
    setLong(CURRENT, current);
    setLong(DURABLE, durable);
    setLong(LAST_USED, lastUsed);
    setLong(CLAIMED, claimed ? 1 : 0);
    setLong(LENGTHS, 1); // who was killed before may have changed it
    setLong(SESSIONS, 1);
    setLong(MAGIC, MAGIC_VALUE);
    session = 1;
  }

  /** Joins those who have the database open already. */
  void join(UUID databaseId, int pageSize) {
    long magic = getLong(MAGIC);
    if (magic != MAGIC_VALUE) {
      throw new DatabaseLockedException(
          file.path().toString(),
          -1,
          "another process has the database open with another version of Pando (lock file %016x, ours %016x); close it there first"
              .formatted(magic, MAGIC_VALUE));
    }
    UUID theirs = new UUID(getLong(DATABASE_ID), getLong(DATABASE_ID + Long.BYTES));
    if (!theirs.equals(databaseId) || getLong(BLOCK_SIZE) != blockSize(pageSize)) {
      throw new DatabaseLockedException(
          file.path().toString(),
          -1,
          "another process has a database of this name open whose id is %s, not %s: the file was replaced meanwhile; close it there first"
              .formatted(theirs, databaseId));
    }
    blockSize = blockSize(pageSize);
    session = (long) LONG.getAndAdd(header, SESSIONS, 1L) + 1;
  }

  private static int blockSize(int pageSize) {
    return Math.max(MIN_BLOCK, 2 * pageSize);
  }

  /** Entering is over. */
  void entered() {
    entering = false;
    file.unlock(OPENING_LOCK);
  }

  /**
   * Begins to leave: no other process enters or leaves until {@link #close}.
   *
   * @return whether this is the last process, so that it may cut the file
   */
  boolean leave() {
    if (!shared()) {
      return false;
    }
    lockWithin(OPENING_LOCK, true, "is being opened or closed");
    file.unlock(SESSION_LOCK);
    return file.tryLock(SESSION_LOCK, true);
  }

  /** Whether somebody deleted or replaced the lock file. */
  boolean isNamed() {
    return !shared() || file.isNamed();
  }

  private long getLong(long offset) {
    return (long) LONG.getVolatile(header, offset);
  }

  private void setLong(long offset, long value) {
    LONG.setVolatile(header, offset, value);
  }

  long session() {
    return session;
  }

  // ---- commits

  long current() {
    return (long) LONG.getVolatile(header, CURRENT);
  }

  /** Volatile: readers publish what they pin and look again. */
  void setCurrent(long txnId) {
    setLong(CURRENT, txnId);
  }

  long durable() {
    return getLong(DURABLE);
  }

  void setDurable(long txnId) {
    setLong(DURABLE, txnId);
  }

  long syncing() {
    return getLong(SYNCING);
  }

  void setSyncing(long txnId) {
    setLong(SYNCING, txnId);
  }

  /** Changes of the data file's length so far, by all processes. */
  long lengths() {
    return getLong(LENGTHS);
  }

  /** The data file's length is about to change, or may have changed. */
  void addLength() {
    long _ = (long) LONG.getAndAdd(header, LENGTHS, 1L);
  }

  /** How many of {@link #lengths} are on disk. */
  long lengthsOnDisk() {
    return getLong(LENGTHS_ON_DISK);
  }

  void setLengthsOnDisk(long lengths) {
    setLong(LENGTHS_ON_DISK, lengths);
  }

  long lastUsed() {
    return getLong(LAST_USED);
  }

  void setLastUsed(long txnId) {
    setLong(LAST_USED, txnId);
  }

  boolean claimed() {
    return getLong(CLAIMED) != 0;
  }

  void setClaimed(boolean claimed) {
    setLong(CLAIMED, claimed ? 1 : 0);
  }

  // ---- the writer

  /** Takes the lock that one writer of all processes has; false if another process has it. */
  boolean tryLockWriter() {
    return !shared() || file.tryLock(WRITER_LOCK, true);
  }

  void unlockWriter() {
    if (shared()) {
      file.unlock(WRITER_LOCK);
    }
  }

  /** The id of a transaction that a process began and did not end: it has died if one is found. */
  long writing() {
    return getLong(WRITING);
  }

  void setWriting(long txnId) {
    setLong(WRITING, txnId);
  }

  /** The id of a commit that a process began and did not end: it has died if one is found. */
  long committing() {
    return getLong(COMMITTING);
  }

  void setCommitting(long txnId) {
    setLong(COMMITTING, txnId);
  }

  long lastWriter() {
    return getLong(LAST_WRITER);
  }

  void setLastWriter() {
    setLong(LAST_WRITER, session);
  }

  /** Who waits for the writer lock; 0 for nobody. */
  long nextWriter() {
    return getLong(NEXT_WRITER);
  }

  /** Says that this process waits, unless another one says so. */
  void announceWriter() {
    boolean _ = LONG.compareAndSet(header, NEXT_WRITER, 0L, session);
  }

  /** The one who was announced has the lock, or has gone. */
  void withdrawWriter(long who) {
    boolean _ = LONG.compareAndSet(header, NEXT_WRITER, who, 0L);
  }

  // ---- blocks

  /** Blocks there are, the header's included: all have lower numbers. */
  int blockCount() {
    return (int) getLong(BLOCKS);
  }

  /** A block's memory; its number is below {@link #blockCount}. */
  MemorySegment block(int number) {
    MemorySegment[] known = blocks;
    return number < known.length ? known[number] : mapBlocks(number);
  }

  private synchronized MemorySegment mapBlocks(int number) {
    MemorySegment[] known = blocks;
    if (number >= known.length) {
      long size = shared() ? file.size() : (number + 1L) * blockSize;
      int count = (int) (size / blockSize);
      MemorySegment[] more = Arrays.copyOf(known, Math.max(count, number + 1));
      for (int i = known.length; i < more.length; ) {
        i = mapInto(more, i);
      }
      blocks = more;
      known = more;
    }
    return known[number];
  }

  /** Maps from a block on, as many as possible in one piece; returns the next to map. */
  private int mapInto(MemorySegment[] all, int from) {
    long start = (long) from * blockSize;
    boolean first = start < StorageLock.FIRST_BYTES;
    int last = first ? (int) (StorageLock.FIRST_BYTES / blockSize) : all.length;
    int to = Math.clamp(last, from + 1, all.length);
    long bytes = (long) (to - from) * blockSize;
    MemorySegment memory =
        shared()
            ? file.map(start, bytes)
            : MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    for (int i = from; i < to; i++) {
      all[i] = memory.asSlice((long) (i - from) * blockSize, blockSize);
    }
    return to;
  }

  /**
   * Adds a block and locks it. Its first {@link #BLOCK_HEADER} bytes are zero but for the kind, the
   * others may hold anything.
   */
  synchronized int addBlock(long kind) {
    lockGrowing();
    try {
      int number = blockCount();
      long end = (number + 1L) * blockSize;
      if (shared() && file.size() < end) {
        file.grow(Math.max(end, Math.min(2 * file.size(), file.size() + (1 << 20))));
      }
      block(number).asSlice(0, BLOCK_HEADER).fill((byte) 0);
      LONG.setVolatile(block(number), KIND, kind);
      boolean locked = kind != SLOTS || tryLockBlock(number);
      assert locked : "a new block is locked";
      setLong(BLOCKS, number + 1L);
      return number;
    } finally {
      unlockGrowing();
    }
  }

  /** Runs something while no other process makes a longer map or cuts the file. */
  synchronized <R> R whileNoMapChanges(Supplier<R> action) {
    lockGrowing();
    try {
      return action.get();
    } finally {
      unlockGrowing();
    }
  }

  /** Whether other processes may be there: none enters before this one has entered. */
  private boolean others() {
    return shared() && !(alone && entering);
  }

  private void lockGrowing() {
    if (growing == 0 && others()) {
      lockWithin(GROWING_LOCK, true, "changes its files' lengths");
    }
    growing++;
  }

  private void unlockGrowing() {
    if (--growing == 0 && others()) {
      file.unlock(GROWING_LOCK);
    }
  }

  /** Whether a block's owner is gone; the block is this process's then. */
  boolean tryLockBlock(int number) {
    return !shared() || file.tryLock(BLOCK_LOCKS + number, true);
  }

  void unlockBlock(int number) {
    if (shared()) {
      file.unlock(BLOCK_LOCKS + number);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
