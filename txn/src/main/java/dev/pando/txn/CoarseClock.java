package dev.pando.txn;

import java.util.concurrent.TimeUnit;

/**
 * System.nanoTime() to a tenth of a second, for what happens so often that asking would cost: it is
 * the age of transactions, told in seconds.
 */
final class CoarseClock {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static volatile long now = System.nanoTime();

  static {
    Thread _ = Thread.ofPlatform().daemon().name("pando-clock").start(CoarseClock::run);
  }

  private CoarseClock() {}

  static long nanos() {
    return now;
  }

  private static void run() {
    while (true) {
      LockFile.pause(TICK_NANOS);
      now = System.nanoTime();
    }
  }
}
