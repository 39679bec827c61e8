package dev.pando.testkit;

import dev.pando.Disk;
import dev.pando.Options;
import dev.pando.error.StorageIoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that loses what was not synced. Databases on it behave as on a file: the same
 * code reads and writes their pages. What processes write is seen at once by all of them; {@link
 * #powerCuts} tells what a power cut may leave at this moment, {@link #afterKill} what is there
 * after all processes were killed.
 *
 * {@snippet :
 * Path path = Path.of("/simulated/data.pando");
 * try (SimulatedDisk disk = new SimulatedDisk()) {
 *   Database db = Database.open(path, disk.options(Options.defaults()));
 *   disk.onCall((call, file, offset, bytes) -> {
 *     if (call == SimulatedDisk.Call.SYNC) {
 *       disk.powerCuts(42).forEach((kind, left) -> verify(path, left));
 *     }
 *   });
 *   work(db);
 *   db.close();
 * }
 * }
 *
 * <p>A power cut leaves, of every write since the last sync, any sectors of 512 bytes in any
 * combination, and of names and lengths likewise. It does not change sectors that were not written.
 * Thread-safe; the disk does nothing else while a hook runs.
 */
public final class SimulatedDisk implements AutoCloseable {
  /** What reaches the disk or not as a whole, in bytes. */
  public static final int SECTOR = 512;

  private static final long DEFAULT_CAPACITY = 64 << 20;

  /** The room that a disk reports which is not full, in bytes. */
  private static final long PLENTY = 1L << 50;

  /** Memory of files that are gone, filled with zeros, for the next ones. */
  private static final ConcurrentLinkedQueue<MemorySegment> SPARE = new ConcurrentLinkedQueue<>();

  /** What is asked of the disk. */
  public enum Call {
    /** A file is opened. */
    OPEN,
    /** A part of a file is read by a call, not through a map. */
    READ,
    /** Bytes are written. */
    WRITE,
    /** A file is extended; the offset is its new length. */
    GROW,
    /** A file is truncated; the offset is its new length. */
    TRUNCATE,
    /** What was written to a file is put on disk. */
    SYNC,
    /** What was just written to a part of a file is put on disk. */
    SYNC_RANGE,
    /** A file is mapped. */
    MAP,
    /** A file is created. */
    CREATE,
    /** A file is renamed. */
    RENAME,
    /** A file is deleted. */
    DELETE,
    /** The names of files are put on disk. */
    SYNC_DIRECTORY
  }

  /** Looks at a call before it takes place, or throws in its stead. */
  @FunctionalInterface
  public interface Hook {
    /**
     * A call.
     *
     * @param file null if the call is not to an open file
     * @throws PartlyWritten if a part of a write is to take place
     */
    void before(Call call, @Nullable Path file, long offset, long bytes);
  }

  /** An operation on names that is not on disk yet. */
  record NameChange(@Nullable Path removed, @Nullable Path added, @Nullable SimulatedFile file) {}

  private final long capacity;
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private final Set<Long> alive = ConcurrentHashMap.newKeySet();
  private long processesEver;
  private final List<SimulatedFile> all = new ArrayList<>();
  private final Map<Path, SimulatedLock.Shared> lockFiles = new HashMap<>();
  private final Map<SimulatedFile, ByteLocks> fileLocks = new HashMap<>();
  private Map<Path, SimulatedFile> names = new HashMap<>();
  private Map<Path, SimulatedFile> durableNames = new HashMap<>();
  private List<NameChange> pendingNames = new ArrayList<>();
  private long limit = Long.MAX_VALUE;
  private boolean tellsRoom;
  private boolean lies;
  private Hook hook = (call, file, offset, bytes) -> {};

  /** A disk on which each file has room for 64 MiB. */
  public SimulatedDisk() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * A disk.
   *
   * @param capacity bytes for which each file has room; memory is taken for all of them at once
   */
  public SimulatedDisk(long capacity) {
    this.capacity = capacity;
  }

  /** Options that open a database on this disk, as a process of its own. */
  public synchronized Options options(Options base) {
    return base.withDisk(process());
  }

  /** A process that uses this disk, for {@link Options#withDisk}. */
  public synchronized Disk process() {
    SimulatedProcess process = new SimulatedProcess(this, ++processesEver);
    boolean _ = alive.add(processesEver);
    processes.add(process);
    return process;
  }

  /** Takes no lock: a process may ask while it holds some of its own. */
  boolean isAlive(long process) {
    return alive.contains(process);
  }

  void died(long process) {
    boolean _ = alive.remove(process);
  }

  /** Sets what looks at each call. */
  public synchronized void onCall(Hook value) {
    hook = value;
  }

  /**
   * Limits the disk: it is full when a file has this many bytes.
   *
   * @param told whether a process that asks gets the room that is left
   */
  public synchronized void fullAt(long bytes, boolean told) {
    limit = bytes;
    tellsRoom = told;
  }

  /**
   * Makes the disk report that parts of files are synced when they are not. No store survives a
   * power cut on such a disk: a test of a program should fail on it.
   */
  public synchronized void lieAboutRanges(boolean value) {
    lies = value;
  }

  boolean liesAboutRanges() {
    return lies;
  }

  /**
   * Kills all processes: what they still ask for while they unwind fails with a {@link KilledError}
   * and changes nothing.
   */
  public synchronized void kill() {
    processes.forEach(SimulatedProcess::kill);
    processes.clear();
  }

  /** Kills the process that was begun last with {@link #options} or {@link #process}. */
  public synchronized void killLast() {
    processes.removeLast().kill();
  }

  /**
   * Kills one process that was begun with {@link #process}; the others go on after {@link #bury}.
   */
  public synchronized void kill(Disk process) {
    if (!(process instanceof SimulatedProcess known) || !processes.remove(known)) {
      throw new IllegalArgumentException("no process of this disk, or a dead one");
    }
    lockFiles.values().forEach(SimulatedLock.Shared::save);
    known.kill();
  }

  /**
   * The process killed last has unwound: undoes what it did to the lock file's memory meanwhile,
   * which a dead one does not do.
   */
  public synchronized void bury() {
    lockFiles.values().forEach(SimulatedLock.Shared::restore);
  }

  /**
   * The same disk as the next process finds it after all were killed: what was written is there.
   */
  public synchronized SimulatedDisk afterKill() {
    SimulatedDisk next = new SimulatedDisk(capacity);
    Map<SimulatedFile, SimulatedFile> copies = new HashMap<>();
    all.forEach(file -> copies.put(file, next.add(file.copyTo(next))));
    names.forEach((path, file) -> next.names.put(path, copies.get(file)));
    durableNames.forEach((path, file) -> next.durableNames.put(path, copies.get(file)));
    for (NameChange change : pendingNames) {
      next.pendingNames.add(new NameChange(change.removed, change.added, copies.get(change.file)));
    }
    return next;
  }

  /** What power cuts may leave at this moment; the seed decides where not all is tried. */
  public CrashImages powerCuts(long seed) {
    return new CrashImages(this, new Random(seed));
  }

  /**
   * Prepares a sync that fails as kernels let it fail: some of the bytes written to a file reached
   * the disk, the others are taken for clean and are never written, although processes still read
   * them. The hook that calls this throws afterwards.
   */
  public synchronized void loseUnsynced(Path path, Random random) {
    double share = random.nextDouble();
    file(path).lose((operation, part) -> random.nextDouble() < share);
  }

  /** The bytes of a file as processes see them. */
  public synchronized byte[] content(Path path) {
    return file(path).content();
  }

  /**
   * Puts a file on the disk, synced. A file that is there gets this content; no process may have it
   * open. Cheap enough for hundreds of thousands of files in turn.
   */
  public synchronized void put(Path path, byte[] content) {
    SimulatedFile there = names.get(path);
    SimulatedFile file = there == null ? add(new SimulatedFile(this, path)) : there;
    file.set(content, content.length);
    names.put(path, file);
    durableNames.put(path, file);
  }

  /** Flips bits of one byte of a file, on the disk and for the processes that read it. */
  public synchronized void flip(Path path, long at, int bits) {
    file(path).flip(at, bits);
  }

  /** Whether there is a file of this name. */
  public synchronized boolean exists(Path path) {
    return names.containsKey(path);
  }

  synchronized boolean isEmpty(Path path) {
    SimulatedFile file = names.get(path);
    return file != null && file.size() == 0;
  }

  /** Whether anything is not on disk. */
  public synchronized boolean isDirty() {
    return !pendingNames.isEmpty() || all.stream().anyMatch(file -> !file.pending().isEmpty());
  }

  /** Gives the memory back; databases on it must not be used any more. */
  @Override
  public synchronized void close() {
    all.forEach(SimulatedFile::end);
    all.clear();
  }

  // ---- for processes

  void happens(Call call, @Nullable SimulatedFile file, long offset, long bytes) {
    hook.before(call, file == null ? null : file.path(), offset, bytes);
  }

  synchronized SimulatedFile file(Path path) {
    SimulatedFile file = names.get(path);
    if (file == null) {
      throw new StorageIoException(path + ": no such file on the simulated disk", null);
    }
    return file;
  }

  SimulatedFile create(Path path) {
    if (names.containsKey(path)) {
      throw new StorageIoException(path + ": a file of this name exists", null);
    }
    SimulatedFile file = add(new SimulatedFile(this, path));
    names.put(path, file);
    pendingNames.add(new NameChange(null, path, file));
    return file;
  }

  synchronized boolean isNamed(SimulatedFile file, Path path) {
    return names.get(path) == file;
  }

  private SimulatedFile add(SimulatedFile file) {
    all.add(file);
    return file;
  }

  void delete(Path path) {
    if (names.remove(path) != null) {
      pendingNames.add(new NameChange(path, null, null));
    }
  }

  void rename(Path from, Path to) {
    SimulatedFile file = file(from);
    names.remove(from);
    names.put(to, file);
    file.rename(to);
    pendingNames.add(new NameChange(from, to, file));
  }

  void syncNames() {
    durableNames = new HashMap<>(names);
    pendingNames = new ArrayList<>();
  }

  synchronized SimulatedLock.Shared lockFile(Path path) {
    return lockFiles.computeIfAbsent(path, p -> new SimulatedLock.Shared());
  }

  synchronized ByteLocks fileLocks(SimulatedFile file) {
    return fileLocks.computeIfAbsent(file, f -> new ByteLocks());
  }

  synchronized void freeLocks(SimulatedProcess process) {
    lockFiles.values().forEach(lock -> lock.free(process));
    fileLocks.values().forEach(locks -> locks.unlockAll(process));
  }

  void checkRoom(Path path, long size) {
    if (size > Math.min(capacity, limit)) {
      throw SimulatedFile.full(path);
    }
  }

  synchronized long room(SimulatedFile file) {
    if (limit == Long.MAX_VALUE) {
      return PLENTY;
    }
    return tellsRoom ? Math.max(limit - file.size(), 0) : Long.MAX_VALUE;
  }

  MemorySegment takeMemory() {
    MemorySegment memory = SPARE.poll();
    return memory != null && memory.byteSize() >= capacity
        ? memory
        : Arena.ofAuto().allocate(capacity, 4096);
  }

  void giveMemoryBack(MemorySegment memory, long used) {
    memory.asSlice(0, used).fill((byte) 0);
    SPARE.add(memory);
  }

  // ---- for images

  List<NameChange> pendingNames() {
    return pendingNames;
  }

  List<SimulatedFile> files() {
    return all;
  }

  long capacity() {
    return capacity;
  }

  /** A disk whose names are the durable ones and the changes that reached the disk. */
  Map<Path, SimulatedFile> namesAfter(java.util.function.IntPredicate reaches) {
    Map<Path, SimulatedFile> left = new HashMap<>(durableNames);
    for (int i = 0; i < pendingNames.size(); i++) {
      NameChange change = pendingNames.get(i);
      if (!reaches.test(i)) {
        continue;
      }
      if (change.removed != null) {
        left.remove(change.removed);
      }
      if (change.added != null) {
        left.put(change.added, change.file);
      }
    }
    return left;
  }
}
