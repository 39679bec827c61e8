package dev.pando.txn.file;

import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.pager.Checksums;
import dev.pando.pager.DecodedPages;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.txn.events.Change;
import dev.pando.txn.events.Count;
import dev.pando.txn.events.Counters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The database file as the writer uses it: pages are written by number, the file is extended ahead
 * of them in steps, and the newest map follows. Only the holder of the writer's turn may call it,
 * except for mapping, syncing and {@link #failure}.
 */
public final class DataFile {
  /**
   * Pages for one delete: it copies a leaf and its neighbour, both up to {@link
   * dev.pando.pager.PageHeader#MAX_LEAF_PAGES} pages, the branches above, and pages of the catalog
   * and the free tree.
   */
  private static final long LEAST_RESERVE = 32;

  /** One page of this many is reserved for the free tree, whose records may all change. */
  private static final long RESERVE_SHARE = 128;

  /** At most one page of this many is reserved: small files would hold little else. */
  private static final long MOST_RESERVE_SHARE = 16;

  /** Writes of fewer bytes get room ahead of need. */
  private static final long SMALL = 256 << 10;

  /** Bytes; the file is not truncated for less. */
  private static final long SLACK = 1 << 20;

  /** Bytes by which the file grows, allocated first, if the disk does not report its free space. */
  private static final long LARGE = 1 << 20;

  /** Bytes of the disk left to other programs while room is not taken at once. */
  private static final long OTHERS = 4 << 20;

  private static final long MIN_STEP = 64 << 10;
  private static final long MAX_STEP = 64 << 20;

  private final PageFile file;
  private final LockFile lock;
  private final int pageSize;
  private final Checksums checksums;
  private final long maxSize;
  private final long growthStep;
  private final boolean follower;
  private volatile PageMap map;

  /**
   * At most the size of the file, in bytes. Volatile for the early writer, which only extends the
   * file: if one of two updates is lost, the size is read again.
   */
  private volatile long size;

  /** Bytes up to which its growth is counted. */
  private long counted;

  /** The end of the file at the beginning of the running transaction, in bytes. */
  private long sizeBefore;

  /** Bytes of the largest file that the disk reported room for in the running transaction. */
  private long roomUpTo;

  /** It has none for a file of so many. */
  private long noRoomFrom;

  /**
   * A length, in bytes, from which the file could not grow, although the disk may report room:
   * there may be a quota. Volatile for the early writer.
   */
  private volatile long failedFrom = Long.MAX_VALUE;

  /** It could not grow to this length then. */
  private volatile long failedTo;

  /** Whether room was taken in the running transaction before it was needed. */
  private boolean grew;

  /** The reason why the file could not grow; null after it could. Volatile for the early writer. */
  private volatile @Nullable DatabaseFullException full;

  private final FailureLatch failure;
  private final FileSync sync;
  private final Counters counters;

  /**
   * Wraps a file and a map of all its pages.
   *
   * @param map its one reference passes to this object
   * @param lock where processes record that the length must reach the disk
   */
  public DataFile(PageFile file, PageMap map, LockFile lock, Settings settings) {
    this.file = file;
    this.lock = lock;
    this.failure = new FailureLatch(map.name(), lock);
    this.counters = new Counters(map.name());
    this.sync = new FileSync(file, lock, failure, counters);
    map.damage().listen(counters::damaged);
    this.map = map;
    this.pageSize = map.pageSize();
    this.checksums = settings.checksums();
    this.maxSize = settings.maxSize();
    this.growthStep = settings.growthStep();
    this.follower = settings.follower();
    this.size = file.size();
    this.counted = size;
    DecodedPages decoded = map.decoded();
    if (decoded != null) {
      decoded.limit(settings.branchMemory());
    }
  }

  /** The newest map. */
  public PageMap map() {
    return map;
  }

  public int pageSize() {
    return pageSize;
  }

  public String name() {
    return map.name();
  }

  /** Whether transactions may write it: those of a follower only read. */
  public boolean writable() {
    return file.writable() && !follower;
  }

  /** What is counted of this file and its database. */
  public Counters counters() {
    return counters;
  }

  // ---- growing

  /** Begins a write transaction: the disk is asked again for its free space. */
  public void beginGrowth() {
    sizeBefore = size;
    roomUpTo = 0;
    noRoomFrom = Long.MAX_VALUE;
    grew = false;
  }

  /** The limit of the file, in whole pages. */
  private long mostBytes() {
    return maxSize / pageSize * pageSize;
  }

  /**
   * Pages that the file can certainly have: its present pages if the disk is full, otherwise the
   * limit.
   */
  public long surePages() {
    return Math.min(full == null ? Long.MAX_VALUE : size, mostBytes()) / pageSize;
  }

  /**
   * Whether there is room for pages up to {@code pageCount}, whose numbers are about to be
   * assigned. When they are written it is too late to use others instead. Usually it is enough to
   * ask the disk. When the disk has little room, or does not report it, the room is allocated at
   * once.
   */
  public boolean hasRoom(long pageCount) {
    long needed = pageCount * pageSize;
    return needed <= size || needed <= roomUpTo || lookForRoom(needed);
  }

  /** Whether the disk reports plenty of room for a file of so many pages, and none is missing. */
  public boolean isRoomy(long pageCount) {
    long needed = pageCount * pageSize;
    return full == null && needed <= mostBytes() && (needed <= size || isPlenty(needed));
  }

  private boolean lookForRoom(long needed) {
    if (needed > mostBytes() || needed >= noRoomFrom) {
      return false;
    }
    size = file.size();
    if (needed <= size || (full == null && isPlenty(needed))) {
      return true;
    }
    try {
      lock.addLength();
      grew = true;
      growAhead(needed, Math.min(Math.max(needed, size + MIN_STEP), mostBytes()));
      return true;
    } catch (DatabaseFullException e) {
      noRoomFrom = needed;
      return false;
    }
  }

  private boolean isPlenty(long needed) {
    long room = file.room();
    if (room == Long.MAX_VALUE) { // not known
      roomUpTo = needed - sizeBefore > LARGE ? mostBytes() : 0;
    } else {
      roomUpTo = Math.min(size + Math.max(room - OTHERS, 0), mostBytes());
    }
    roomUpTo = Math.min(roomUpTo, failedFrom);
    return needed <= roomUpTo;
  }

  /** Grows, to {@code ahead} if that is possible. */
  private void growAhead(long needed, long ahead) {
    Change growth = counters.growthBegins();
    try {
      file.grow(ahead);
      full = ahead > needed ? null : full;
      failedFrom = ahead >= failedTo ? Long.MAX_VALUE : failedFrom;
    } catch (DatabaseFullException e) {
      hasFailedToGrow(size, ahead, e);
      if (needed > file.size()) {
        file.grow(needed); // no room for more than what is wanted now
      }
    } finally {
      size = file.size();
      counters.grew(growth, counted, size);
      counted = size;
    }
  }

  private void hasFailedToGrow(long from, long to, DatabaseFullException why) {
    full = why;
    failedFrom = from;
    failedTo = to;
  }

  /**
   * There is no room.
   *
   * @param pageCount pages that the transaction would need
   * @param advice what else can be done
   */
  public DatabaseFullException full(long pageCount, String advice) {
    DatabaseFullException cause = full;
    if (cause != null && pageCount <= maxSize / pageSize) {
      return new DatabaseFullException(cause.getMessage() + "; or: " + advice, cause);
    }
    return new DatabaseFullException(
        "%s: the transaction needs %d pages of %d bytes, the limit is %d bytes; raise the limit; or: %s"
            .formatted(name(), pageCount, pageSize, maxSize, advice),
        null);
  }

  /**
   * Makes room for pages up to {@code pageCount}. A small commit finds blocks that were allocated
   * before: writing into them and syncing takes half the time of growing the file. Many pages are
   * written directly after the end, instead of twice, first as zeros.
   *
   * @param bytes about to be written
   */
  public void prepare(long pageCount, long bytes) {
    long needed = pageCount * pageSize;
    if (needed <= size && !grew) {
      return;
    }
    grew = false;
    size = file.size();
    lock.addLength();
    if (bytes < SMALL) {
      long ahead = isFull() ? needed : Math.min(needed + step(), mostBytes());
      growAhead(needed, Math.max(needed, ahead));
    }
  }

  private long step() {
    long step = growthStep > 0 ? growthStep : Math.clamp(size / 8, MIN_STEP, MAX_STEP);
    return Math.max(step / pageSize, 1) * pageSize;
  }

  /** Writes pages that follow each other in memory and in the file. */
  public void write(MemorySegment memory, long offset, long bytes, long pgno) {
    if (!lock.isMember()) {
      throw failure.lost();
    }
    try {
      file.write(memory.asSlice(offset, bytes).asByteBuffer(), pgno * pageSize);
    } catch (DatabaseFullException e) {
      hasFailedToGrow(pgno * pageSize, pgno * pageSize + bytes, e);
      throw e;
    }
    counters.add(Count.BYTES_WRITTEN, bytes);
    size = Math.max(size, pgno * pageSize + bytes);
  }

  /** Counts by how much the pages that were written after the end have extended the file. */
  public void countGrowth() {
    if (size > counted) {
      counters.grew(counters.growthBegins(), counted, size);
      counted = size;
    }
  }

  /** Extends the file for pages that were freed again before they were written. */
  public void fill(long pageCount) {
    if (pageCount * pageSize > size) {
      lock.addLength();
      growAhead(pageCount * pageSize, pageCount * pageSize);
    }
  }

  /**
   * Makes the newest map show all pages below {@code pageCount}.
   *
   * @return the map that was the newest until now, for the caller to release when it is unused, or
   *     null if it shows them already
   */
  public synchronized @Nullable PageMap mapUpTo(long pageCount) {
    if (pageCount <= map.pageCount()) {
      return null;
    }
    PageMap before = map;
    map = file.map(pageSize, file.size() / pageSize, checksums, before);
    return before;
  }

  /**
   * Makes the newest map show only so many pages: the file is about to be truncated.
   *
   * @return the map that was the newest until now, for the caller to release when it is unused
   */
  public synchronized PageMap mapOnly(long pageCount) {
    PageMap before = map;
    map = file.map(pageSize, pageCount, checksums, before);
    return before;
  }

  /** Whether enough of the file is unused to truncate it. */
  public boolean isMuchLongerThan(long pageCount) {
    return size - pageCount * pageSize > 2 * step() + SLACK;
  }

  /** A map for a check: every page is verified again. The caller releases it. */
  public PageMap mapForCheck(long pageCount) {
    return file.map(pageSize, pageCount, Checksums.ALWAYS, null);
  }

  /** Lets pages be read with calls if the file has no room in memory. */
  void lookAtMemory() {
    if (file.lookAtMemory()) {
      synchronized (this) { // a longer map that is made meanwhile would copy the bits
        map.fetchAgain();
      }
    }
  }

  /** The file itself, for reading meta slots. */
  public PageFile file() {
    return file;
  }

  /** Writes a meta slot. From now until the sync returns it is unknown which meta is on disk. */
  public void writeMeta(MemorySegment page, int slot) {
    failure.check();
    try {
      file.write(page.asByteBuffer(), (long) slot * pageSize);
      counters.add(Count.BYTES_WRITTEN, pageSize);
    } catch (StorageException e) {
      throw failure.fail("write of a meta", e);
    } catch (RuntimeException | VirtualMachineError e) {
      failure.latch();
      throw e;
    }
  }

  /**
   * Writes a record of the commit log, which is on disk when this returns. Runs beside {@link
   * #sync}: each has a channel of its own, and the kernel reports lost data to both.
   */
  public void writeLog(ByteBuffer record, long position) {
    failure.check();
    if (!lock.isMember()) {
      throw failure.lost();
    }
    int bytes = record.remaining();
    counters.logWriteBegins();
    try {
      file.writeThrough(record, position);
    } catch (StorageException e) {
      throw failure.fail("write of the commit log", e);
    } catch (RuntimeException | VirtualMachineError e) {
      failure.latch();
      throw e;
    }
    counters.logWritten(bytes);
  }

  /** Fills pages with zeros. */
  public void clear(long pgno, long pages) {
    lock.addLength();
    MemorySegment zeros = Arena.ofAuto().allocate(MIN_STEP, pageSize);
    for (long at = 0; at < pages * pageSize; at += MIN_STEP) {
      write(zeros, 0, Math.min(MIN_STEP, pages * pageSize - at), pgno + at / pageSize);
    }
  }

  /** Syncs everything written. */
  public void sync() {
    sync.all();
  }

  /** Syncs pages that were written early; the commit syncs the file's length. */
  public void syncEarly() {
    sync.content();
  }

  /** Where a failure after which it is unknown what is on disk ends all writing. */
  public FailureLatch failure() {
    return failure;
  }

  /** Another process may have changed the file's length. */
  public void lookAtSize() {
    size = file.size();
    counted = size;
  }

  /** Whether the disk had no room when the file was last to grow. */
  public boolean isFull() {
    return full != null;
  }

  /** Whether the running transaction extended the file by much. */
  public boolean hasGrown() {
    return size - sizeBefore > SLACK;
  }

  /** Bytes in the file, as far as this object knows. */
  public long knownSize() {
    return size;
  }

  /** Bytes in the file. */
  public long size() {
    return file.size();
  }

  /** Pages that a database of so many keeps at least for deletes. */
  public static long leastReserve(long pageCount) {
    return Math.min(LEAST_RESERVE + pageCount / RESERVE_SHARE, pageCount / MOST_RESERVE_SHARE);
  }

  /**
   * Pages that the file keeps when it is truncated: on a full disk others would take their room.
   */
  public long withReserve(long pageCount) {
    return full == null ? pageCount : pageCount + leastReserve(pageCount);
  }

  /** Truncates what an aborted transaction extended the file by, except what is mapped. */
  public void cutTo(long bytes) {
    long target = Math.max(bytes, map.pageCount() * pageSize);
    long before = file.size();
    if (before > target) {
      lock.addLength();
      truncate(before, target);
    }
    size = file.size();
  }

  private void truncate(long before, long target) {
    countGrowth();
    Change truncation = counters.truncationBegins();
    file.truncate(target);
    counters.truncated(truncation, before, target);
    counted = target;
  }

  /**
   * Truncates what was allocated ahead and closes. All maps must be released.
   *
   * @param pageCount of the longest commit that a slot holds; 0 if others have the file open
   */
  public void close(long pageCount) {
    try {
      // After a failure a commit with more pages may be on disk.
      boolean longer = pageCount > 0 && file.size() / pageSize > withReserve(pageCount);
      if (longer && !failure.isSet() && !file.hasReaders()) {
        truncate(file.size(), withReserve(pageCount) * pageSize);
      }
    } finally {
      file.close();
    }
  }
}
