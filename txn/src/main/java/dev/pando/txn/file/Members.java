package dev.pando.txn.file;

import static dev.pando.pager.PageHeader.LIMIT_U48;
import static dev.pando.txn.file.LockBlocks.LONG;

import dev.pando.error.DatabaseLockedException;
import dev.pando.pager.LockWait;
import dev.pando.pager.PageHeader;
import dev.pando.pager.ProcessName;
import dev.pando.pager.StorageLock;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The processes that have the database open, each with a record in the lock file, and which of them
 * live.
 *
 * <p>A live process holds the lock of its record. The kernel frees that lock when the process ends,
 * but also when the program closes any descriptor of the lock file: because it copied it, for
 * example. So a free lock alone proves nothing. The record names the process, and the system is
 * asked for it by that name. Where the system does not know it, such as for a process in another
 * container, the record has a word that its process changes ten times a second: one that does not
 * change for {@link #WATCH_NANOS} belongs to a dead process.
 *
 * <p>A session is a process's time in the record. Its number has the record's in its last bits and
 * is never given out twice.
 *
 * <p>See DECISIONS.md, 'Life of a process'.
 */
public final class Members {
  /** Processes that can have the database open at a time. */
  static final int MOST = 500;

  static final long RECORD_BYTES = 128;

  /** The highest number of pages whose bytes a long can count. */
  private static final long MOST_PAGES = Long.MAX_VALUE / PageHeader.MAX_PAGE_SIZE;

  private static final int INDEX_BITS = 9;
  private static final long INDEX = (1 << INDEX_BITS) - 1;

  // In a record:

  /** The session; 0 while no process has the record. */
  private static final long SESSION = 0;

  private static final long PID = 8;
  private static final long START = 16;
  private static final long BOOT = 24;
  private static final long PLACE = 32;

  /** Which lock file the record is in: a copy of a lock file has records of live processes. */
  private static final long FILE = 40;

  /** Changes while the process lives. */
  private static final long BEAT = 48;

  /** Pages of the longest map of the data file that the process has. */
  private static final long MAPPED_PAGES = 56;

  /**
   * One more than the oldest snapshot that the process reads without a slot; 0 if it does not. It
   * may read all newer ones.
   */
  private static final long FLOOR = 64;

  /** Nanoseconds without a beat after which a process is dead; it beats every 0.1 s. */
  public static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private enum Verdict {
    ALIVE,
    DEAD,
    WATCHED
  }

  /** What was seen of a process that the system does not know. */
  private record Watch(long beat, long since) {}

  private final StorageLock file;
  private final MemorySegment records;

  private final MemorySegment header;

  /** Where the number of the last session is. */
  private final long counter;

  /** Where it says how many records were ever used. */
  private final long used;

  private final long locks;

  /** Records that there are. */
  private final int most;

  private final Map<Long, Watch> watches = new HashMap<>();

  /** Sessions that live without their locks, each logged once. */
  private final Set<Long> logged = new HashSet<>();

  private long session;

  /** The highest number of records that was seen; volatile so that it is read before the word. */
  private volatile int usedBefore;

  /**
   * The records of a lock file; one in private memory.
   *
   * @param counter where in the header the number of the last session is
   * @param used where it says how many records were ever used
   * @param first where the records are
   * @param locks the byte that record 0 locks; the others follow
   */
  Members(StorageLock file, MemorySegment header, long counter, long used, long first, long locks) {
    this.file = file;
    this.header = header;
    this.counter = counter;
    this.used = used;
    this.locks = locks;
    records = header.asSlice(first);
    most = (int) Math.min(MOST, records.byteSize() / RECORD_BYTES);
  }

  private long get(int index, long word) {
    return (long) LONG.getVolatile(records, index * RECORD_BYTES + word);
  }

  private void set(int index, long word, long value) {
    LONG.setVolatile(records, index * RECORD_BYTES + word, value);
  }

  private static int index(long session) {
    return (int) (session & INDEX);
  }

  /** Records that may be in use: all have lower numbers. A lower number would hide processes. */
  private int used() {
    int least = usedBefore; // before the word, which only rises
    long found = (long) LONG.getVolatile(header, used);
    if (found != least) {
      usedBefore = (int) LockBlocks.checked(file, "number of processes", found, least, most);
    }
    return (int) found;
  }

  /** Describes what this process found, which is alone: no record but its own is used. */
  void describe() {
    LONG.setVolatile(header, used, index(session) + 1L);
    usedBefore = index(session) + 1;
  }

  /** The session of this process; 0 before {@link #join}. */
  long session() {
    return session;
  }

  /** Takes a record. */
  synchronized void join() {
    int index = claim();
    if (index < 0) {
      Verdict _ = evictDead(most);
      index = claim();
    }
    if (index < 0) {
      throw new DatabaseLockedException(
          file.path().toString(),
          -1,
          "%d processes have the database open, more is not possible; close it in one of them"
              .formatted(MOST));
    }
    long number = (long) LONG.getAndAdd(header, counter, 1L) + 1;
    session = (number << INDEX_BITS) | index;
    ProcessName self = file.self();
    set(index, PID, self.pid());
    set(index, START, self.start());
    set(index, BOOT, self.boot());
    set(index, PLACE, self.place());
    set(index, FILE, file.fileNumber());
    set(index, BEAT, System.nanoTime());
    set(index, MAPPED_PAGES, 0);
    set(index, FLOOR, 0);
    addUsed(index + 1L);
    usedBefore = index + 1;
    set(index, SESSION, session);
  }

  private void addUsed(long count) {
    long before = (long) LONG.getVolatile(header, used);
    while (before < count && !LONG.compareAndSet(header, used, before, count)) {
      before = (long) LONG.getVolatile(header, used);
    }
  }

  /** A free record, locked by this call; -1 if there is none. */
  private int claim() {
    for (int i = 0; i < most; i++) {
      if (get(i, SESSION) == 0 && (!file.writable() || file.tryLock(locks + i, true))) {
        if (get(i, SESSION) == 0) {
          return i;
        }
        file.unlock(locks + i);
      }
    }
    return -1;
  }

  /** Gives the record back: the session has ended. */
  synchronized void leave() {
    if (isMember()) {
      set(index(session), SESSION, 0);
    }
  }

  /** Whether the record still names this session. */
  boolean isMember() {
    return session != 0 && get(index(session), SESSION) == session;
  }

  /** Says that this process lives. */
  void beat(long now) {
    if (isMember()) {
      set(index(session), BEAT, now);
    }
  }

  /**
   * Whether a session has ended: its process has left, or is dead. False while that is unknown;
   * then ask again later.
   */
  public synchronized boolean hasEnded(long other) {
    return other != session && look(other) == Verdict.DEAD;
  }

  private Verdict look(long other) {
    int index = index(other);
    if (index >= most || get(index, SESSION) != other) {
      return Verdict.DEAD;
    }
    if (!file.tryLock(locks + index, true)) {
      Watch _ = watches.remove(other);
      return Verdict.ALIVE;
    }
    file.unlock(locks + index);
    return lookWithoutLock(index, other);
  }

  private Verdict lookWithoutLock(int index, long other) {
    ProcessName name =
        new ProcessName(get(index, PID), get(index, START), get(index, BOOT), get(index, PLACE));
    ProcessName.Life life = file.lifeOf(name);
    if (life == ProcessName.Life.ALIVE && get(index, FILE) != file.fileNumber()) {
      life = ProcessName.Life.UNKNOWN; // this is a copy of the lock file in which it has a record
    }
    Verdict verdict =
        switch (life) {
          case ALIVE -> Verdict.ALIVE;
          case DEAD -> Verdict.DEAD;
          case UNKNOWN -> watch(index, other);
        };
    if (verdict == Verdict.ALIVE && logged.add(other)) {
      // The logger is made here: it starts the JDK's logging.
      System.getLogger(Members.class.getName())
          .log(
              Logger.Level.WARNING,
              "{0}: process {1} has the database open, but the system has dropped its locks: probably"
                  + " its program has read or copied this file; it takes them again",
              file.path(),
              String.valueOf(name.pid()));
    }
    return verdict;
  }

  private Verdict watch(int index, long other) {
    long now = System.nanoTime();
    long beat = get(index, BEAT);
    Watch watch = watches.get(other);
    if (watch == null || watch.beat != beat) {
      watches.put(other, new Watch(beat, now));
      return watch == null ? Verdict.WATCHED : Verdict.ALIVE;
    }
    return now - watch.since < WATCH_NANOS ? Verdict.WATCHED : Verdict.DEAD;
  }

  /** Whether another process is a member; waits until that is sure, and removes dead ones. */
  boolean areOthers() {
    long end = System.nanoTime() + 2 * WATCH_NANOS;
    while (true) {
      Verdict verdict = evictDead(most); // this process trusts no word while it may be alone
      if (verdict != Verdict.WATCHED || System.nanoTime() - end > 0) {
        return verdict != Verdict.DEAD;
      }
      LockWait.pause(POLL_NANOS);
    }
  }

  /**
   * Removes dead processes.
   *
   * @param below records to look at
   * @return the state of the others: alive if one is, dead if all are
   */
  private synchronized Verdict evictDead(int below) {
    Verdict all = Verdict.DEAD;
    for (int i = 0; i < below; i++) {
      long other = get(i, SESSION);
      if (other != 0 && other != session) {
        Verdict verdict = index(other) == i ? look(other) : Verdict.DEAD;
        if (verdict == Verdict.DEAD) {
          boolean _ = LONG.compareAndSet(records, i * RECORD_BYTES + SESSION, other, 0L);
          Watch _ = watches.remove(other);
        } else if (all != Verdict.ALIVE) {
          all = verdict;
        }
      }
    }
    return all;
  }

  /** Removes the records of dead processes. */
  public void clearDead() {
    Verdict _ = evictDead(used());
  }

  // ---- maps of the data file

  public void setMappedPages(long pages) {
    if (isMember()) {
      set(index(session), MAPPED_PAGES, pages);
    }
  }

  /**
   * Records the oldest snapshot that this process may read without a slot.
   *
   * @param txnId {@link Long#MAX_VALUE} for none
   */
  public void setFloor(long txnId) {
    if (isMember()) {
      set(index(session), FLOOR, txnId == Long.MAX_VALUE ? 0 : txnId + 1);
    }
  }

  /** The oldest snapshot that any process may read without a slot. */
  public long lowestFloor() {
    return lowestFloor(0);
  }

  /** As {@link #lowestFloor}, without this process. */
  public long lowestFloorOfOthers() {
    return lowestFloor(session);
  }

  private long lowestFloor(long except) {
    long lowest = Long.MAX_VALUE;
    int records = used();
    for (int i = 0; i < records; i++) {
      long owner = get(i, SESSION);
      long floor = owner == 0 || owner == except ? 0 : get(i, FLOOR);
      long _ = LockBlocks.checked(file, "oldest snapshot of a process", floor, 0, LIMIT_U48);
      lowest = floor == 0 ? lowest : Math.min(lowest, floor - 1);
    }
    return lowest;
  }

  /** The longest map of any member, in pages. */
  public long longestMap() {
    long longest = 0;
    int records = used();
    for (int i = 0; i < records; i++) {
      if (get(i, SESSION) != 0) {
        long pages = get(i, MAPPED_PAGES);
        long _ = LockBlocks.checked(file, "number of mapped pages", pages, 0, MOST_PAGES);
        longest = Math.max(longest, pages);
      }
    }
    return longest;
  }
}
