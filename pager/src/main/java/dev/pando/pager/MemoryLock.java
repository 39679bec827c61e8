package dev.pando.pager;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes the place of the lock file of a database in memory, which no other process can open. */
final class MemoryLock implements StorageLock {
  private final Path path;
  private final Runnable whenClosed;
  private final Arena arena = Arena.ofShared();

  /** By the offset of its first byte. What was mapped in one call stays in one piece. */
  private final TreeMap<Long, MemorySegment> pieces = new TreeMap<>();

  private long size = FIRST_BYTES;
  private boolean closed;

  /**
   * A lock file of zeros.
   *
   * @param whenClosed run by {@link #close}: nothing uses the database any more
   */
  MemoryLock(Path path, Runnable whenClosed) {
    this.path = path;
    this.whenClosed = whenClosed;
    MemorySegment _ = add(0, FIRST_BYTES);
  }

  private MemorySegment add(long offset, long bytes) {
    MemorySegment added = arena.allocate(bytes, PageHeader.MIN_PAGE_SIZE);
    MemorySegment _ = pieces.put(offset, added);
    return added;
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
  public boolean tryLock(long position, boolean exclusive) {
    return true;
  }

  @Override
  public void unlock(long position) {
    // No other process waits for it.
  }

  @Override
  public synchronized long size() {
    return size;
  }

  @Override
  public synchronized void grow(long newSize) {
    size = Math.max(size, newSize);
  }

  @Override
  public synchronized void truncate(long newSize) {
    size = Math.min(size, newSize);
    pieces.tailMap(newSize).clear(); // their memory is freed at the close
  }

  @Override
  public synchronized MemorySegment map(long offset, long bytes) {
    Map.@Nullable Entry<Long, MemorySegment> at = pieces.floorEntry(offset);
    if (at != null && offset + bytes <= at.getKey() + at.getValue().byteSize()) {
      return at.getValue().asSlice(offset - at.getKey(), bytes);
    }
    return add(offset, bytes);
  }

  @Override
  public boolean isNamed() {
    return true;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
      whenClosed.run();
    }
  }
}
