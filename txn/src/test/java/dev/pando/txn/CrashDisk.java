package dev.pando.txn;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.DatabaseLockedException;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory with a volatile cache. What processes write is seen at once, by reads and by
 * maps; what a power cut leaves is made from the durable content and any choice of what was not
 * synced: whole writes, sectors, lengths, names of files. The names stand apart from the content,
 * and the length apart from the data: a sync without metadata leaves the durable length as it was.
 *
 * <p>Every call passes a hook first, which may throw. For one thread.
 */
final class CrashDisk implements Storage, AutoCloseable {
  static final int SECTOR = 512;

  /** What is asked of the disk. */
  enum Call {
    READ,
    WRITE,
    GROW,
    TRUNCATE,
    SYNC,
    MAP,
    CREATE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  /** Looks at a call before it takes place, or throws in its stead. */
  @FunctionalInterface
  interface Hook {
    /**
     * A call.
     *
     * @param file null if the call is to the directory
     */
    void before(Call call, @Nullable DiskFile file, long offset, int bytes);
  }

  /** What a power cut may leave of a file. */
  record Image(String kind, byte[] content) {}

  private final Arena arena = Arena.ofConfined();
  private final long capacity;
  private final Set<Path> locks = new HashSet<>();
  private Map<Path, DiskFile> names = new HashMap<>();
  private Map<Path, DiskFile> durableNames = new HashMap<>();
  private boolean dead;
  Hook hook = (call, file, offset, bytes) -> {};

  /** A disk on which each file has room for so many bytes. */
  CrashDisk(long capacity) {
    this.capacity = capacity;
  }

  /** A disk with one file, synced. */
  static CrashDisk with(Path path, byte[] content, long spare) {
    CrashDisk disk = new CrashDisk(content.length + spare);
    DiskFile file = disk.new DiskFile(path);
    file.fill(content, content.length);
    disk.names.put(path, file);
    disk.durableNames.put(path, file);
    return disk;
  }

  DiskFile file(Path path) {
    DiskFile file = names.get(path);
    if (file == null) {
      throw new StorageIoException(path + ": no such file", null);
    }
    return file;
  }

  /** The file that a power cut leaves under a name; null if there may be none. */
  @Nullable DiskFile durableFile(Path path) {
    return durableNames.get(path);
  }

  /** The process is dead: what it still asks for, while it unwinds, fails and changes nothing. */
  void kill() {
    dead = true;
    locks.clear();
  }

  /** The same disk, as the next process finds it after a kill: everything written is there. */
  CrashDisk afterKill() {
    CrashDisk next = new CrashDisk(capacity);
    Map<DiskFile, DiskFile> copies = new HashMap<>();
    names.forEach((path, file) -> next.names.put(path, next.copy(file, copies)));
    durableNames.forEach((path, file) -> next.durableNames.put(path, next.copy(file, copies)));
    return next;
  }

  private DiskFile copy(DiskFile file, Map<DiskFile, DiskFile> copies) {
    return copies.computeIfAbsent(
        file,
        original -> {
          DiskFile copy = new DiskFile(original.path);
          copy.fill(original.live(), original.size);
          copy.durable = original.durable;
          copy.durableSize = original.durableSize;
          copy.pending = new ArrayList<>(original.pending);
          return copy;
        });
  }

  private void happens(Call call, @Nullable DiskFile file, long offset, int bytes) {
    if (dead) {
      throw new Killed();
    }
    hook.before(call, file, offset, bytes);
    if (dead) {
      throw new Killed();
    }
  }

  @Override
  public PageFile open(Path path, boolean writable) {
    return file(path);
  }

  @Override
  public PageFile create(Path path) {
    happens(Call.CREATE, null, 0, 0);
    if (names.containsKey(path)) {
      throw new StorageIoException(path + ": a file of this name exists", null);
    }
    names.put(path, new DiskFile(path));
    return file(path);
  }

  @Override
  public boolean exists(Path path) {
    return names.containsKey(path);
  }

  @Override
  public void delete(Path path) {
    happens(Call.DELETE, null, 0, 0);
    names.remove(path);
  }

  @Override
  public void rename(Path from, Path to) {
    happens(Call.RENAME, null, 0, 0);
    DiskFile file = file(from);
    names.remove(from);
    names.put(to, file);
    file.path = to;
  }

  @Override
  public void syncDirectory(Path directory) {
    happens(Call.SYNC_DIRECTORY, null, 0, 0);
    durableNames = new HashMap<>(names);
  }

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    if (!locks.add(lockFile)) {
      throw new DatabaseLockedException(lockFile.toString(), -1, "it is open already");
    }
    return new MemoryLock(lockFile, () -> locks.remove(lockFile));
  }

  /** Gives the memory back; maps of files must not be used any more. */
  @Override
  public void close() {
    arena.close();
  }

