package dev.pando;

import dev.pando.pager.ProcessName;
import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Real files, and lock files with something to be done before they are used. */
final class HookedLocks extends HookedStorage {
  /** Before it is asked how long the lock file is: also when a block is added. */
  volatile Runnable beforeSize = () -> {};

  volatile Runnable beforeTryLock = () -> {};

  /** Whether locks that were dropped are not taken again. */
  volatile boolean forgetful;

  /** What is said of every process; null for the truth. */
  volatile ProcessName.@Nullable Life life;

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    return new Hooked(super.lock(lockFile, required));
  }

  private final class Hooked implements StorageLock {
    private final StorageLock lock;

    Hooked(StorageLock lock) {
      this.lock = lock;
    }

    @Override
    public Path path() {
      return lock.path();
    }

    @Override
    public boolean writable() {
      return lock.writable();
    }

    @Override
    public boolean tryLock(long position, boolean exclusive) {
      beforeTryLock.run();
      return lock.tryLock(position, exclusive);
    }

    @Override
    public void unlock(long position) {
      lock.unlock(position);
    }

    @Override
    public void lockAgain() {
      if (!forgetful) {
        lock.lockAgain();
      }
    }

    @Override
    public ProcessName.Life lifeOf(ProcessName process) {
      return life == null ? lock.lifeOf(process) : life;
    }

    @Override
    public long fileNumber() {
      return lock.fileNumber();
    }

    @Override
    public long size() {
      beforeSize.run();
      return lock.size();
    }

    @Override
    public void grow(long newSize) {
      lock.grow(newSize);
    }

    @Override
    public void truncate(long newSize) {
      lock.truncate(newSize);
    }

    @Override
    public MemorySegment map(long offset, long bytes) {
      return lock.map(offset, bytes);
    }

    @Override
    public boolean isNamed() {
      return lock.isNamed();
    }

    @Override
    public void close() {
      lock.close();
    }
  }
}
