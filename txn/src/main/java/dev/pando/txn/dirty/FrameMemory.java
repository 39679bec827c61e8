package dev.pando.txn.dirty;

import dev.pando.error.TransactionTooLargeException;
import dev.pando.txn.space.Pieces;
import java.lang.foreign.MemorySegment;

/**
 * Takes memory for the dirty pages of one transaction out of slabs, which it shares with others.
 */
final class FrameMemory {
  private final Slabs slabs;
  private final int pageSize;

  /** For messages. */
  private final String file;

  /** Frames that were given back, to be taken first. Their addresses are complements. */
  private final Pieces free;

  /** The slab of the next unused frame. */
  private int slab;

  private long slabUsed;

  /** Bytes of the slabs before that one. */
  private long before;

  FrameMemory(Slabs slabs, int pageSize, String file) {
    this.slabs = slabs;
    this.pageSize = pageSize;
    this.file = file;
    free = new Pieces(-pageSize);
  }

  /** Returns the bytes that were taken so far, whether given back since or not. */
  long bytes() {
    return before + slabUsed;
  }

  /**
   * Takes memory for adjacent pages; returns its address. May add a slab.
   *
   * @param limit bytes of frames that the transaction may take
   * @throws TransactionTooLargeException if there is no memory; nothing has changed
   */
  long take(int pages, long limit) {
    long given = free.take(pages);
    if (given != Pieces.NONE) {
      return given;
    }
    MemorySegment[] memory = slabs.memory();
    long bytes = (long) pages * pageSize;
    while (slab == memory.length || memory[slab].byteSize() - slabUsed < bytes) {
      if (slab < memory.length) {
        leaveSlab(memory[slab].byteSize());
      } else {
        memory = addSlab(limit);
      }
    }
    long address = ~((long) slab << Slabs.OFFSET_BITS | slabUsed);
    slabUsed += bytes;
    return address;
  }

  private MemorySegment[] addSlab(long limit) {
    try {
      return slabs.add(limit);
    } catch (Slabs.NoMemoryException e) {
      throw new TransactionTooLargeException(
          "%s: the changed pages of the transaction take %d bytes of memory, and the system gives no more; change less in a transaction, set Options.withSpillLimit, which is %d, to less than what there is, or give the process more memory outside the heap"
              .formatted(file, bytes(), limit),
          bytes(),
          e.getCause());
    }
  }

  /** Goes on to the next slab; smaller requests use what is left of this one. */
  private void leaveSlab(long size) {
    free.add(~((long) slab << Slabs.OFFSET_BITS | slabUsed), (size - slabUsed) / pageSize);
    before += size;
    slab++;
    slabUsed = 0;
  }

  /** Gives frames back. */
  void giveBack(long address, long pages) {
    free.add(address, pages);
  }

  /** Gives all frames back, which are then adjacent again. */
  void giveBackAll() {
    end();
    free.clear();
    slab = 0;
    slabUsed = 0;
    before = 0;
  }

  /** Notes for the next transaction how many slabs this one has used. */
  void end() {
    slabs.used(slab + 1);
  }
}
