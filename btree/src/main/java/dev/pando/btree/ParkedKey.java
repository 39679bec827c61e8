package dev.pando.btree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** The key that a cursor remembers while its tree changes. */
final class ParkedKey {
  private byte @Nullable [] bytes;

  /** Whether a key was remembered. */
  boolean isSet() {
    return bytes != null;
  }

  void set(MemorySegment key, long offset, int length) {
    byte[] copy = bytes;
    if (copy == null || copy.length != length) {
      copy = new byte[length];
    }
    MemorySegment.copy(key, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    bytes = copy;
  }

  /** Sets a buffer to the key, and returns it. */
  KeyBuffer copyTo(KeyBuffer buffer) {
    byte[] key = bytes;
    if (key == null) {
      throw new AssertionError("parked without a key");
    }
    buffer.set(key);
    return buffer;
  }
}
