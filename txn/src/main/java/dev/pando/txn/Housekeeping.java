package dev.pando.txn;

import java.lang.System.Logger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * What is done now and then for every open database, on one thread of the JVM, which also keeps a
 * clock for what happens so often that asking the system would cost.
 */
final class Housekeeping {
  /** What an open database wants done. */
  interface Task {
    /**
     * Called ten times a second.
     *
     * @param now System.nanoTime()
     */
    void tick(long now);
  }

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Logger LOG = System.getLogger(Housekeeping.class.getName());
  private static final List<Task> TASKS = new CopyOnWriteArrayList<>();

  private static volatile long now = System.nanoTime();

  static {
    Thread _ = Thread.ofPlatform().daemon().name("pando-housekeeping").start(Housekeeping::run);
  }

  private Housekeeping() {}

  /** System.nanoTime(), up to a tenth of a second late. */
  static long nanos() {
    return now;
  }

  static void add(Task task) {
    TASKS.add(task);
  }

  static void remove(Task task) {
    TASKS.remove(task);
  }

  private static void run() {
    while (true) {
      LockFile.pause(TICK_NANOS);
      now = System.nanoTime();
      for (Task task : TASKS) {
        try {
          task.tick(now);
        } catch (RuntimeException | Error e) { // a database that is just closing, or a listener
          LOG.log(Logger.Level.DEBUG, "housekeeping failed", e);
        }
      }
    }
  }
}
