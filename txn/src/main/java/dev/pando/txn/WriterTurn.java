package dev.pando.txn;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The turn to write: one transaction has it, others wait in the order in which they came. It
 * belongs to a transaction, not to a thread, so it may be given back by another thread than took
 * it. An interrupt does not end the wait, and stays set.
 */
final class WriterTurn {
  private final Semaphore turn = new Semaphore(1, true);

  /** The thread that runs a closure with the turn. */
  private volatile @Nullable Thread closure;

  /** Refuses a thread that would wait for itself. */
  void checkNotNested() {
    if (closure == Thread.currentThread()) {
      throw new IllegalStateException(
          "a write transaction inside update on the same thread would wait for itself; use the"
              + " transaction that update hands to you");
    }
  }

  void take() {
    turn.acquireUninterruptibly();
  }

  /** As {@link #take}, but gives up; false then. */
  boolean tryTake(Duration limit) {
    boolean interrupted = false;
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        try {
          return turn.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void giveBack() {
    turn.release();
  }

  /** A closure begins or ends; the caller has the turn. */
  void closureRuns(boolean running) {
    closure = running ? Thread.currentThread() : null;
  }
}
