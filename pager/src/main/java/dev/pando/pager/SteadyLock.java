package dev.pando.pager;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import org.jspecify.annotations.Nullable;

/**
 * A lock on two neighbouring bytes of a file. The system may have dropped it without a report, and
 * Java locks no byte twice: to be sure, a process must release and lock again. It does that with
 * one byte after the other, so that no other process gets in between. A process that wants the lock
 * exclusively needs both bytes at once. Not thread-safe.
 *
 * <p>See DECISIONS.md, 'Readers without a slot'.
 */
final class SteadyLock {
  static final int BYTES = 2;

  private final AsynchronousFileChannel channel;
  private final long position;
  private final @Nullable FileLock[] held = new FileLock[BYTES];
  private boolean isShared;

  SteadyLock(AsynchronousFileChannel channel, long position) {
    this.channel = channel;
    this.position = position;
  }

  /** Takes the lock exclusively, releases what was held; false if another process has it. */
  boolean tryExclusive() throws IOException {
    release();
    held[0] = tryLock(position, BYTES, false);
    return held[0] != null;
  }

  /** Takes the lock shared, releases what was held; false if a process has it exclusively. */
  boolean tryShared() throws IOException {
    release();
    isShared = lockBytes();
    if (!isShared) {
      release();
    }
    return isShared;
  }

  /** Takes the shared lock again; false if a process has it exclusively at the moment. */
  boolean again() throws IOException {
    return !isShared || lockBytes();
  }

  private boolean lockBytes() throws IOException {
    for (int i = 0; i < BYTES; i++) {
      FileLock before = held[i];
      if (before != null) {
        before.release();
      }
      held[i] = tryLock(position + i, 1, true);
      if (held[i] == null) {
        return false;
      }
    }
    return true;
  }

  /** Whether no other process has it; for a process that does not have it. */
  boolean isFree() throws IOException {
    try (FileLock free = tryLock(position, BYTES, false)) {
      return free != null;
    }
  }

  private @Nullable FileLock tryLock(long from, long bytes, boolean shared) throws IOException {
    try {
      return CallingThread.tryLock(channel, from, bytes, shared);
    } catch (OverlappingFileLockException e) {
      return null; // a program of this JVM locks the file by itself
    }
  }

  private void release() throws IOException {
    isShared = false;
    for (int i = 0; i < BYTES; i++) {
      FileLock before = held[i];
      held[i] = null;
      if (before != null) {
        before.release();
      }
    }
  }
}
