package dev.pando.damage;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.Checksums;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import dev.pando.txn.OnStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that does what a healthy disk does, and fast: hundreds of thousands of damaged
 * files pass over it. Maps show the very bytes that are written. For one thread.
 */
public final class MemoryDisk implements Storage {
  /** Where tests have their database. */
  public static final Path DATABASE = Path.of("memory.pando");

  private final Map<Path, MemoryFile> files = new HashMap<>();
  private final long capacity;

  /** A disk whose files have at most so many bytes. */
  public MemoryDisk(long capacity) {
    this.capacity = capacity;
  }

  /** Puts the database there, in place of what was there before. */
  public void put(byte[] content) {
    MemoryFile file = files.computeIfAbsent(DATABASE, MemoryFile::new);
    MemorySegment.copy(content, 0, file.memory, ValueLayout.JAVA_BYTE, 0, content.length);
    file.size = content.length;
    file.changed = false;
  }

  /** Turns bits of one byte of the database. */
  public void flip(int at, int bits) {
    MemorySegment memory = file(DATABASE).memory;
    byte before = memory.get(ValueLayout.JAVA_BYTE, at);
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) (before ^ bits));
  }

  /** Whether anybody wrote to the database, or cut it, since it was put there. */
  public boolean changed() {
    return file(DATABASE).changed;
  }

  /** The database as it is. */
  public byte[] content() {
    MemoryFile file = file(DATABASE);
    return file.memory.asSlice(0, file.size).toArray(ValueLayout.JAVA_BYTE);
  }

  private MemoryFile file(Path path) {
    MemoryFile file = files.get(path);
    if (file == null) {
      throw new StorageIoException(path + ": no such file", null);
    }
    return file;
  }

  @Override
  public PageFile open(Path path, boolean writable) {
    return file(path);
  }

  @Override
  public PageFile create(Path path) {
    if (files.containsKey(path)) {
      throw new StorageIoException(path + ": exists", null);
    }
    return files.computeIfAbsent(path, MemoryFile::new);
  }

  @Override
  public boolean exists(Path path) {
    return files.containsKey(path);
  }

  @Override
  public void delete(Path path) {
    files.remove(path);
  }

  @Override
  public void rename(Path from, Path to) {
    MemoryFile file = file(from);
    files.remove(from);
    files.put(to, file);
  }

  @Override
  public void syncDirectory(Path directory) {}

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    return OnStorage.lock(lockFile);
  }

  private final class MemoryFile implements PageFile {
    private final Path path;
    private final MemorySegment memory = Arena.ofAuto().allocate(capacity, 4096);
    private long size;
    private boolean changed;

    MemoryFile(Path path) {
      this.path = path;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public boolean writable() {
      return true;
    }

    private void checkEnd(long end) {
      if (end > size) {
        throw new CorruptFileException(path.toString(), -1, "the file ends at " + size);
      }
    }

    @Override
    public void read(ByteBuffer target, long offset) {
      checkEnd(offset + target.remaining());
      target.put(memory.asSlice(offset, target.remaining()).asByteBuffer());
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      long bytes = source.remaining();
      makeRoom(offset + bytes);
      MemorySegment.copy(MemorySegment.ofBuffer(source), 0, memory, offset, bytes);
      source.position(source.limit());
      size = Math.max(size, offset + bytes);
      changed = true;
    }

    private void makeRoom(long end) {
      if (end > capacity) {
        throw new DatabaseFullException(path + ": the disk has " + capacity + " bytes", null);
      }
    }

    @Override
    public void grow(long newSize) {
      if (newSize > size) {
        makeRoom(newSize);
        memory.asSlice(size, newSize - size).fill((byte) 0);
        size = newSize;
        changed = true;
      }
    }

    @Override
    public void truncate(long newSize) {
      if (newSize < size) {
        size = newSize;
        changed = true;
      }
    }

    @Override
    public void sync(boolean metadataToo) {}

    @Override
    public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
      checkEnd(pageCount * pageSize);
      return PageMap.over(
          path.toString(),
          memory.asSlice(0, pageCount * pageSize).asReadOnly(),
          Arena.ofConfined(),
          pageSize,
          pageCount,
          mode,
          previous);
    }

    @Override
    public boolean tryLock(boolean exclusive) {
      return true;
    }

    @Override
    public void close() {}
  }
}
