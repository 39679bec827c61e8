package dev.pando.txn.commit;

import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.Pid;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of this process that has the turn to write, as a message describes it: its
 * thread, its age, and where it was begun. Set by the thread that has the turn, read by any.
 */
public final class TurnHolder {
  /**
   * The thread that used it last; null if no transaction has the turn. Read before the others and
   * written after them: what is read may be of a transaction that has just ended.
   */
  private volatile @Nullable Thread thread;

  /** Whether it is the thread's own, and not one that updates share. */
  private boolean own;

  /** An object whose text is the place where it was begun, or the class of an update's closure. */
  private @Nullable Object place;

  /** The whole stack, if leaks are tracked. */
  private @Nullable Throwable openedAt;

  private long txnId;
  private long since;

  /** A transaction begins. */
  void begins(long txnId) {
    this.txnId = txnId;
    since = Housekeeping.nanos();
    own = false;
    place = null;
    openedAt = null;
    thread = Thread.currentThread();
  }

  /**
   * It is the calling thread's own, and no update's.
   *
   * @param begunAt its text says where it was begun
   * @param stack all of the stack, if leaks are tracked
   */
  public void isOwn(Object begunAt, @Nullable Throwable stack) {
    openedAt = stack;
    place = begunAt;
    own = true;
  }

  /** Makes the calling thread its holder, which may be another one than before. */
  public void isUsed() {
    Thread user = Thread.currentThread();
    if (thread != user) {
      thread = user;
    }
  }

  /** An update's closure runs in it. */
  void runs(Object closure) {
    place = closure.getClass();
    thread = Thread.currentThread();
  }

  /** It has ended, or is being put on disk. */
  void ends() {
    own = false;
    thread = null;
    place = null;
    openedAt = null;
  }

  /** Whether the calling thread has a transaction of its own open, and would wait for itself. */
  boolean isCaller() {
    return own && thread == Thread.currentThread();
  }

  @Nullable Thread thread() {
    return thread;
  }

  @Nullable Throwable openedAt() {
    return openedAt;
  }

  long txnId() {
    return txnId;
  }

  /** System.nanoTime() at its beginning, to a tenth of a second. */
  long since() {
    return since;
  }

  /** Its thread, and where it was begun. */
  String describe() {
    Thread now = thread;
    String name = now == null ? "a thread" : "thread " + name(now);
    return "%s of process %d, begun %s".formatted(name, Pid.OURS, place(place));
  }

  static String name(Thread thread) {
    return thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName();
  }

  private static String place(@Nullable Object known) {
    return switch (known) {
      case null -> "at an unknown place";
      case Class<?> closure -> "by an update whose closure is a " + closure.getName();
      default -> "at " + known;
    };
  }
}
