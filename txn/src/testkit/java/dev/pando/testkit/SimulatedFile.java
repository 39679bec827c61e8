package dev.pando.testkit;

import dev.pando.error.DatabaseFullException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file's content: as processes see it, as it is on disk, and the operations in between. The
 * length is kept apart from the bytes: a sync without metadata leaves the durable length as it was.
 */
final class SimulatedFile {
  /** Decides which parts of each unsynced operation reach the disk. */
  @FunctionalInterface
  interface Choice {
    boolean reaches(int operation, int part);
  }

  private final SimulatedDisk disk;
  private MemorySegment memory;
  private Path path;
  private long size;

  /** Content on disk; null while it is what the memory holds. May be longer than the length. */
  private byte @Nullable [] durable;

  private long durableSize;
  private List<Pending> pending = new ArrayList<>();

  SimulatedFile(SimulatedDisk disk, Path path) {
    this.disk = disk;
    this.path = path;
    this.memory = disk.takeMemory();
  }

  Path path() {
    return path;
  }

  void rename(Path to) {
    path = to;
  }

  long size() {
    return size;
  }

  /** What processes see; maps are parts of it. */
  MemorySegment memory() {
    return memory;
  }

  List<Pending> pending() {
    return pending;
  }

  long durableSize() {
    return durableSize;
  }

  /** The bytes that processes see: what is left when they all are killed. */
  byte[] content() {
    return memory.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Sets the content, durable. */
  void set(byte[] content, long length) {
    disk.checkRoom(path, Math.max(length, content.length));
    int there = (int) Math.min(content.length, length);
    MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, there);
    if (there < size) {
      memory.asSlice(there, size - there).fill((byte) 0);
    }
    size = length;
    durable = null;
    durableSize = length;
    pending = new ArrayList<>();
  }

