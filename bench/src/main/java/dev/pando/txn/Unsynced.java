package dev.pando.txn;

import dev.pando.Options;
import dev.pando.OtherStorage;
import dev.pando.pager.Checksums;
import dev.pando.pager.FileStorage;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Options whose syncs do nothing: what a commit costs besides the disk. Stands in this package
 * because no user may have that.
 */
@NullMarked
public final class Unsynced {
  private Unsynced() {}

  /** The same options, with everything written and nothing synced. */
  public static Options of(Options options) {
    return OtherStorage.of(options, new NoSyncStorage());
  }

  private static final class NoSyncStorage implements Storage {
    private final FileStorage files = new FileStorage();

    @Override
    public PageFile open(Path path, boolean writable) {
      return new NoSyncFile(files.open(path, writable));
    }

    @Override
    public PageFile create(Path path) {
      return new NoSyncFile(files.create(path));
    }

    @Override
    public boolean exists(Path path) {
      return files.exists(path);
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
    public void syncDirectory(Path directory) {}

    @Override
    public StorageLock lock(Path lockFile, boolean required) {
      return files.lock(lockFile, required);
    }
  }

  private record NoSyncFile(PageFile file) implements PageFile {
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
      file.read(target, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      file.write(source, offset);
    }

    @Override
    public void grow(long newSize) {
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
    public void sync(boolean metadataToo) {}

    @Override
    public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
      return file.map(pageSize, pageCount, mode, previous);
    }

    @Override
    public boolean tryLock(boolean exclusive) {
      return file.tryLock(exclusive);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
