package dev.pando.txn.readers;

import dev.pando.error.CorruptFileException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageException;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageMap;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.file.Snapshot;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The newest commit as readers of this process see it. The lock file says which one it is. If
 * another process committed it, its meta is read from the file's slots. Thread-safe. Readers take
 * no lock unless there is such a commit to follow.
 */
public final class Publication {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long POLL_NANOS = 20_000;

  /** Nanoseconds between two looks whether a follower has died. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE / 4);

  /** Nanoseconds between two looks for a commit that a follower has announced. */
  private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Longest wait before a thread checks that {@link #watch} still runs, in nanoseconds. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LockFile lock;
  private final DataFile file;
  private final ReaderSlots readers;
  private final RetiredMaps retired = new RetiredMaps();

  /** Pages of the longest map, as recorded in the lock file. */
  private long mapped;

  private final ReentrantLock newsLock = new ReentrantLock();
  private final Condition news = newsLock.newCondition();

  /** Number of threads that wait for a commit. */
  private final AtomicInteger waiters = new AtomicInteger();

  private final CommitWatch watch;

  /** The newest commit that this process has published. */
  private volatile long ours;

  /** Whether {@link #stop} was called: maps and slots are about to be given back. */
  private boolean stopped;

  /** Volatile: never newer than what the lock file says. */
  private volatile Snapshot newest;

  /** Whether {@link #hold} was called last. */
  private boolean held;

  /** The first snapshot that was shown through the newest snapshot's map. */
  private long mapSince;

  public Publication(LockFile lock, DataFile file, ReaderSlots readers, Snapshot newest) {
    this.lock = lock;
    this.file = file;
    this.readers = readers;
    this.newest = newest;
    this.mapSince = newest.txnId();
    this.watch = new CommitWatch(file.file().path(), new Commits());
  }

  /** The source of {@link #watch}. */
  private final class Commits implements CommitWatch.Source {
    @Override
    public long current() {
      return lock.current();
    }

    @Override
    public long ours() {
      return ours;
    }

    @Override
    public boolean isCommitting() {
      return lock.committing() != 0;
    }

    @Override
    public boolean isWanted() {
      return waiters.get() > 0;
    }

    @Override
    public void wakeWaiters() {
      Publication.this.wakeWaiters();
    }
  }

  /** Claims a slot and pins the newest commit. */
  public ReaderSlot pin() {
    Snapshot pinned = newest;
    ReaderSlot slot = readers.claim(pinned.txnId());
    try {
      // One commit, too, may have a newer snapshot, whose map is shorter.
      while (lock.current() != pinned.txnId() || newest != pinned) {
        slot.move(lock.checkedCurrent(0)); // a follower waits until no slot pins the one before
        pinned = newest();
        slot.move(pinned.txnId());
      }
      slot.hold(pinned, Housekeeping.nanos());
      return slot;
    } catch (Throwable e) {
      slot.leftBehind = true; // freeing it here might fail, too
      throw e;
    }
  }

  /**
   * Claims a slot and pins an older snapshot that the newest commit keeps.
   *
   * @param kept finds it; null if it does not exist
   * @return null if it does not exist
   */
  public @Nullable ReaderSlot pin(Function<Snapshot, @Nullable Snapshot> kept) {
    while (true) {
      ReaderSlot slot = pin();
      try {
        Snapshot now = slot.snapshot(); // and no newer one, which is not pinned
        Snapshot older = kept.apply(now);
        if (older != null) {
          slot.move(older.txnId());
          if (lock.current() == now.txnId()) { // or it may have been dropped before the pin
            slot.hold(older, Housekeeping.nanos());
            return slot;
          }
        }
        slot.free();
        if (older == null) {
          return null;
        }
      } catch (Throwable e) {
        slot.leftBehind = true;
        throw e;
      }
    }
  }

  /** Returns the newest commit. */
  public Snapshot newest() {
    Snapshot known = newest;
    return lock.current() == known.txnId() ? known : follow();
  }

  /** Returns the newest commit that this process knows. */
  public Snapshot known() {
    return newest;
  }

  /** Waits outside of the monitor: readers do not wait for each other, nor does the end. */
  private Snapshot follow() {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      Snapshot next = followIfThere();
      if (next != null) {
        return next;
      }
      if (System.nanoTime() - end > 0) {
        long current = lock.current();
        throw isHeld() ? halfApplied(file.name(), current) : missing(file.file(), current);
      }
      LockFile.pause(POLL_NANOS);
    }
  }

