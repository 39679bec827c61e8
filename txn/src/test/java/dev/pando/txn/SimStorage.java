package dev.pando.txn;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import dev.pando.pager.Checksums;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.pager.Storage;
import dev.pando.pager.StorageLock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that knows what was synced: from what was not, it makes the images that a crash
 * may leave. Every operation first passes a hook, which may throw. For one thread.
 */
final class SimStorage implements Storage {
  static final int SECTOR = 512;

  /** Called before an operation takes place. */
  @FunctionalInterface
  interface Hook {
    void before(String operation, SimFile file);
  }

  private final Map<Path, SimFile> files = new HashMap<>();
  private final long capacity;
  Hook hook = (operation, file) -> {};

  /** A disk whose files have at most so many bytes. */
  SimStorage(long capacity) {
    this.capacity = capacity;
  }

  /** Puts a file on the disk, synced. */
  void put(Path path, byte[] content) {
    files.put(path, new SimFile(path, content));
  }

  SimFile file(Path path) {
    SimFile file = files.get(path);
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
    put(path, new byte[0]);
    return file(path);
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
    SimFile file = file(from);
    files.remove(from);
    files.put(to, file);
  }

  @Override
  public void syncDirectory(Path directory) {}

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    return new MemoryLock(lockFile, () -> {});
  }

  /** Something not synced: bytes written, or a new length if {@code bytes} is null. */
  private record Pending(long offset, byte @Nullable [] bytes) {
    int sectors() {
      return bytes == null ? 1 : (bytes.length + SECTOR - 1) / SECTOR;
    }
  }

  /** A file and its unsynced operations. */
  final class SimFile implements PageFile {
    private final Path path;
    private final MemorySegment live = Arena.ofAuto().allocate(capacity, 4096);
    private long size;
    private byte[] durable;
    private List<Pending> pending = new ArrayList<>();

    SimFile(Path path, byte[] content) {
      this.path = path;
      this.durable = content.clone();
      this.size = content.length;
      MemorySegment.copy(content, 0, live, ValueLayout.JAVA_BYTE, 0, content.length);
    }

    int pendingCount() {
      return pending.size();
    }

    /** The file as the processes see it. */
    byte[] liveImage() {
      return live.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    }

    /** What a crash leaves if exactly these operations reach the disk, in order. */
    byte[] image(java.util.function.IntPredicate reaches) {
      Image image = new Image(durable);
      for (int i = 0; i < pending.size(); i++) {
        if (reaches.test(i)) {
          image.apply(pending.get(i), sector -> true);
        }
      }
      return image.content();
    }

    /** What a crash leaves if each sector reaches the disk or not, as chance has it. */
    byte[] randomImage(Random random) {
      double share = random.nextDouble();
      boolean wholeWrites = random.nextBoolean();
      Image image = new Image(durable);
      for (Pending operation : pending) {
        if (wholeWrites) {
          if (random.nextDouble() < share) {
            image.apply(operation, sector -> true);
          }
        } else {
          image.apply(operation, sector -> random.nextDouble() < share);
        }
      }
      return image.content();
    }

    private void happens(String operation) {
      hook.before(operation, this);
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

    @Override
    public void read(ByteBuffer target, long offset) {
      happens("read");
      int bytes = target.remaining();
      if (offset + bytes > size) {
        throw new CorruptFileException(path.toString(), -1, "the file ends at " + size);
      }
      target.put(live.asSlice(offset, bytes).asByteBuffer());
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      happens("write");
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      apply(bytes, offset);
    }

    /** For a hook that lets only a part of a write happen. */
    void apply(byte[] bytes, long offset) {
      MemorySegment.copy(bytes, 0, live, ValueLayout.JAVA_BYTE, offset, bytes.length);
      size = Math.max(size, offset + bytes.length);
      pending.add(new Pending(offset, bytes));
    }

    @Override
    public void grow(long newSize) {
      happens("grow");
      if (newSize > size) {
        apply(new byte[(int) (newSize - size)], size);
      }
    }

    @Override
    public void truncate(long newSize) {
      happens("truncate");
      if (newSize < size) {
        live.asSlice(newSize, size - newSize).fill((byte) 0);
        size = newSize;
        pending.add(new Pending(newSize, null));
      }
    }

    @Override
    public void sync(boolean metadataToo) {
      happens("sync");
      durable = liveImage();
      pending = new ArrayList<>();
    }

    @Override
    public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
      happens("map");
      if (pageCount * pageSize > size) {
        throw new CorruptFileException(path.toString(), -1, "the file ends at " + size);
      }
      MemorySegment memory = live.asSlice(0, pageCount * pageSize).asReadOnly();
      return PageMap.over(
          path.toString(), memory, Arena.ofConfined(), pageSize, pageCount, mode, previous);
    }

    @Override
    public boolean tryLock(boolean exclusive) {
      return true;
    }

    @Override
    public void close() {}
  }

  /** A file's content while operations are applied to it. */
  private static final class Image {
    private byte[] bytes;
    private int length;

    Image(byte[] durable) {
      bytes = durable.clone();
      length = durable.length;
    }

    void apply(Pending operation, java.util.function.IntPredicate sectorReaches) {
      for (int sector = 0; sector < operation.sectors(); sector++) {
        if (sectorReaches.test(sector)) {
          apply(operation, sector);
        }
      }
    }

    private void apply(Pending operation, int sector) {
      byte[] data = operation.bytes;
      if (data == null) {
        int end = (int) Math.min(length, operation.offset);
        java.util.Arrays.fill(bytes, end, length, (byte) 0);
        length = end;
        return;
      }
      int from = sector * SECTOR;
      int count = Math.min(SECTOR, data.length - from);
      int end = (int) operation.offset + from + count;
      if (end > bytes.length) {
        bytes = java.util.Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      System.arraycopy(data, from, bytes, (int) operation.offset + from, count);
      length = Math.max(length, end);
    }

    byte[] content() {
      return java.util.Arrays.copyOf(bytes, length);
    }
  }
}
