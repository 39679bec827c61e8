package dev.pando;

import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.LockFile;
import java.lang.reflect.Field;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Waits for a condition instead of for a time: as long as it takes, up to some minutes. */
public final class Await {
  private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(3);

  private Await() {}

  /** What a test waits for. */
  @FunctionalInterface
  public interface Condition {
    /** Whether it has come. */
    boolean holds() throws Exception;
  }

  /** Waits for a condition; an interrupt neither ends the wait nor is lost. */
  public static void until(String what, Condition condition) {
    long begin = System.nanoTime();
    while (!holds(what, condition)) {
      if (System.nanoTime() - begin > LIMIT_NANOS) {
        throw new AssertionError("did not come: " + what);
      }
      LockFile.pause(1_000_000);
    }
  }

  private static boolean holds(String what, Condition condition) {
    try {
      return condition.holds();
    } catch (Exception e) {
      throw new AssertionError("failed while it was waited for: " + what, e);
    }
  }

  /** Waits until a thread waits for something, or has ended. */
  static void blocked(Thread thread) {
    until(
        thread + " waits",
        () ->
            switch (thread.getState()) {
              case WAITING, TIMED_WAITING, BLOCKED, TERMINATED -> true;
              case NEW, RUNNABLE -> false;
            });
  }

  /** Waits until housekeeping has gone through all open databases so many times. */
  static void ticks(int count) {
    AtomicInteger seen = new AtomicInteger();
    Housekeeping.Task task = now -> seen.incrementAndGet(); // after those of all open databases
    Housekeeping.WATCH.add(task);
    try {
      until("ticks of housekeeping", () -> seen.get() > count); // one may have been under way
    } finally {
      Housekeeping.WATCH.remove(task);
    }
  }

  /** Waits until no reader without a slot may read a state so old, or an older one. */
  static void noneReadsWithoutSlot(Database db, long txnId) {
    LockFile lock = lock(db);
    until("readers without a slot end", () -> lock.members().lowestFloor() > txnId);
  }

  /** Waits until a process has said that it is the next one to write. */
  static void nextWriter(Database db) {
    LockFile lock = lock(db);
    until("a process that waits to write", () -> lock.nextWriter() != 0);
  }

  private static LockFile lock(Database db) {
    try {
      Field field = Database.class.getDeclaredField("lock");
      field.setAccessible(true);
      return (LockFile) field.get(db);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
