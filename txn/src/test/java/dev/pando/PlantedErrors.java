package dev.pando;

import java.util.concurrent.atomic.AtomicLong;

/** What classes loaded for a test call before each allocation: one of the calls fails. */
public final class PlantedErrors {
  private static final AtomicLong LEFT = new AtomicLong();
  private static final AtomicLong CALLS = new AtomicLong();
  private static volatile boolean armed;
  private static volatile long length;

  private PlantedErrors() {}

  /** From here on the calls are counted, and some fail, from one on. */
  static void arm(long first, long count) {
    CALLS.set(0);
    LEFT.set(first);
    length = count;
    armed = true;
  }

  /** No call fails from here on; returns how many there were. */
  static long disarm() {
    armed = false;
    return CALLS.get();
  }

  /** An allocation is about to be made. */
  public static void point() {
    if (armed && !isService()) {
      CALLS.incrementAndGet();
      long left = LEFT.decrementAndGet();
      if (left < 0 && left >= -length) {
        throw new OutOfMemoryError("planted");
      }
    }
  }

  /** Threads that run at their own time: others count the same calls each time. */
  private static boolean isService() {
    String name = Thread.currentThread().getName();
    return name.equals("pando-housekeeping") || name.equals("pando-sync") || name.equals("after");
  }
}
