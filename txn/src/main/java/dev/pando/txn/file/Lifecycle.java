package dev.pando.txn.file;

import java.nio.file.Path;

/**
 * Whether a database takes calls, whether it has ended, and why. Its parts ask this instead of the
 * database itself. Thread-safe.
 */
public final class Lifecycle {
  private static final int OPEN = 0;
  private static final int CLOSING = 1;
  private static final int ENDED = 2;

  /** Others took this process for dead: nothing that it reads is safe. */
  private static final int LOST = 3;

  private final Path path;
  private final LockFile lock;
  private volatile int state = OPEN;

  /** Whether the program has closed the database; guarded by this. */
  private boolean closing;

  /** The database of a file is open. */
  public Lifecycle(Path path, LockFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Whether new transactions are refused. */
  public boolean isClosed() {
    return state != OPEN;
  }

  /** Whether running transactions must fail. */
  public boolean hasEnded() {
    return state >= ENDED;
  }

  /** Whether others took this process for dead, so that readers are not waited for. */
  public boolean isLost() {
    return state == LOST;
  }

  /** Refuses a call that begins something, unless the database is open. */
  public void checkAccepting() {
    if (isClosed()) {
      throw endedException();
    }
  }

  /** Refuses a call of a transaction when the database has ended. */
  public void checkNotEnded() {
    if (hasEnded()) {
      throw endedException();
    }
  }

  private RuntimeException endedException() {
    return isLost() ? lock.lost() : closed();
  }

  /**
   * The exception for a call that failed. Closing releases the memory that processes share; a call
   * that had found the database open just before that reads it, and gets an exception of the JDK.
   */
  public RuntimeException explained(IllegalStateException failure) {
    return isClosed() ? endedException() : failure;
  }

  /** The exception for a thread that waits while the database is closed. */
  public IllegalStateException closed() {
    return new IllegalStateException("the database is closed: " + path);
  }

  /** Other processes took this one for dead, and reuse the pages that it reads. */
  public synchronized void lose() {
    state = state == OPEN ? LOST : state;
  }

  /** From here on new transactions are refused; false if the program has closed it before. */
  public synchronized boolean close() {
    if (closing) {
      return false;
    }
    closing = true;
    state = state == OPEN ? CLOSING : state;
    return true;
  }

  /** No transaction runs any more: the next use of one throws. */
  public void end() {
    state = ENDED;
  }
}
