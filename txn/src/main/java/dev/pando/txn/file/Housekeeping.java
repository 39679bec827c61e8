package dev.pando.txn.file;

import dev.pando.pager.LockWait;
import java.lang.System.Logger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Periodic tasks for every open database, on two threads of the JVM. One only reports that the
 * process lives, because the other may wait for a disk or for a program's listener. The first one
 * also keeps a clock for frequent events, where asking the system would cost too much.
 */
public final class Housekeeping {
  /** What an open database wants done. */
  public interface Task {
    /**
     * Called ten times a second.
     *
     * @param now System.nanoTime()
     */
    void tick(long now);
  }

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Logger LOG = System.getLogger(Housekeeping.class.getName());

  private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static volatile long now = System.nanoTime();

  /** Its tasks wait for nothing. */
  static final Housekeeping HEARTBEAT = new Housekeeping("pando-heartbeat");

  public static final Housekeeping WATCH = new Housekeeping("pando-housekeeping");

  private final String name;
  private final List<Task> tasks = new CopyOnWriteArrayList<>();

  /** For the thread. */
  private long lastComplaint = now - COMPLAINT_NANOS;

  /** Guarded by this. */
  private @Nullable Thread thread;

  private Housekeeping(String name) {
    this.name = name;
  }

  /** System.nanoTime(), up to a tenth of a second late while a database is open. */
  public static long nanos() {
    return now;
  }

  /** From here on a task is done. Starts the thread, also again if it has died. */
  public synchronized void add(Task task) {
    if (thread == null || !thread.isAlive()) {
      now = System.nanoTime();
      thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }
    tasks.add(task);
  }

  public void remove(Task task) {
    tasks.remove(task);
  }

  private void run() {
    while (true) {
      try {
        LockWait.pause(TICK_NANOS);
        long time = System.nanoTime();
        now = time;
        for (Task task : tasks) {
          tick(task, time);
        }
      } catch (Throwable e) {
        complain(e);
      }
    }
  }

  /** Other tasks go on. */
  private void tick(Task task, long time) {
    try {
      task.tick(time);
    } catch (IllegalStateException e) { // a database that is just closing
      LOG.log(Logger.Level.DEBUG, "housekeeping failed", e);
    } catch (Throwable e) { // a listener, or no memory
      complain(e);
    }
  }

  /** Once a minute: a task that fails fails ten times a second. */
  private void complain(Throwable e) {
    if (now - lastComplaint < COMPLAINT_NANOS) {
      return;
    }
    lastComplaint = now;
    try {
      LOG.log(Logger.Level.WARNING, "housekeeping failed; it goes on", e);
    } catch (Throwable again) {
      // The next failure is logged when there is memory to do so.
    }
  }
}
