package dev.pando.testkit;

import dev.pando.pager.ProcessName;
import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A lock file as one process has it open. It is not on the disk: a power cut leaves none. */
final class SimulatedLock implements StorageLock {
  /** What processes share. */
  static final class Shared {
    private final ByteLocks locks = new ByteLocks();
    private final List<MemorySegment> pieces = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    private final List<long[]> saved = new ArrayList<>();
    private long size = FIRST_BYTES;

    Shared() {
      piece(0, FIRST_BYTES);
    }

    private MemorySegment piece(long start, long bytes) {
      MemorySegment made = MemorySegment.ofArray(new long[(int) (bytes / Long.BYTES)]);
      pieces.add(made);
      starts.add(start);
      return made;
    }

    synchronized void save() {
      saved.clear();
      pieces.forEach(piece -> saved.add(piece.toArray(ValueLayout.JAVA_LONG)));
    }

    synchronized void restore() {
      for (int i = 0; i < saved.size(); i++) {
        MemorySegment before = MemorySegment.ofArray(saved.get(i));
        pieces.get(i).copyFrom(before);
      }
      saved.clear();
    }

    void free(SimulatedProcess process) {
      locks.unlockAll(process);
    }

    /** Returns the same memory for every map of a place; what is mapped together stays together. */
    private synchronized MemorySegment map(long offset, long bytes) {
      for (int i = 0; i < pieces.size(); i++) {
        long inside = offset - starts.get(i);
        if (inside >= 0 && inside + bytes <= pieces.get(i).byteSize()) {
          return pieces.get(i).asSlice(inside, bytes);
        }
      }
      return piece(offset, bytes);
    }
  }

  private final SimulatedProcess process;
  private final Path path;
  private final Shared shared;

  SimulatedLock(SimulatedProcess process, Path path, Shared shared) {
    this.process = process;
    this.path = path;
    this.shared = shared;
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
    process.checkAlive();
    if (shared.locks.isHeldBy(process, position)) {
      throw new AssertionError("this process has locked byte " + position + " already");
    }
    return shared.locks.tryLock(process, position, exclusive);
  }

  @Override
  public void unlock(long position) {
    shared.locks.unlock(process, position);
  }

  @Override
  public ProcessName self() {
    return new ProcessName(process.number(), 0, 0, 0);
  }

  /** Known exactly and at once. */
  @Override
  public ProcessName.Life lifeOf(ProcessName other) {
    return process.isAlive(other.pid()) ? ProcessName.Life.ALIVE : ProcessName.Life.DEAD;
  }

  @Override
  public long size() {
    return shared.size;
  }

  @Override
  public void grow(long newSize) {
    shared.size = Math.max(shared.size, newSize);
  }

  @Override
  public void truncate(long newSize) {
    shared.size = Math.min(shared.size, newSize);
  }

  @Override
  public MemorySegment map(long offset, long bytes) {
    return shared.map(offset, bytes);
  }

  @Override
  public boolean isNamed() {
    return true;
  }

  @Override
  public void close() {
    shared.locks.unlockAll(process);
  }
}