  /** Turns bits of one byte, which is on disk. */
  void flip(long at, int bits) {
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) (memory.get(ValueLayout.JAVA_BYTE, at) ^ bits));
    byte[] known = durable;
    if (known != null && at < known.length) {
      durable = known.clone(); // others may share it
      durable[(int) at] ^= (byte) bits;
    }
  }

  /** Gives the memory back for another file; this one must not be used afterwards. */
  void end() {
    disk.giveMemoryBack(memory, size);
    memory = MemorySegment.NULL;
  }

  private byte[] durable() {
    byte[] known = durable;
    if (known == null) {
      known = content();
      durable = known;
    }
    return known;
  }

  // ---- operations

  void write(byte[] bytes, long offset) {
    if (offset + bytes.length > size) {
      disk.checkRoom(path, offset + bytes.length);
    }
    byte[] _ = durable();
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
    size = Math.max(size, offset + bytes.length);
    pending.add(Pending.write(offset, bytes));
  }

  void grow(long newSize) {
    if (newSize > size) {
      disk.checkRoom(path, newSize);
      byte[] _ = durable();
      size = newSize;
      pending.add(Pending.grow(newSize));
    }
  }

  void truncate(long newSize) {
    if (newSize < size) {
      byte[] _ = durable();
      memory.asSlice(newSize, size - newSize).fill((byte) 0);
      size = newSize;
      pending.add(Pending.cut(newSize));
    }
  }

  void sync(boolean lengthToo) {
    if (pending.isEmpty()) {
      return;
    }
    byte[] now = content();
    pending = new ArrayList<>();
    if (lengthToo || durableSize == size) {
      durable = now;
      durableSize = size;
    } else {
      durable = Arrays.copyOf(now, (int) Math.max(size, durableSize));
      pending.add(size < durableSize ? Pending.cut(size) : Pending.grow(size));
    }
  }

  /**
   * Puts a part on disk, as far as it is within the length on disk. Earlier writes to that part
   * cannot reach the disk any more.
   */
  void sync(long offset, int bytes) {
    byte[] before = durable();
    long end = Math.min(Math.min(offset + bytes, durableSize), before.length);
    if (pending.isEmpty() || offset >= end) {
      return;
    }
    byte[] after = before.clone(); // others may share it
    MemorySegment.copy(
        memory, ValueLayout.JAVA_BYTE, offset, after, (int) offset, (int) (end - offset));
    durable = after;
    List<Pending> left = new ArrayList<>();
    for (Pending operation : pending) {
      operation.without(offset, end, left);
    }
    pending = left;
  }

  /**
   * Fails a sync as kernels let it fail: a part reached the disk, the rest is taken for clean and
   * is never written, although processes still read it.
   */
  void lose(Choice reaches) {
    if (!pending.isEmpty()) {
      byte[] left = image(reaches, Harsh.NONE);
      durable = left;
      durableSize = left.length;
      pending = new ArrayList<>();
    }
  }

  // ---- what a power cut may leave

  /** What a disk may do beyond losing parts. */
  record Harsh(long tornOperation, int tornBytes, Beyond beyond, long seed) {
    /** What the file holds after the length that it had on disk. */
    enum Beyond {
      AS_WRITTEN,

      /** The durable length, whatever reached the disk. */
      ABSENT,

      /** The new length, but nothing of what was written there. */
      ZEROS,
      GARBAGE
    }

    static final Harsh NONE = new Harsh(-1, 0, Beyond.AS_WRITTEN, 0);
  }

  /** The content after a power cut. */
  byte[] image(Choice reaches, Harsh harsh) {
    byte[] before = durable();
    long longest = Math.max(before.length, durableSize);
    for (Pending operation : pending) {
      longest = Math.max(longest, operation.end());
    }
    byte[] content = Arrays.copyOf(before, (int) longest);
    long length = durableSize;
    for (int i = 0; i < pending.size(); i++) {
      Pending operation = pending.get(i);
      if (i == harsh.tornOperation) {
        System.arraycopy(operation.bytes(), 0, content, (int) operation.offset(), harsh.tornBytes);
        length = Math.max(length, operation.offset() + harsh.tornBytes);
        continue;
      }
      for (int part = 0; part < operation.parts(); part++) {
        if (reaches.reaches(i, part)) {
          length = apply(operation, part, content, length);
        }
      }
    }
    return beyond(content, length, harsh);
  }

  private static long apply(Pending operation, int part, byte[] content, long length) {
    byte[] bytes = operation.bytes();
    return switch (operation.kind()) {
      case GROW -> Math.max(length, operation.offset());
      case CUT -> {
        Arrays.fill(content, (int) operation.offset(), content.length, (byte) 0);
        yield Math.min(length, operation.offset());
      }
      case WRITE -> {
        int from = part * SimulatedDisk.SECTOR;
        int count = Math.min(SimulatedDisk.SECTOR, bytes.length - from);
        System.arraycopy(bytes, from, content, (int) operation.offset() + from, count);
        yield Math.max(length, operation.offset() + from + count);
      }
    };
  }

  private byte[] beyond(byte[] content, long length, Harsh harsh) {
    int old = (int) Math.min(durableSize, content.length);
    int longer = (int) Math.max(length, size);
    return switch (harsh.beyond) {
      case AS_WRITTEN -> content.length == length ? content : Arrays.copyOf(content, (int) length);
      case ABSENT -> Arrays.copyOf(content, old);
      case ZEROS -> Arrays.copyOf(Arrays.copyOf(content, old), longer);
      case GARBAGE -> {
        byte[] garbage = new byte[Math.max(longer - old, 0)];
        new java.util.Random(harsh.seed).nextBytes(garbage);
        byte[] all = Arrays.copyOf(content, Math.max(longer, old));
        System.arraycopy(garbage, 0, all, old, garbage.length);
        yield all;
      }
    };
  }

  /** The same file on another disk, as it is after a kill. */
  SimulatedFile copyTo(SimulatedDisk other) {
    SimulatedFile copy = new SimulatedFile(other, path);
    MemorySegment.copy(memory, 0, copy.memory, 0, size);
    copy.size = size;
    copy.durable = durable; // never changed in place
    copy.durableSize = durableSize;
    copy.pending = new ArrayList<>(pending);
    return copy;
  }

  static DatabaseFullException full(Path path) {
    return new DatabaseFullException(path + ": no space left on the simulated disk", null);
  }
}
