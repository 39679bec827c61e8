package dev.pando.txn.events;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts values by size, with four classes for each power of two. One thread at a time adds, under
 * a lock of its own; any thread reads, and may see the parts of a value that is just being added.
 */
public final class Distribution {
  /** Values below this have a class each. */
  private static final int EXACT = 8;

  private static final int EXACT_BITS = 3;

  /** Classes for each power of two, and the bits that choose one. */
  private static final int PARTS = 4;

  private static final int PART_BITS = 2;

  /** The number of classes of all values of 63 bits. */
  public static final int CLASSES = EXACT + (Long.SIZE - 1 - EXACT_BITS) * PARTS;

  /** After the classes: the sum of all values. */
  public static final int SUM = CLASSES;

  /** After that: the largest value. */
  public static final int MOST = CLASSES + 1;

  private final AtomicLongArray cells = new AtomicLongArray(CLASSES + 2);

  /** The class of a value, which is zero or more. */
  static int classOf(long value) {
    if (value < EXACT) {
      return (int) value;
    }
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    int part = (int) (value >>> (power - PART_BITS)) & (PARTS - 1);
    return EXACT + (power - EXACT_BITS) * PARTS + part;
  }

  /** The largest value of a class. */
  public static long mostOf(int number) {
    if (number < EXACT) {
      return number;
    }
    int power = (number - EXACT) / PARTS + EXACT_BITS;
    int part = (number - EXACT) % PARTS;
    return ((PARTS + part + 1L) << (power - PART_BITS)) - 1; // of the last class: Long.MAX_VALUE
  }

  /** Adds a value; a negative one, of a clock that went back, counts as zero. */
  void add(long value) {
    long counted = Math.max(value, 0);
    int number = classOf(counted);
    cells.setOpaque(number, cells.getPlain(number) + 1);
    cells.setOpaque(SUM, cells.getPlain(SUM) + counted);
    if (counted > cells.getPlain(MOST)) {
      cells.setOpaque(MOST, counted);
    }
  }

  /** The counts of all classes, then {@link #SUM} and {@link #MOST}. */
  public long[] copy() {
    long[] copy = new long[CLASSES + 2];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = cells.getOpaque(i);
    }
    return copy;
  }
}