  /** Follows; null if the commit is not there yet: a follower has announced it. */
  private synchronized @Nullable Snapshot followIfThere() {
    Snapshot known = newest;
    if (stopped) {
      throw new IllegalStateException("the database is closed: " + file.name());
    }
    long current = lock.checkedCurrent(known.txnId());
    if (known.txnId() == current) {
      return known; // another thread was faster
    }
    if (held) {
      if (file.failure().isSet()) {
        throw file.failure().whileHeld();
      }
      return null;
    }
    Meta meta = read(file.file(), current);
    return meta == null ? null : lock.whileNoMapChanges(() -> map(meta, known));
  }

  private synchronized boolean isHeld() {
    return held;
  }

  // ---- of a follower

  /**
   * Makes readers of all processes wait that begin from now on: pages of the newest commit are to
   * be overwritten. For the holder of the turn, until {@link #publish} or {@link #release}.
   *
   * @param next the commit for which they wait, an id that the lock file says is used
   */
  public synchronized void hold(long next) {
    held = true;
    lock.setCurrent(next);
  }

  /** Lets readers go on with the newest commit: no page was overwritten. */
  public synchronized void release() {
    lock.setCurrent(newest.txnId());
    held = false;
  }

  private Snapshot map(Meta meta, Snapshot known) {
    boolean shorter =
        file.map().pageCount() > meta.pageCount() && file.isMuchLongerThan(meta.pageCount());
    PageMap before = shorter ? file.mapOnly(meta.pageCount()) : file.mapUpTo(meta.pageCount());
    Snapshot next = known.later(meta, file.map());
    install(next);
    if (before != null && before != known.map()) {
      before.release(); // made for a transaction that was rolled back: no snapshot uses it
    }
    return next;
  }

  /**
   * Shows the newest commit through a map that is no longer than necessary.
   *
   * @param pageCount pages to show
   * @return the newest commit
   */
  public synchronized Snapshot shorten(long pageCount) {
    Snapshot known = newest;
    if (known.map() == file.map() && known.map().pageCount() > pageCount) {
      PageMap _ = file.mapOnly(pageCount); // the previous map is retired
      install(known.same(known.meta(), file.map()));
    }
    return newest;
  }

  /**
   * Reads the newest commit's meta, while other processes may be writing meta slots. For a process
   * that enters: if the commit is that of a dead follower, the next one waits for this process.
   */
  public static Meta await(PageFile file, LockFile lock) {
    long begin = System.nanoTime();
    long nextLook = begin + LOOK_NANOS;
    while (true) {
      long now = System.nanoTime();
      boolean isAbandoned = false;
      if (now - nextLook > 0) {
        nextLook = now + LOOK_NANOS;
        isAbandoned = !lock.hasWriter() && isFollower(file); // before the slots are read again
      }
      long current = lock.checkedCurrent(0);
      Meta meta = read(file, current);
      if (meta != null) {
        return meta;
      }
      if (isAbandoned) {
        throw halfApplied(file.path().toString(), current);
      }
      if (now - begin > PATIENCE_NANOS) {
        throw missing(file, current);
      }
      LockFile.pause(POLL_NANOS);
    }
  }

  private static boolean isFollower(PageFile file) {
    return MetaSlots.read(file).valid().getFirst().meta().features().isFollower();
  }

  private static StorageException missing(PageFile file, long txnId) {
    Meta newest = MetaSlots.read(file).valid().getFirst().meta();
    return newest.features().isApplying()
        ? halfApplied(file.path().toString(), newest.txnId())
        : new CorruptFileException(
            file.path().toString(),
            -1,
            "no meta slot holds transaction %d, which another process says it has committed; close the database in all processes and open it again"
                .formatted(txnId));
  }

