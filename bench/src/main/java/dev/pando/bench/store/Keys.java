package dev.pando.bench.store;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * Keys made from numbers, the same for every store. The record {@code i} has the number {@code 2i};
 * odd numbers are the keys that no store holds, spread among the others.
 */
public enum Keys {
  /** Four bytes, the most significant first, so that numbers and bytes order alike. */
  INT(Integer.BYTES),
  /** Sixteen random bytes. */
  RND16(2 * Long.BYTES),
  /** Text with a long common beginning: {@code user:region-03:0000012345}. */
  STR(25);

  private static final ValueLayout.OfInt INT_BE =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG_BE =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int REGIONS = 20;
  private static final String PREFIX = "user:region-";
  private static final int DIGITS = 10;

  /** Length of a key. */
  public final int bytes;

  Keys(int bytes) {
    this.bytes = bytes;
  }

  /** The number of a record's key. */
  public static int present(int record) {
    return 2 * record;
  }

  /** The number of a key that no store holds. */
  public static int absent(int record) {
    return 2 * record + 1;
  }

  /** Writes the key of a number. */
  public void write(int number, MemorySegment to, long at) {
    switch (this) {
      case INT -> to.set(INT_BE, at, number);
      case RND16 -> {
        to.set(LONG_BE, at, Values.mix(number));
        to.set(LONG_BE, at + Long.BYTES, Values.mix(~(long) number));
      }
      case STR -> writeText(number, to, at);
    }
  }

  private static void writeText(int number, MemorySegment to, long at) {
    long end = at;
    for (int i = 0; i < PREFIX.length(); i++) {
      to.set(JAVA_BYTE, end++, (byte) PREFIX.charAt(i));
    }
    int region = region(number);
    to.set(JAVA_BYTE, end++, (byte) ('0' + region / 10));
    to.set(JAVA_BYTE, end++, (byte) ('0' + region % 10));
    to.set(JAVA_BYTE, end++, (byte) ':');
    int rest = number;
    for (int digit = DIGITS - 1; digit >= 0; digit--) {
      to.set(JAVA_BYTE, end + digit, (byte) ('0' + rest % 10));
      rest /= 10;
    }
  }

  /** Hits and misses beside each other are of one region. */
  private static int region(int number) {
    return (int) Long.remainderUnsigned(Values.mix(number / 2), REGIONS);
  }

  /** A number that orders as the keys do. */
  long rank(int number) {
    return switch (this) {
      case INT -> number;
      case RND16 -> Values.mix(number) ^ Long.MIN_VALUE; // equal first halves do not occur
      case STR -> (long) region(number) << Integer.SIZE | number;
    };
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
