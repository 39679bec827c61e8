package dev.pando.pager;

import java.util.concurrent.locks.LockSupport;

/**
 * Waits for what another process, or another thread, has only for a moment, but not for ever. An
 * interrupt does not end such a wait, and stays set.
 */
public final class LockWait {
  /** Takes what is waited for, if it is free. */
  public interface Attempt<X extends Exception> {
    /** Returns false if it is not free yet. */
    boolean succeeds() throws X;
  }

  private LockWait() {}

  /**
   * Tries until it succeeds.
   *
   * @param limitNanos time after which it gives up
   * @param pollNanos time between two attempts
   * @return false if the time has passed
   */
  public static <X extends Exception> boolean until(
      Attempt<X> attempt, long limitNanos, long pollNanos) throws X {
    long end = System.nanoTime() + limitNanos;
    while (!attempt.succeeds()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      pause(pollNanos);
    }
    return true;
  }

  /**
   * Parks the thread. The interrupt is cleared meanwhile, because it would make each wait return at
   * once: the loop around it would use a whole core.
   */
  public static void pause(long nanos) {
    boolean interrupted = Thread.interrupted();
    if (interrupted) {
      LockSupport.parkNanos(1); // an interrupt is a permit, too, with which a park returns at once
    }
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
