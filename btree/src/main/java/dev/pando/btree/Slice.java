package dev.pando.btree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The place of some bytes: an out-parameter that a caller reuses, so that reading a key or a value
 * allocates nothing, except for a key that is stored in two parts. The method that fills a slice
 * says how long the memory stays valid.
 */
public final class Slice {
  /** The memory: a map, a slab of dirty pages, or an array with a key that had to be joined. */
  public MemorySegment segment = MemorySegment.NULL;

  /** Offset of the first byte in {@link #segment}, in bytes. */
  public long offset;

  /** Length in bytes. */
  public long length;

  /** Points this slice at other bytes. */
  public void set(MemorySegment segment, long offset, long length) {
    if (this.segment != segment) { // storing a reference costs the collector's barrier
      this.segment = segment;
    }
    this.offset = offset;
    this.length = length;
  }

  /**
   * Points this slice at a new array of bytes from two places of a page. Each call makes an array,
   * so what earlier calls returned stays as it is. Zeros are before and after the bytes, because
   * words are read there.
   */
  void join(MemorySegment page, long first, int firstLength, long second, int secondLength) {
    int all = firstLength + secondLength;
    byte[] bytes = new byte[Long.BYTES + all + Long.BYTES];
    MemorySegment.copy(page, ValueLayout.JAVA_BYTE, first, bytes, Long.BYTES, firstLength);
    MemorySegment.copy(
        page, ValueLayout.JAVA_BYTE, second, bytes, Long.BYTES + firstLength, secondLength);
    set(MemorySegment.ofArray(bytes).asReadOnly(), Long.BYTES, all);
  }

  /** Whether another slice has the same bytes. */
  public boolean contentEquals(Slice other) {
    return MemorySegment.mismatch(
            segment,
            offset,
            offset + length,
            other.segment,
            other.offset,
            other.offset + other.length)
        == -1;
  }

  /** Returns a copy of the bytes, which must fit an array. */
  public byte[] toArray() {
    byte[] copy = new byte[Math.toIntExact(length)];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, copy, 0, copy.length);
    return copy;
  }
}
