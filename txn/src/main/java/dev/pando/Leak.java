package dev.pando;

import java.lang.System.Logger;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/** Detects a transaction that was never closed: when it is unreachable, it is logged and ended. */
final class Leak implements Runnable {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final Logger LOG = System.getLogger(Leak.class.getName());

  private final String what;
  private final @Nullable Throwable openedAt;
  private final Runnable end;
  private Cleaner.@Nullable Cleanable cleanable;
  private volatile boolean closed;

  private Leak(String what, @Nullable Throwable openedAt, Runnable end) {
    this.what = what;
    this.openedAt = openedAt;
    this.end = end;
  }

  /**
   * Watches a transaction.
   *
   * @param openedAt where it was opened, if that is known
   * @param end what closing it would do; must not refer to the transaction
   */
  static Leak watch(Object tx, @Nullable Throwable openedAt, Runnable end) {
    Leak leak = new Leak(tx.toString(), openedAt, end);
    leak.cleanable = CLEANER.register(tx, leak);
    return leak;
  }

  /** Where a transaction is being opened; null unless leaks are tracked. */
  static @Nullable Throwable place(Options options) {
    return options.leakTracking() ? new Throwable("a transaction was opened here") : null;
  }

  /** The transaction was closed. */
  void closed() {
    closed = true;
    Cleaner.Cleanable registered = cleanable;
    if (registered != null) {
      try {
        registered.clean();
      } catch (RuntimeException | Error e) {
        // No memory or stack: the cleaner finds out later that there is nothing to do.
      }
    }
  }

  @Override
  public void run() {
    if (!closed) {
      String place =
          openedAt == null
              ? "; set Options.withLeakTracking to log where it was opened"
              : ", it was opened at:";
      LOG.log(Logger.Level.WARNING, what + " was never closed" + place, openedAt);
      end.run();
    }
  }
}
