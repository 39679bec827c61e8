package dev.pando;

import dev.pando.txn.events.Distribution;

/**
 * How often values of each size occurred. Sizes are in classes, four for each power of two, so a
 * percentile is at most a fourth too large. Immutable.
 */
public final class Histogram {
  private final long[] cells;
  private final long count;

  Histogram(Distribution distribution) {
    cells = distribution.copy();
    long sum = 0;
    for (int i = 0; i < Distribution.CLASSES; i++) {
      sum += cells[i];
    }
    count = sum;
  }

  /** Returns the number of values. */
  public long count() {
    return count;
  }

  /** Returns the sum of all values. */
  public long sum() {
    return cells[Distribution.SUM];
  }

  /** Returns the largest value; 0 if there is none. */
  public long max() {
    return cells[Distribution.MOST];
  }

  /** Returns the average; 0 if there is no value. */
  public double mean() {
    return count == 0 ? 0 : (double) sum() / count;
  }

  /**
   * A value that so many percent of all values do not exceed; 0 if there is no value.
   *
   * @param percent from 0 to 100; 50 is the median
   * @throws IllegalArgumentException if it is outside of that
   */
  public long percentile(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent=" + percent + ", allowed: 0 to 100");
    }
    long wanted = Math.max((long) Math.ceil(percent / 100 * count), 1);
    long seen = 0;
    for (int i = 0; i < Distribution.CLASSES; i++) {
      seen += cells[i];
      if (seen >= wanted) {
        return Math.min(Distribution.mostOf(i), max());
      }
    }
    return 0;
  }

  /** The number of values, the average, and percentiles. */
  @Override
  public String toString() {
    return "%d values, mean %.1f, median %d, 99%% up to %d, all up to %d"
        .formatted(count, mean(), percentile(50), percentile(99), max());
  }
}