  /** Unwinds what a process was doing when it was killed. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** Something that is not on disk: bytes written, or, without bytes, a length. */
  private record Pending(long offset, byte @Nullable [] bytes) {
    int sectors() {
      return bytes == null ? 1 : Math.max(1, (bytes.length + SECTOR - 1) / SECTOR);
    }

    long end() {
      return bytes == null ? offset : offset + bytes.length;
    }
  }

  /** Decides which sectors of which unsynced operation reach the disk. */
  @FunctionalInterface
  private interface Choice {
    boolean reaches(int operation, int sector);
  }

  /** A file in the cache and on disk. */
  final class DiskFile implements PageFile {
    private Path path;
    private final MemorySegment memory = arena.allocate(capacity, 4096);
    private long size;

    /** Content on disk; may be longer than the length on disk. */
    private byte[] durable = {};

    private long durableSize;
    private List<Pending> pending = new ArrayList<>();

    private DiskFile(Path path) {
      this.path = path;
    }

    private void fill(byte[] content, long length) {
      MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, content.length);
      size = length;
      durable = content;
      durableSize = length;
    }

    /** The content as processes see it: what is left when they all are killed. */
    byte[] live() {
      return memory.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
    }

    CrashDisk disk() {
      return CrashDisk.this;
    }

    int pendingCount() {
      return pending.size();
    }

    // ---- what a power cut may leave

    /**
     * Images in all variants: none, all, every prefix, each write missing, each alone, all subsets
     * if they are few, metas torn, lengths and data apart, random sectors.
     *
     * @param most of each variant that has one image for each write
     * @param randomOnes images of random sectors
     */
    List<Image> images(Random random, int pageSize, int most, int randomOnes) {
      List<Image> images = new ArrayList<>();
      int n = pending.size();
      images.add(image("nothing", (i, s) -> false));
      if (n == 0) {
        return images;
      }
      images.add(image("everything", (i, s) -> true));
      if (n <= 4) {
        for (int subset = 1; subset < (1 << n) - 1; subset++) {
          int bits = subset;
          images.add(image("subset " + bits, (i, s) -> (bits >> i & 1) != 0));
        }
      } else {
        addSingles(images, random, n, most);
      }
      addTornMetas(images, random, pageSize);
      addLengths(images, random);
      for (int k = 0; k < randomOnes; k++) {
        images.add(randomImage(random));
      }
      return images;
    }

    private void addSingles(List<Image> images, Random random, int n, int most) {
      for (int k : sample(random, n, most)) {
        int torn = random.nextInt(pending.get(k).sectors() + 1);
        images.add(image("up to " + k, (i, s) -> i < k || (i == k && s < torn)));
        images.add(image("without " + k, (i, s) -> i != k));
        images.add(image("only " + k, (i, s) -> i == k));
        images.add(image("from " + k, (i, s) -> i > k));
      }
    }

    /** The last ones always, of the others some. */
    private static int[] sample(Random random, int n, int most) {
      return n <= most
          ? java.util.stream.IntStream.range(0, n).toArray()
          : java.util.stream.IntStream.concat(
                  java.util.stream.IntStream.range(n - 2, n),
                  random.ints(most - 2L, 0, n - 2).distinct())
              .toArray();
    }

    /** Metas torn at a border of sectors, in the reverse order, and at any byte. */
    private void addTornMetas(List<Image> images, Random random, int pageSize) {
      for (int k = 0; k < pending.size(); k++) {
        Pending meta = pending.get(k);
        if (meta.bytes == null || meta.offset >= 3L * pageSize) {
          continue;
        }
        int at = k;
        if (meta.sectors() > 1) {
          int border = 1 + random.nextInt(meta.sectors() - 1);
          images.add(image("meta to sector " + border, (i, s) -> i != at || s < border));
          images.add(image("meta from sector " + border, (i, s) -> i != at || s >= border));
        }
        int bytes = 1 + random.nextInt(meta.bytes.length - 1);
        Image without = image("meta to byte " + bytes, (i, s) -> i != at);
        int there = Math.clamp(without.content.length - meta.offset, 0, bytes);
        System.arraycopy(meta.bytes, 0, without.content, (int) meta.offset, there);
        images.add(without);
      }
    }

    /** Every byte written and the old length; the new length and no byte written. */
    private void addLengths(List<Image> images, Random random) {
      if (pending.stream().allMatch(p -> p.bytes != null && p.end() <= durableSize)) {
        return;
      }
      byte[] all = image("", (i, s) -> true).content;
      images.add(new Image("old length", Arrays.copyOf(all, (int) durableSize)));
      images.add(new Image("length, zeros", Arrays.copyOf(onDisk(), (int) size)));
      images.add(new Image("length, garbage", garbage(onDisk(), random)));
      images.add(new Image("all in the old length, garbage", garbage(all, random)));
      long beyond = durableSize;
      byte[] metas =
          image("", (i, s) -> pending.get(i).bytes != null && pending.get(i).end() <= beyond)
              .content;
      images.add(new Image("what is in the old length", metas));
      images.add(new Image("what is in the old length, garbage", garbage(metas, random)));
    }

