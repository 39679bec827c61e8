package dev.pando.bench.store;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;

/**
 * The keys of a sequence of operations, one after the other in native memory, made before anything
 * is measured. Fetching the next one costs no miss of the cache, so what is measured is the store.
 */
public final class KeyList {
  private final int[] records;
  private final int keyBytes;
  private final MemorySegment keys;

  /** A list whose length is a power of two begins again at its end. */
  private final long mask;

  /**
   * Makes keys.
   *
   * @param records the record of each operation
   * @param numbers from a record to the number of its key
   */
  KeyList(Keys kind, int[] records, IntUnaryOperator numbers) {
    this.records = records;
    keyBytes = kind.bytes;
    keys = Pair.allocate(Math.max(1, (long) records.length * keyBytes));
    for (int i = 0; i < records.length; i++) {
      kind.write(numbers.applyAsInt(records[i]), keys, (long) i * keyBytes);
    }
    mask = Integer.bitCount(records.length) == 1 ? records.length - 1 : -1L;
  }

  /** How many operations there are. */
  public int count() {
    return records.length;
  }

  /** The record of an operation. */
  public int record(long operation) {
    return records[(int) (operation & mask)];
  }

  /** Puts the key of an operation into the pair. */
  public void copy(long operation, Pair pair) {
    copy(operation, pair.key);
  }

  /** Copies the key of an operation to memory of its length. */
  void copy(long operation, MemorySegment to) {
    long from = (operation & mask) * keyBytes;
    if (keyBytes == Integer.BYTES) {
      to.set(JAVA_INT_UNALIGNED, 0, keys.get(JAVA_INT_UNALIGNED, from));
    } else if (keyBytes == 2 * Long.BYTES) {
      to.set(JAVA_LONG_UNALIGNED, 0, keys.get(JAVA_LONG_UNALIGNED, from));
      to.set(JAVA_LONG_UNALIGNED, Long.BYTES, keys.get(JAVA_LONG_UNALIGNED, from + Long.BYTES));
    } else {
      MemorySegment.copy(keys, from, to, 0, keyBytes);
    }
  }
}
