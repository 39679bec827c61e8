package dev.pando.txn;

import java.lang.System.Logger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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

  private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static volatile long now = System.nanoTime();

  /** For the thread. */
  private static long lastComplaint = now - COMPLAINT_NANOS;

  /** Guarded by the class. */
  private static @Nullable Thread thread;

  private Housekeeping() {}

  /** System.nanoTime(), up to a tenth of a second late. */
  static long nanos() {
    return now;
  }

  /** From here on a task is done. Starts the thread, also again if it has died. */
  static void add(Task task) {
    synchronized (Housekeeping.class) {
      if (thread == null || !thread.isAlive()) {
        now = System.nanoTime();
        thread = Thread.ofPlatform().daemon().name("pando-housekeeping").start(Housekeeping::run);
      }
    }
    TASKS.add(task);
  }

  static void remove(Task task) {
    TASKS.remove(task);
  }

  private static void run() {
    while (true) {
      try {
        LockFile.pause(TICK_NANOS);
        now = System.nanoTime();
        for (Task task : TASKS) {
          tick(task);
        }
      } catch (Throwable e) {
        complain(e);
      }
    }
  }

  /** Other tasks go on. */
  private static void tick(Task task) {
    try {
      task.tick(now);
    } catch (IllegalStateException e) { // a database that is just closing
      LOG.log(Logger.Level.DEBUG, "housekeeping failed", e);
    } catch (Throwable e) { // a listener, or no memory
      complain(e);
    }
  }

  /** Once a minute: a task that fails fails ten times a second. */
  private static void complain(Throwable e) {
    if (now - lastComplaint < COMPLAINT_NANOS) {
      return;
    }
    lastComplaint = now;
    try {
      LOG.log(Logger.Level.WARNING, "housekeeping failed; it goes on", e);
    } catch (Throwable again) {
      // The next failure is told when there is memory to do so.
    }
  }
}
