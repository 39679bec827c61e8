package dev.pando.bench.parts;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Keys that follow from a record's number. */
public enum KeyKind {
  /** Four bytes, ascending. */
  INT4(Integer.BYTES) {
    @Override
    void fill(int number, MemorySegment to) {
      to.set(INT_BE, 0, number);
    }
  },
  /** Sixteen bytes that look random. */
  RND16(2 * Long.BYTES) {
    @Override
    void fill(int number, MemorySegment to) {
      to.set(JAVA_LONG_UNALIGNED, 0, mix(2L * number));
      to.set(JAVA_LONG_UNALIGNED, Long.BYTES, mix(2L * number + 1));
    }
  };

  private static final ValueLayout.OfInt INT_BE =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Bytes of a key. */
  final int bytes;

  KeyKind(int bytes) {
    this.bytes = bytes;
  }

  abstract void fill(int number, MemorySegment to);

  /** The finish of SplitMix64: each number gets another one that looks random. */
  private static long mix(long number) {
    long z = number * 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
