package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The lock file of a database: memory that all its processes share, and locks on single bytes,
 * which the operating system frees when a process ends, however it ends. This object does not know
 * the meaning of the memory. A byte that is locked need not exist. Thread-safe.
 */
public interface StorageLock extends AutoCloseable {
  /** Bytes that a lock file has at least, and that are mapped when it is opened. */
  long FIRST_BYTES = 128 << 10;

  /**
   * The first word of a lock file. Its last byte is the version of the rest, and 0 in a file that
   * was not used yet.
   */
  long MARK = 0x4B4C_4F44_4E41_5000L;

  /** The lock file. */
  Path path();

  /**
   * Whether this process can write the lock file, and so share memory. Otherwise the file is not
   * even opened, and locking does nothing.
   */
  boolean writable();

  /**
   * Locks a byte against other processes. This process must not hold it.
   *
   * @param exclusive false lets other processes lock it as shared, too
   * @return false if another process holds it in a way that excludes this one
   */
  boolean tryLock(long position, boolean exclusive);

  /** Frees a byte; does nothing if this process does not hold it. */
  void unlock(long position);

  /**
   * Locks again all bytes that this process holds. On POSIX systems they are dropped when any part
   * of the program closes any descriptor of the file, and the system does not say so. A byte that
   * another process has locked meanwhile is left, until the next call.
   */
  default void lockAgain() {}

  /** This process, for {@link #lifeOf} in another one. */
  default ProcessName self() {
    return ProcessName.ours();
  }

  /** What the system says of a process, independent of its locks. */
  default ProcessName.Life lifeOf(ProcessName process) {
    return process.life();
  }

  /** Tells this file from copies of it; 0 if that is not known. */
  default long fileNumber() {
    return 0;
  }

  /** Bytes in the file. */
  long size();

  /** Makes the file at least this long; the new bytes are zeros that really take their room. */
  void grow(long newSize);

  /** Makes the file at most this long; no process may have the rest mapped. */
  void truncate(long newSize);

  /**
   * Maps a part of the file for reading and writing, until {@link #close}: after that, reading and
   * writing the memory throws {@link IllegalStateException}.
   */
  MemorySegment map(long offset, long bytes);

  /** Whether the name still leads to this file: another program may have replaced it. */
  boolean isNamed();

  /** Unmaps the memory, then frees all locks; a second call does nothing. */
  @Override
  void close();
}
