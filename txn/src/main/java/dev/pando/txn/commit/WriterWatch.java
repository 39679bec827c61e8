package dev.pando.txn.commit;

import dev.pando.txn.events.Counters;
import dev.pando.txn.events.Span;
import dev.pando.txn.file.HolderNote;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.LockFile;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the threads of this process that wait to write: logs a long wait, with the transaction
 * that holds the turn. Also describes our own transaction to a process that waits for it.
 */
public final class WriterWatch implements Housekeeping.Task {
  private static final Logger LOG = System.getLogger(WriterWatch.class.getName());

  /** The time that another process has to describe its transaction. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A thread that waits. */
  public static final class Wait {
    private final Thread thread = Thread.currentThread();
    private final @Nullable Span span;
    private final long since = System.nanoTime();

    /** Whether the wait was logged; for the thread that ticks. */
    private boolean logged;

    private Wait(@Nullable Span span) {
      this.span = span;
    }
  }

  private final Path path;
  private final LockFile lock;
  private final TurnHolder holder;
  private final HolderNote note;
  private final long warning;
  private final Counters counters;

  /** By thread, whose hash is computed once; that of each new object is a call into the JVM. */
  private final Map<Thread, Wait> waits = new ConcurrentHashMap<>();

  /**
   * No thread waits yet.
   *
   * @param warning nanoseconds after which a wait is logged
   */
  public WriterWatch(Path path, LockFile lock, long warning, Counters counters) {
    this.path = path;
    this.lock = lock;
    this.holder = new TurnHolder();
    this.note = lock.holderNote();
    this.warning = warning;
    this.counters = counters;
  }

  /** The transaction of this process that has the turn. */
  TurnHolder holder() {
    return holder;
  }

  /** The calling thread waits for another one, until {@link #goesOn}. */
  public Wait waits() {
    return waits(false);
  }

  /** As {@link #waits()}; {@code process} is whether it waits for another process. */
  Wait waits(boolean process) {
    Wait wait = new Wait(counters.waitBegins(process));
    waits.put(wait.thread, wait);
    return wait;
  }

  public void goesOn(Wait wait) {
    boolean _ = waits.remove(wait.thread, wait);
    counters.waited(wait.span, System.nanoTime() - wait.since);
  }

  @Override
  public void tick(long now) {
    counters.tick(now);
    describeToOthers();
    Wait longest = longest();
    if (longest != null && now - longest.since >= warning) {
      String what = whatIsWaitedFor(now, now - longest.since - warning >= PATIENCE_NANOS);
      if (what != null) {
        log(longest, now, what);
        waits.values().forEach(wait -> wait.logged = true);
      }
    }
  }

  /** Another process that waits cannot ask our threads. */
  private void describeToOthers() {
    long next = lock.nextWriter();
    if (next != 0
        && next != lock.session()
        && holder.thread() != null
        && lock.writing() == holder.txnId()
        && !note.isOf(holder.txnId())) {
      note.write(holder.txnId(), holder.since(), holder.describe());
    }
  }

  /** The longest unlogged wait; one record covers all threads that wait at the time. */
  private @Nullable Wait longest() {
    Wait longest = null;
    for (Wait wait : waits.values()) {
      if (!wait.logged && (longest == null || wait.since - longest.since < 0)) {
        longest = wait;
      }
    }
    return longest;
  }

  /** Null if that may be known soon. */
  private @Nullable String whatIsWaitedFor(long now, boolean inAnyCase) {
    if (holder.thread() != null) {
      return describe(holder.txnId(), now - holder.since(), holder.describe());
    }
    long theirs = lock.writing();
    HolderNote.Found found = theirs == 0 ? null : note.read(theirs);
    if (found != null) {
      return describe(theirs, now - found.since(), found.text());
    }
    return inAnyCase ? "another process, which does not say what it does" : null;
  }

  private static String describe(long txnId, long age, String who) {
    return "transaction %d, open for %.1f s, of %s"
        .formatted(txnId, seconds(Math.max(age, 0)), who);
  }

  private static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private void log(Wait wait, long now, String what) {
    int others = waits.size() - 1;
    LOG.log(
        Logger.Level.WARNING,
        "%s: thread %s has waited for %.1f s to write%s, for %s"
            .formatted(
                path,
                TurnHolder.name(wait.thread),
                seconds(now - wait.since),
                others > 0 ? " (and %d more)".formatted(others) : "",
                what),
        stack());
  }

  /** The current stack of the thread that used our transaction last. */
  private @Nullable Throwable stack() {
    Thread thread = holder.thread();
    if (thread == null) {
      return null;
    }
    Throwable stack =
        new Throwable("thread " + TurnHolder.name(thread) + " is here now", holder.openedAt());
    stack.setStackTrace(thread.getStackTrace());
    return stack;
  }
}
