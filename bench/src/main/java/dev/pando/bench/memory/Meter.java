package dev.pando.bench.memory;

import java.util.List;

/** Counts the operations of one thread, and how long they took. */
final class Meter {
  /** Buckets for each power of two. */
  private static final int PARTS = 16;

  private final long begin;
  private final long end;

  /** How many times were of this length, whose logarithm to a sixteenth is the index. */
  private final long[] times = new long[Long.SIZE * PARTS];

  private long last;
  private long operations;
  private long longest;
  private int each;
  private boolean counts;

  /** Of what was read, so that reading is not for nothing. */
  long sum;

  Meter(int warmMillis, int millis) {
    begin = System.nanoTime() + warmMillis * 1_000_000L;
    end = begin + millis * 1_000_000L;
  }

  /** Some operations begin, and those before are over; false if there are to be no more. */
  boolean goesOn(int operationsEach) {
    long now = System.nanoTime();
    if (counts) {
      long took = now - last;
      times[bucket(took)]++;
      longest = Math.max(longest, took);
      operations += operationsEach;
    }
    counts = now >= begin;
    each = operationsEach;
    last = now;
    return now < end;
  }

  private static int bucket(long nanos) {
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(nanos, PARTS));
    return power * PARTS + (int) (nanos >>> power - 4 & PARTS - 1);
  }

  /** The least time of a bucket. */
  private static double nanos(int bucket) {
    return Math.scalb(1.0 + (double) (bucket % PARTS) / PARTS, bucket / PARTS);
  }

  /** What all threads have found together. */
  static MemoryTrial.Found found(List<Meter> meters, long readBytes) {
    double perSecond = 0;
    long operations = 0;
    long longest = 0;
    long[] times = new long[Long.SIZE * PARTS];
    for (Meter meter : meters) {
      if (meter.sum == 0) {
        throw new AssertionError("nothing was read");
      }
      operations += meter.operations;
      perSecond += meter.operations * 1e9 / (meter.last - meter.begin);
      longest = Math.max(longest, meter.longest);
      for (int i = 0; i < times.length; i++) {
        times[i] += meter.times[i];
      }
    }
    return new MemoryTrial.Found(
        perSecond,
        (double) readBytes / operations,
        percentile(times, 0.99) / meters.getFirst().each / 1e3,
        longest / 1e6);
  }

  private static double percentile(long[] times, double part) {
    long all = 0;
    for (long count : times) {
      all += count;
    }
    long seen = 0;
    for (int i = 0; i < times.length; i++) {
      seen += times[i];
      if (seen >= part * all) {
        return nanos(i);
      }
    }
    return 0;
  }
}
