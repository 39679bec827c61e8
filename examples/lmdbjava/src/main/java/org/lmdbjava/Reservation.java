package org.lmdbjava;

import java.lang.foreign.MemorySegment;

/**
 * A value that the program is filling. Its bytes are put again before each call of the transaction,
 * if they have changed, until one that writes.
 */
final class Reservation<T> {
  private final BufferProxy<T> proxy;
  private final T buffer;
  private final int size;
  private byte[] known;

  Reservation(BufferProxy<T> proxy, T buffer, int size) {
    this.proxy = proxy;
    this.buffer = buffer;
    this.size = size;
    this.known = new byte[size];
  }

  T buffer() {
    return buffer;
  }

  /** The bytes, or null if they are as they were at the last call. */
  MemorySegment changed() {
    byte[] now = new byte[size];
    proxy.reserved(buffer, size).get(now);
    MemorySegment segment = MemorySegment.ofArray(now);
    if (segment.mismatch(MemorySegment.ofArray(known)) < 0) {
      return null;
    }
    known = now;
    return segment;
  }

  void end() {
    proxy.deallocate(buffer);
  }
}
