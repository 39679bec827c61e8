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
  public static final long KIND = 0;

  public static final long SLOTS = 1;
  static final long META = 2;

  /** In a block of slots: the session that has it; 0 for none. */
  public static final long OWNER = 16;

  /** Bytes that every block has at least. */
  public static final int MIN_BLOCK = 8 << 10;

  private static final long MOST_STEP = 1 << 20;

  private final StorageLock file;
  private int blockSize;

  /** Blocks that are mapped, by number; there is none of number 0. */
  private volatile MemorySegment[] blocks = new MemorySegment[1];

  LockBlocks(StorageLock file) {
    this.file = file;
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

  /** A block's memory. */
  MemorySegment block(int number) {
    MemorySegment[] known = blocks;
    return number < known.length ? known[number] : mapBlocks(number);
  }

  private synchronized MemorySegment mapBlocks(int number) {
    MemorySegment[] known = blocks;
    if (number >= known.length) {
      long size = file.writable() ? file.size() : start(number + 1);
      int count = (int) ((size - LockLayout.HEADER_BYTES) / blockSize) + 1;
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
   * owner, the others may hold anything.
   */
  void make(int number, long kind, long owner) {
    long end = start(number + 1);
    if (file.writable() && file.size() < end) {
      grow(end);
    }
    MemorySegment block = block(number);
    block.asSlice(0, BLOCK_HEADER).fill((byte) 0);
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
