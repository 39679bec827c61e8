package dev.pando.testkit;

import dev.pando.Disk;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.Checksums;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import dev.pando.testkit.SimulatedDisk.Call;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A process that uses the disk: what it asks for while it unwinds after a kill fails. */
final class SimulatedProcess implements Disk, Storage {
  /** Memory of files stays as long as the disk: there is nothing to unmap. */
  private static final Arena KEPT =
      new Arena() {
        @Override
        public MemorySegment allocate(long bytes, long alignment) {
          throw new UnsupportedOperationException();
        }

        @Override
        public MemorySegment.Scope scope() {
          return Arena.global().scope();
        }

        @Override
        public void close() {}
      };

  private final SimulatedDisk disk;
  private final long number;
  private volatile boolean killed;

  SimulatedProcess(SimulatedDisk disk, long number) {
    this.disk = disk;
    this.number = number;
  }

  /** Names it among those of its disk. */
  long number() {
    return number;
  }

  /** Whether a process of this disk was not killed. */
  boolean isAlive(long other) {
    return disk.isAlive(other);
  }

  @Override
  public String toString() {
    return "simulated process " + number;
  }

  /** Ends it at once; its locks are free. */
  void kill() {
    killed = true;
    disk.died(number);
    disk.freeLocks(this);
  }

  private void happens(Call call, @Nullable SimulatedFile file, long offset, long bytes) {
    checkAlive();
    disk.happens(call, file, offset, bytes);
    checkAlive();
  }

  void checkAlive() {
    if (killed) {
      throw new KilledError();
    }
  }

  @Override
  public PageFile open(Path path, boolean writable) {
    synchronized (disk) {
      happens(Call.OPEN, null, 0, 0);
      return new OpenFile(disk.file(path), path, writable);
    }
  }

  @Override
  public PageFile create(Path path) {
    synchronized (disk) {
      happens(Call.CREATE, null, 0, 0);
      return new OpenFile(disk.create(path), path, true);
    }
  }

  @Override
  public boolean exists(Path path) {
    return disk.exists(path);
  }

  @Override
  public boolean isEmpty(Path path) {
    return disk.isEmpty(path);
  }

  @Override
  public void delete(Path path) {
    synchronized (disk) {
      happens(Call.DELETE, null, 0, 0);
      disk.delete(path);
    }
  }

  @Override
  public void rename(Path from, Path to) {
    synchronized (disk) {
      happens(Call.RENAME, null, 0, 0);
      disk.rename(from, to);
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    synchronized (disk) {
      happens(Call.SYNC_DIRECTORY, null, 0, 0);
      disk.syncNames();
    }
  }

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    checkAlive();
    return new SimulatedLock(this, lockFile, disk.lockFile(lockFile));
  }

  /** A file that this process has open. */
  private final class OpenFile implements PageFile {
    private final SimulatedFile file;
    private final Path path;
    private final boolean writable;

    OpenFile(SimulatedFile file, Path path, boolean writable) {
      this.file = file;
      this.path = path;
      this.writable = writable;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long size() {
      synchronized (disk) {
        return file.size();
      }
    }

    @Override
    public boolean writable() {
      return writable;
    }

    private void checkThere(long end) {
      if (end > file.size()) {
        throw new CorruptFileException(
            path.toString(), -1, "the file ends at " + file.size() + ", not at " + end);
      }
    }

    @Override
    public void read(ByteBuffer target, long offset) {
      synchronized (disk) {
        int bytes = target.remaining();
        happens(Call.READ, file, offset, bytes);
        checkThere(offset + bytes);
        target.put(file.memory().asSlice(offset, bytes).asByteBuffer());
      }
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      synchronized (disk) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        try {
          happens(Call.WRITE, file, offset, bytes.length);
        } catch (PartlyWritten e) {
          file.write(java.util.Arrays.copyOf(bytes, Math.min(e.bytes(), bytes.length)), offset);
          checkAlive();
          throw e.failure();
        }
        file.write(bytes, offset);
      }
    }

    @Override
    public void writeThrough(ByteBuffer source, long offset) {
      synchronized (disk) {
        int bytes = source.remaining();
        write(source, offset);
        happens(Call.SYNC_RANGE, file, offset, bytes);
        if (!disk.liesAboutRanges()) {
          file.sync(offset, bytes);
        }
      }
    }

    @Override
    public void grow(long newSize) {
      synchronized (disk) {
        happens(Call.GROW, file, newSize, 0);
        file.grow(newSize);
      }
    }

    @Override
    public long room() {
      return disk.room(file);
    }

    @Override
    public void truncate(long newSize) {
      synchronized (disk) {
        happens(Call.TRUNCATE, file, newSize, 0);
        file.truncate(newSize);
      }
    }

    @Override
    public boolean isNamed() {
      return disk.isNamed(file, path);
    }

    @Override
    public void sync(boolean metadataToo) {
      synchronized (disk) {
        happens(Call.SYNC, file, 0, 0);
        file.sync(metadataToo);
      }
    }

    @Override
    public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
      synchronized (disk) {
        long bytes = pageCount * pageSize;
        happens(Call.MAP, file, 0, bytes);
        checkThere(bytes);
        MemorySegment shown = file.memory().asSlice(0, bytes).asReadOnly();
        return PageMap.over(path.toString(), shown, KEPT, pageSize, pageCount, mode, previous);
      }
    }

    @Override
    public boolean tryLock(boolean exclusive) {
      checkAlive();
      return disk.fileLocks(file).tryLock(SimulatedProcess.this, 0, exclusive);
    }

    @Override
    public void close() {
      disk.fileLocks(file).unlockAll(SimulatedProcess.this);
    }
  }
}