    private byte[] garbage(byte[] content, Random random) {
      byte[] longer = Arrays.copyOf(content, (int) Math.max(content.length, size));
      byte[] noise = new byte[Math.max(0, longer.length - (int) durableSize)];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, longer, longer.length - noise.length, noise.length);
      return longer;
    }

    /** Each write or each sector reaches the disk or not, as chance has it. */
    Image randomImage(Random random) {
      double share = random.nextDouble();
      boolean sectors = random.nextBoolean();
      long seed = random.nextLong();
      IntPredicate wholeWrites = i -> new Random(seed + i).nextDouble() < share;
      Random each = new Random(seed);
      return sectors
          ? image("sectors " + share, (i, s) -> each.nextDouble() < share)
          : image("writes " + share, (i, s) -> wholeWrites.test(i));
    }

    private byte[] onDisk() {
      return Arrays.copyOf(durable, (int) durableSize);
    }

    private Image image(String kind, Choice choice) {
      long longest = durableSize;
      for (Pending operation : pending) {
        longest = Math.max(longest, operation.end());
      }
      byte[] content = Arrays.copyOf(durable, (int) Math.max(longest, durable.length));
      long length = durableSize;
      for (int i = 0; i < pending.size(); i++) {
        Pending operation = pending.get(i);
        byte[] bytes = operation.bytes;
        for (int s = 0; s < operation.sectors(); s++) {
          if (!choice.reaches(i, s)) {
            continue;
          }
          if (bytes == null) {
            Arrays.fill(content, (int) operation.offset, content.length, (byte) 0);
            length = Math.min(length, operation.offset);
          } else {
            int from = s * SECTOR;
            int count = Math.min(SECTOR, bytes.length - from);
            System.arraycopy(bytes, from, content, (int) operation.offset + from, count);
            length = Math.max(length, operation.offset + from + count);
          }
        }
      }
      return new Image(kind + " of " + pending.size(), Arrays.copyOf(content, (int) length));
    }

    /**
     * A sync fails as kernels let it fail: a part reached the disk, the rest is taken for clean and
     * is never written, though everybody still reads it from the cache.
     */
    void loseUnsynced(Random random) {
      byte[] left = randomImage(random).content;
      durable = left;
      durableSize = left.length;
      pending = new ArrayList<>();
    }

    // ---- what the database asks for

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
      int bytes = target.remaining();
      happens(Call.READ, this, offset, bytes);
      if (offset + bytes > size) {
        throw new CorruptFileException(path.toString(), -1, "the file ends at " + size);
      }
      target.put(memory.asSlice(offset, bytes).asByteBuffer());
    }

    @Override
    public void write(ByteBuffer source, long offset) {
      happens(Call.WRITE, this, offset, source.remaining());
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      apply(bytes, offset);
    }

    /** Writes; also for a hook that lets a part of a write happen. */
    void apply(byte[] bytes, long offset) {
      if (offset + bytes.length > capacity) {
        throw new DatabaseFullException(path + ": no space left", null);
      }
      MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
      size = Math.max(size, offset + bytes.length);
      pending.add(new Pending(offset, bytes));
    }

    @Override
    public void grow(long newSize) {
      happens(Call.GROW, this, newSize, 0);
      if (newSize > size) {
        apply(new byte[(int) (newSize - size)], size);
      }
    }

    @Override
    public void truncate(long newSize) {
      happens(Call.TRUNCATE, this, newSize, 0);
      if (newSize < size) {
        memory.asSlice(newSize, size - newSize).fill((byte) 0);
        size = newSize;
        pending.add(new Pending(newSize, null));
      }
    }

    @Override
    public void sync(boolean metadataToo) {
      happens(Call.SYNC, this, 0, 0);
      durable = live();
      pending = new ArrayList<>();
      if (metadataToo) {
        durableSize = size;
      } else if (durableSize != size) {
        durable = Arrays.copyOf(durable, (int) Math.max(size, durableSize));
        pending.add(size < durableSize ? new Pending(size, null) : new Pending(size, new byte[0]));
      }
    }

    @Override
    public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
      happens(Call.MAP, this, 0, 0);
      long bytes = pageCount * pageSize;
      if (bytes > size) {
        throw new CorruptFileException(path.toString(), -1, "the file ends at " + size);
      }
      MemorySegment shown = memory.asSlice(0, bytes).asReadOnly();
      Arena owner = Arena.ofConfined();
      return PageMap.over(path.toString(), shown, owner, pageSize, pageCount, mode, previous);
    }

    @Override
    public boolean tryLock(boolean exclusive) {
      return true;
    }

    @Override
    public void close() {}
  }
}
