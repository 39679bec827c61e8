package dev.pando.bench.store;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Records that follow from their numbers, so that a hundred million of them need no memory: keys of
 * 16 bytes that look random and yet ascend with the number, because each has a stretch of all keys
 * of its own and a random place in it.
 *
 * @param records how many
 */
public record Keyspace(long records) {
  private static final int VALUE_BYTES = 100;
  private static final Values VALUES = new Values(VALUE_BYTES);
  private static final ValueLayout.OfLong ORDERED =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final long ODD = 0x9e3779b97f4a7c15L;

  /** Room for one record. */
  public static Pair pair() {
    return new Pair(2 * Long.BYTES, VALUE_BYTES);
  }

  /** The number that a step of a random walk visits. */
  public long random(long step) {
    return Math.unsignedMultiplyHigh(Values.mix(step * ODD), records);
  }

  /** Fills the key of a record. */
  public void fillKey(long number, Pair pair) {
    long stretch = Long.divideUnsigned(-1L, records);
    long place = Long.remainderUnsigned(Values.mix(number), stretch);
    pair.key.set(ORDERED, 0, number * stretch + place);
    pair.key.set(ORDERED, Long.BYTES, Values.mix(~number));
  }

  /** Fills key and value; the first eight bytes of the value are the same in each version. */
  public void fill(long number, long version, Pair pair) {
    fillKey(number, pair);
    VALUES.fill((int) number, 0, pair.value);
    pair.value.set(JAVA_LONG_UNALIGNED, Long.BYTES, version);
  }

  /** Gets the record that a step visits, and checks that it is that one. */
  public long get(Store.Reader reader, long step, Pair pair) {
    long number = random(step);
    fillKey(number, pair);
    long found = reader.get();
    if (found != Values.stamp((int) number, 0)) {
      throw new AssertionError("record " + number + " begins with " + Long.toHexString(found));
    }
    return found;
  }

  /** Puts a new version of the records that some steps visit, in a transaction of their own. */
  public void commit(Store store, long step, int puts, Pair pair) {
    try (Store.Writer writer = store.beginWrite(pair)) {
      for (long at = step; at < step + puts; at++) {
        fill(random(at), at, pair);
        writer.put();
      }
      writer.commit();
    }
  }
}
