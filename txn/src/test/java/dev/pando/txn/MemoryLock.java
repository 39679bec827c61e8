package dev.pando.txn;

import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The lock file of a disk in memory, which one process has. */
final class MemoryLock implements StorageLock {
  private final Path path;
  private final Runnable atClose;
  private final MemorySegment first = MemorySegment.ofArray(new long[(int) (FIRST_BYTES / 8)]);
  private final Set<Long> held = new HashSet<>();
  private long size = FIRST_BYTES;

  MemoryLock(Path path, Runnable atClose) {
    this.path = path;
    this.atClose = atClose;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public synchronized boolean tryLock(long position, boolean exclusive) {
    if (!held.add(position)) {
      throw new AssertionError("locked twice: " + position);
    }
    return true;
  }

  @Override
  public synchronized void unlock(long position) {
    held.remove(position);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void grow(long newSize) {
    size = newSize;
  }

  @Override
  public void truncate(long newSize) {
    size = newSize;
  }

  @Override
  public MemorySegment map(long offset, long bytes) {
    return offset + bytes <= FIRST_BYTES
        ? first.asSlice(offset, bytes)
        : MemorySegment.ofArray(new long[(int) (bytes / 8)]);
  }

  @Override
  public boolean isNamed() {
    return true;
  }

  @Override
  public void close() {
    atClose.run();
  }
}
