package dev.pando.bench.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Values of one length, the same for every store. The first eight bytes, the stamp, are of the
 * record and version; the rest is cut from a pool of random bytes, which costs less than drawing
 * new ones and so keeps the cost of making values out of what is measured.
 */
public final class Values {
  private static final ValueLayout.OfLong STAMP =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int STARTS = 1 << 12;

  private final int bytes;
  private final MemorySegment pool;

  public Values(int bytes) {
    if (bytes < Long.BYTES) {
      throw new IllegalArgumentException("value length=" + bytes + ", allowed 8 or more");
    }
    this.bytes = bytes;
    byte[] random = new byte[STARTS * Long.BYTES];
    new SplittableRandom(42).nextBytes(random);
    pool = Pair.allocate(random.length + bytes);
    for (long at = 0; at < pool.byteSize(); at += random.length) {
      long part = Math.min(random.length, pool.byteSize() - at);
      MemorySegment.copy(random, 0, pool, JAVA_BYTE, at, (int) part);
    }
  }

  /** Writes the value that a record has in a version. */
  public void fill(int record, int version, MemorySegment to) {
    long stamp = stamp(record, version);
    MemorySegment.copy(pool, (stamp >>> 20 & STARTS - 1) * Long.BYTES, to, 0, bytes);
    to.set(STAMP, 0, stamp);
  }

  /** The first eight bytes of a value, least significant first; never 0. */
  public static long stamp(int record, int version) {
    return mix((long) record << Integer.SIZE | version) | 1;
  }

  /** The finish of SplitMix64: each number gets another one that looks random. */
  public static long mix(long number) {
    long z = number + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
