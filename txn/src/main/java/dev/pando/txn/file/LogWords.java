package dev.pando.txn.file;

import static dev.pando.txn.file.LockBlocks.LONG;

import java.lang.foreign.MemorySegment;

/** The words of the lock file about the commit log. Thread-safe. */
public final class LogWords {
  private final LockFile lock;
  private final MemorySegment header;

  LogWords(LockFile lock, MemorySegment header) {
    this.lock = lock;
    this.header = header;
  }

  /**
   * The newest commit that the commit log has put on disk; it may be older than the durable one.
   */
  public long logged() {
    long found = (long) LONG.getVolatile(header, LockLayout.LOGGED);
    return found == 0 ? 0 : lock.checked("logged commit", found, 0, lock.lastUsed());
  }

  public void setLogged(long txnId) {
    LONG.setVolatile(header, LockLayout.LOGGED, txnId);
  }

  /** Whether there may be commits that only the log has, and that no process has replayed. */
  public boolean isIgnored() {
    return (long) LONG.getVolatile(header, LockLayout.LOG_IGNORED) != 0;
  }

  public void setIgnored(boolean ignored) {
    LONG.setVolatile(header, LockLayout.LOG_IGNORED, ignored ? 1L : 0L);
  }
}
