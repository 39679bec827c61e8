package dev.pando.pager;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A part of a file that the system has mapped in one call. Counted by the maps that show it; the
 * last {@link #release} unmaps it. Thread-safe.
 */
final class MapPiece {
  private final long start;
  private final MemorySegment memory;
  private final Arena owner;
  private final AtomicInteger references = new AtomicInteger(1);

  /**
   * A piece with one reference.
   *
   * @param start its first byte's offset in the file
   * @param owner closed by the last release; the memory should be of this arena
   */
  MapPiece(long start, MemorySegment memory, Arena owner) {
    this.start = start;
    this.memory = memory;
    this.owner = owner;
  }

  /** The offset in the file of its first byte. */
  long start() {
    return start;
  }

  /** The offset in the file after its last byte. */
  long end() {
    return start + memory.byteSize();
  }

  /** The memory that shows the file from an offset on. */
  MemorySegment from(long offset) {
    return offset == start ? memory : memory.asSlice(offset - start);
  }

  /** Takes another reference; the caller has one that stays meanwhile. */
  MapPiece retain() {
    int _ = references.incrementAndGet();
    return this;
  }

  /** Gives a reference back. */
  void release() {
    if (references.decrementAndGet() == 0 && !unmap()) {
      Thread _ = Thread.ofVirtual().name("pando-unmap").start(this::unmapLater);
    }
  }

  /** False while the kernel reads from the map for a program, such as a socket sending a value. */
  private boolean unmap() {
    try {
      owner.close();
      return true;
    } catch (IllegalStateException e) {
      return !owner.scope().isAlive();
    }
  }

  private void unmapLater() {
    while (!unmap()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
