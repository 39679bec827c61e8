package dev.pando;

import dev.pando.pager.Checksums;
import dev.pando.pager.FileStorage;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Real files, with something to be done before and after each write and sync. Thread-safe. */
class HookedStorage implements Storage {
  private final FileStorage files = new FileStorage();

  /** Syncs that were begun. */
  final AtomicLong syncs = new AtomicLong();

  volatile Runnable beforeSync = () -> {};
  volatile Runnable beforeWrite = () -> {};

  /** Before writes behind the metas of a database with the usual page size. */
  volatile Runnable beforePages = () -> {};

  /** Gets what is about to be written. */
  volatile Consumer<ByteBuffer> atWrite = source -> {};

  volatile Runnable beforeRead = () -> {};
  volatile Runnable afterSync = () -> {};
  volatile Runnable afterWrite = () -> {};

  @Override
  public PageFile open(Path path, boolean writable) {
    return new Hooked(files.open(path, writable));
  }

  @Override
  public PageFile create(Path path) {
    return files.create(path);
  }

  @Override
  public boolean exists(Path path) {
    return files.exists(path);
  }

  @Override
  public boolean isEmpty(Path path) {
    return files.isEmpty(path);
  }

  @Override
  public void copyRights(Path from, Path to) {
    files.copyRights(from, to);
  }

  @Override
  public Path realPath(Path path) {
    return files.realPath(path);
  }

  @Override
  public void delete(Path path) {
    files.delete(path);
  }

  @Override
  public void rename(Path from, Path to) {
    files.rename(from, to);
  }

  @Override
  public void syncDirectory(Path directory) {
    files.syncDirectory(directory);
  }

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    return files.lock(lockFile, required);
  }

  private final class Hooked implements PageFile {
    private final PageFile file;

    Hooked(PageFile file) {
      this.file = file;
    }

    @Override
    public Path path() {
      return file.path();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public boolean writable() {
      return file.writable();
    }

    @Override
    public void read(ByteBuffer target, long offset) {
      beforeRead.run();
      file.read(target, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      beforeWrite.run();
      atWrite.accept(source);
      if (offset >= PageHeader.META_SLOTS * 4096L) {
        beforePages.run();
      }
      file.write(source, offset);
      afterWrite.run();
    }

    @Override
    public void grow(long newSize) {
      beforeWrite.run();
      file.grow(newSize);
    }

    @Override
    public void truncate(long newSize) {
      file.truncate(newSize);
    }

    @Override
    public boolean isNamed() {
      return file.isNamed();
    }

    @Override
    public void sync(boolean metadataToo) {
      syncs.incrementAndGet();
      beforeSync.run();
      file.sync(metadataToo);
      afterSync.run();
    }

    @Override
    public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
      return file.map(pageSize, pageCount, mode, previous);
    }

    @Override
    public boolean tryLock(boolean exclusive) {
      return file.tryLock(exclusive);
    }

    @Override
    public void lockAsReader() {
      file.lockAsReader();
    }

    @Override
    public boolean hasReaders() {
      return file.hasReaders();
    }

    @Override
    public void lockAgain() {
      file.lockAgain();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
