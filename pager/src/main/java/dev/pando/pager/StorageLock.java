package dev.pando.pager;

import java.nio.file.Path;

/**
 * A held lock of a database. The operating system frees it when the process ends, however it ends.
 * Any thread may close it.
 */
public interface StorageLock extends AutoCloseable {
  /** The lock file. */
  Path path();

  /** Whether no other process can hold the lock, not even for reading. */
  boolean exclusive();

  /** Frees the lock; a second call does nothing. */
  @Override
  void close();
}
