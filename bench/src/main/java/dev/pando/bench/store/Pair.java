package dev.pando.bench.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The key and the value under hand, in native memory that is used again for each operation.
 * Segments and buffers show the same bytes, so that each store takes the form that it likes best.
 * Position and limit of the buffers stay at both ends.
 */
public final class Pair {
  public final ByteBuffer keyBuffer;
  public final ByteBuffer valueBuffer;
  public final MemorySegment key;
  public final MemorySegment value;

  public Pair(int keyBytes, int valueBytes) {
    keyBuffer = direct(keyBytes);
    valueBuffer = direct(valueBytes);
    key = MemorySegment.ofBuffer(keyBuffer);
    value = MemorySegment.ofBuffer(valueBuffer);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A copy, for stores that keep the arrays that they are given. */
  public byte[] keyArray() {
    return copy(keyBuffer);
  }

  /** As {@link #keyArray}. */
  public byte[] valueArray() {
    return copy(valueBuffer);
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.capacity()];
    buffer.get(0, copy);
    return copy;
  }

  /** Native memory for as long as it is reachable. */
  public static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, Long.BYTES);
  }
}