  /** The exception for a file in which an increment is not whole. */
  public static RecoveryNeededException halfApplied(String file, long txnId) {
    return new RecoveryNeededException(
        "%s: the increment up to transaction %d is not applied as a whole, because its follower's process died, or still writes; wait for the follower, or open the file with Follower.open, which applies it again"
            .formatted(file, txnId));
  }

  /** Returns a commit's meta; null if it is not in a meta slot, or is just being replaced. */
  public static @Nullable Meta read(PageFile file, long txnId) {
    try {
      for (MetaSlots.Valid slot : MetaSlots.read(file).valid()) {
        if (slot.meta().txnId() == txnId && !slot.meta().features().isApplying()) {
          return slot.meta();
        }
      }
    } catch (CorruptFileException e) {
      // A meta slot that is being written looks damaged: the caller retries.
    }
    return null;
  }

  /** Shows a commit to all processes. For the writer, which has already pinned its meta. */
  public void publish(Snapshot next) {
    ours = next.txnId();
    synchronized (this) { // otherwise a reader that sees the id first makes its own snapshot of it
      lock.setCurrent(next.txnId());
      held = false;
      if (next.txnId() > newest.txnId()) {
        install(next);
      }
    }
    wakeWaiters();
  }

  private void install(Snapshot next) {
    Snapshot before = newest;
    newest = next;
    if (before.map() != next.map()) {
      retired.add(before.map(), mapSince, before.txnId());
      mapSince = next.txnId();
    }
    releaseRetired();
  }

  private void releaseRetired() {
    retired.release(readers);
    long longest = Math.max(file.map().pageCount(), retired.longest());
    if (longest != mapped) {
      mapped = longest;
      lock.members().setMappedPages(longest);
    }
  }

  /**
   * Waits for a commit greater than {@code afterTxn}.
   *
   * @param check throws when the wait is to end
   */
  public long await(long afterTxn, Duration timeout, Runnable check) throws InterruptedException {
    long limit = timeout.compareTo(FOR_EVER) < 0 ? timeout.toNanos() : FOR_EVER.toNanos();
    long end = System.nanoTime() + limit;
    newsLock.lock();
    try {
      int _ = waiters.incrementAndGet(); // first: the commit is seen here, or wakes this thread
      while (true) {
        check.run();
        long least = newest.txnId(); // before the word, which only rises
        long current = lock.checkedCurrent(least);
        long left = end - System.nanoTime();
        long shown = current == least || isShown(current) ? current : least;
        if (shown > afterTxn || left <= 0) {
          return shown;
        }
        if (!file.file().isPrivate()) {
          watch.begin();
        }
        long _ =
            news.awaitNanos(Math.min(left, shown == current ? LONGEST_WAIT_NANOS : HELD_NANOS));
      }
    } finally {
      int _ = waiters.decrementAndGet();
      newsLock.unlock();
    }
  }

  /** Whether readers see a commit: a follower announces one before it writes its pages. */
  private boolean isShown(long txnId) {
    return newest.txnId() >= txnId || read(file.file(), txnId) != null;
  }

  /** Ends all waits when the database is closed: waiting threads get an exception. */
  public void endWaits() {
    watch.close();
    wakeWaiters();
  }

  /** Wakes the threads that wait for a commit, so that they check again. */
  private void wakeWaiters() {
    if (waiters.get() > 0) {
      newsLock.lock();
      try {
        news.signalAll();
      } finally {
        newsLock.unlock();
      }
    }
  }

  /** Follows other processes even if no reader begins, and releases maps. */
  public void refresh() {
    if (lock.current() != newest.txnId() && isShown(lock.current())) {
      Snapshot _ = followIfThere(); // this thread does not wait
    }
    synchronized (this) {
      if (!stopped) {
        releaseRetired();
      }
    }
  }

  /** Begins the end: no more maps are made, and none is recorded. */
  public synchronized void stop() {
    stopped = true;
  }

  /** Releases all maps at the end: readers that are left get exceptions. */
  public synchronized void releaseAll() {
    retired.releaseAll();
    Snapshot last = newest;
    if (file.map() != last.map()) {
      file.map().release();
    }
    last.map().release();
  }
}
