package dev.pando.txn.file;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits, for a limited time, for a lock that another process holds only for a moment. */
final class Patience {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long POLL_NANOS = 200_000;

  private Patience() {}

  /**
   * Tries again until it succeeds.
   *
   * @param what the other process does, for people
   * @throws dev.pando.error.DatabaseLockedException if that takes too long
   */
  static void await(Path lockFile, BooleanSupplier taken, String what) {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!taken.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw Refusals.tooLong(lockFile, what, LIMIT_NANOS / 1_000_000_000);
      }
      pause(POLL_NANOS);
    }
  }

  /** Parks a thread that may have been interrupted; the interrupt stays set. */
  static void pause(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
