package dev.pando.pager;

import dev.pando.error.StorageIoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of one database in memory, and of copies that it makes of itself. They exist while the
 * database is open: closing its lock file frees them. Thread-safe.
 */
public final class MemoryStorage implements Storage {
  /** Where files get their memory. */
  @FunctionalInterface
  public interface Source {
    /**
     * Allocates memory that is freed with its arena.
     *
     * @throws OutOfMemoryError if there is none
     */
    MemorySegment allocate(Arena arena, long bytes, long alignment);
  }

  private final Path database;
  private final int pageSize;
  private final Source source;
  private final Map<Path, MemoryPageFile> files = new HashMap<>();

  /**
   * A storage without files.
   *
   * @param database its name; nothing of that name is on disk
   * @param pageSize of its pages, in bytes
   */
  public MemoryStorage(Path database, int pageSize) {
    this(database, pageSize, Arena::allocate);
  }

  /** As the other one, with memory of another source. */
  public MemoryStorage(Path database, int pageSize, Source source) {
    this.database = database;
    this.pageSize = PageHeader.checkPageSize(pageSize);
    this.source = source;
  }

  @Override
  public synchronized PageFile open(Path path, boolean writable) {
    return file(path).reopen();
  }

  private MemoryPageFile file(Path path) {
    MemoryPageFile file = files.get(path);
    if (file == null) {
      throw new StorageIoException(path + ": there is no such file in memory", null);
    }
    return file;
  }

  @Override
  public synchronized PageFile create(Path path) {
    if (files.containsKey(path)) {
      throw new StorageIoException(path + ": a file of this name exists in memory", null);
    }
    MemoryPageFile file = new MemoryPageFile(path, pageSize, source);
    files.put(path, file);
    return file;
  }

  @Override
  public synchronized boolean exists(Path path) {
    return files.containsKey(path);
  }

  @Override
  public synchronized void delete(Path path) {
    MemoryPageFile file = files.remove(path);
    if (file != null) {
      file.end();
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) {
    MemoryPageFile file = file(from);
    file.rename(to);
    files.remove(from);
    @Nullable MemoryPageFile replaced = files.put(to, file);
    if (replaced != null) {
      replaced.end();
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    // Names are as safe as they will be.
  }

  /** Copies of a database in memory are files. */
  @Override
  public Storage ofCopies() {
    return new FileStorage();
  }

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    boolean isMain = lockFile.equals(DatabaseFile.lockFile(database));
    return new MemoryLock(lockFile, isMain ? this::end : () -> {});
  }

  private synchronized void end() {
    files.values().forEach(MemoryPageFile::end);
    files.clear();
  }
}
