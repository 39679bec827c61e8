package dev.pando.txn.file;

import dev.pando.error.DatabaseFullException;
import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The blocks of a lock file, all of one size. They follow the header and are numbered from 1. Their
 * number never falls while the database is open.
 */
public final class LockBlocks {
  /** Access to a word of the header or of a block. */
  public static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  /** Bytes before what a block holds. */
  static final int BLOCK_HEADER = 64;

  /** What the block is for. */
  static final long KIND = 0;

  public static final long SLOTS = 1;
  static final long META = 2;

  /** In a block of slots: the session that has it; 0 for none. */
  public static final long OWNER = 16;

  /** Bytes that every block has at least. */
  public static final int MIN_BLOCK = 8 << 10;

  private static final long MOST_STEP = 1 << 20;

  private final StorageLock file;
  private final MemorySegment header;
  private int blockSize;

  /** The highest number of blocks that was seen; volatile so that it is read before the word. */
  private volatile int counted = 1;

  /** Blocks that are mapped, by number; there is none of number 0. */
  private volatile MemorySegment[] blocks = new MemorySegment[1];

  LockBlocks(StorageLock file, MemorySegment header) {
    this.file = file;
    this.header = header;
  }

  /**
   * Checks a word of shared memory, which any process or program may have overwritten, before use.
   *
   * @param word what it is, for people
   * @return {@code found}
   * @throws dev.pando.error.DatabaseFailedException if it is out of range
   */
  static long checked(StorageLock file, String word, long found, long least, long most) {
    if (found < least || found > most) {
      throw Refusals.damaged(file.path(), word, found, least, most);
    }
    return found;
  }

  static int blockSize(int pageSize) {
    return Math.max(MIN_BLOCK, 2 * pageSize);
  }

  /** Sets the size, before any block is used. */
  void setPageSize(int pageSize) {
    blockSize = blockSize(pageSize);
  }

  private long start(int number) {
    return LockLayout.HEADER_BYTES + (number - 1L) * blockSize;
  }

  /**
   * Blocks there are, the header's included. The word is checked when it changes: a lower number
   * would hide the pins of readers, and a higher one would extend the file.
   */
  int count() {
    int least = counted; // before the word, which only rises
    long found = (long) LONG.getVolatile(header, LockLayout.BLOCKS);
    if (found != least) {
      long most = file.writable() ? fitting(file.size()) : Integer.MAX_VALUE;
      counted = (int) checked(file, "number of blocks", found, least, most);
    }
    return (int) found;
  }

  private long fitting(long size) {
    return (size - LockLayout.HEADER_BYTES) / blockSize + 1;
  }

  /** Adds a block; for one thread of all processes. */
  int add(long kind, long owner) {
    int number = count();
    make(number, kind, owner);
    LONG.setVolatile(header, LockLayout.BLOCKS, number + 1L);
    counted = number + 1;
    return number;
  }

  /** Whether a block is of a kind: {@link #SLOTS} or {@link #META}. */
  boolean isOf(int number, long kind) {
    long found = (long) LONG.getVolatile(block(number), KIND);
    return kind == checked(file, "kind of a block", found, SLOTS, META);
  }

  /** A block's memory. */
  MemorySegment block(int number) {
    MemorySegment[] known = blocks;
    return number < known.length ? known[number] : mapBlocks(number);
  }

  private synchronized MemorySegment mapBlocks(int number) {
    MemorySegment[] known = blocks;
    if (number >= known.length) {
      long size = file.writable() ? file.size() : start(number + 1);
      int count = (int) fitting(size);
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
    int inFirst = 1 + (int) ((StorageLock.FIRST_BYTES - LockLayout.HEADER_BYTES) / blockSize);
    int to = Math.clamp(from < inFirst ? inFirst : all.length, from + 1, all.length);
    long bytes = (long) (to - from) * blockSize;
    MemorySegment memory =
        file.writable()
            ? file.map(start(from), bytes)
            : MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
    for (int i = from; i < to; i++) {
      all[i] = memory.asSlice((long) (i - from) * blockSize, blockSize);
    }
    return to;
  }

  /**
   * Adds an unused block. Its first {@link #BLOCK_HEADER} bytes are zero but for the kind and the
   * owner. The others of a block of slots are zero as well: what an earlier session left there
   * would look like pins, from now until the owner clears them. Those of a meta's may hold
   * anything.
   */
  private void make(int number, long kind, long owner) {
    long end = start(number + 1);
    if (file.writable() && file.size() < end) {
      grow(end);
    }
    MemorySegment block = block(number);
    block.asSlice(0, kind == SLOTS ? block.byteSize() : BLOCK_HEADER).fill((byte) 0);
    LONG.setVolatile(block, OWNER, kind == SLOTS ? owner : 0L);
    LONG.setVolatile(block, KIND, kind);
  }

  private void grow(long needed) {
    long ahead = Math.max(needed, Math.min(2 * file.size(), file.size() + MOST_STEP));
    try {
      file.grow(ahead);
    } catch (DatabaseFullException e) {
      file.grow(needed); // no room for more than what is wanted now
    }
  }
}
