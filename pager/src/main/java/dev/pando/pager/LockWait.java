package dev.pando.pager;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Waits for a lock that another process holds only for a moment, but not for ever. */
final class LockWait {
  private static final long PATIENCE_NANOS = 1_000_000_000;
  private static final long POLL_NANOS = 100_000;

  /** Takes the lock, if it is free. */
  interface Attempt {
    boolean succeeds() throws IOException;
  }

  private LockWait() {}

  /** Tries until it succeeds; fails with {@code reason} after a second. */
  static void until(Attempt attempt, String reason) throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!attempt.succeeds()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(reason);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
