package dev.pando.bench.growth;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Records that follow from their numbers, so that a hundred million of them need no memory: keys of
 * 16 bytes that look random and yet ascend with the number, because each has a stretch of all keys
 * of its own and a random place in it.
 *
 * @param records how many
 */
record Keyspace(long records) {
  static final int KEY_BYTES = 2 * Long.BYTES;
  static final int VALUE_BYTES = 100;

  private static final ValueLayout.OfLong ORDERED =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LITTLE =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long ODD = 0x9e3779b97f4a7c15L;

  /** The number that a step of a random walk visits. */
  long random(long step) {
    return Math.unsignedMultiplyHigh(mix(step * ODD), records);
  }

  void fillKey(long number, MemorySegment key) {
    long stretch = Long.divideUnsigned(-1L, records);
    long place = Long.remainderUnsigned(mix(number), stretch);
    key.set(ORDERED, 0, number * stretch + place);
    key.set(ORDERED, Long.BYTES, mix(~number));
  }

  /** Eight bytes that tell the record, eight that tell the version, and some more. */
  void fillValue(long number, long version, MemorySegment value) {
    value.set(LITTLE, 0, stamp(number));
    value.set(LITTLE, Long.BYTES, version);
    for (int at = 2 * Long.BYTES; at + Long.BYTES <= VALUE_BYTES; at += Long.BYTES) {
      value.set(LITTLE, at, mix(number + at));
    }
  }

  /** The first eight bytes of a record's value, least significant first; never 0. */
  static long stamp(long number) {
    return mix(number) | 1;
  }

  /** The finish of SplitMix64: each number gets another one that looks random. */
  private static long mix(long number) {
    long z = number + ODD;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
