package dev.pando.txn.readers;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
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
 * The newest commit as readers of this process see it. The lock file says which one it is; its meta
 * is read from the file's slots when another process committed it. Thread-safe; readers take no
 * lock unless there is such a commit to follow.
 */
public final class Publication {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long POLL_NANOS = 20_000;

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE / 4);

  /** A thread that waits looks whether {@link #watch} goes on. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LockFile lock;
  private final DataFile file;
  private final ReaderSlots readers;
  private final RetiredMaps retired = new RetiredMaps();

  /** Pages of the longest map, as the lock file has it. */
  private long mapped;

  private final ReentrantLock newsLock = new ReentrantLock();
  private final Condition news = newsLock.newCondition();

  /** Threads that wait for a commit. */
  private final AtomicInteger waiters = new AtomicInteger();

  private final CommitWatch watch;

  /** The newest commit that this process has published. */
  private volatile long ours;

  /** Whether the end has begun, and maps and slots are about to be given back. */
  private boolean stopped;

  /** Volatile: never newer than what the lock file says. */
  private volatile Snapshot newest;

  /** The first snapshot that was shown through the map of the newest one. */
  private long mapSince;

  public Publication(LockFile lock, DataFile file, ReaderSlots readers, Snapshot newest) {
    this.lock = lock;
    this.file = file;
    this.readers = readers;
    this.newest = newest;
    this.mapSince = newest.txnId();
    this.watch = new CommitWatch(file.file().path(), new Commits());
  }

  /** For {@link #watch}. */
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
      // Of one commit, too, there may be a newer snapshot, whose map is shorter.
      while (lock.current() != pinned.txnId() || newest != pinned) {
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
   * @param kept finds it; null if it is not there
   * @return null if it is not there
   */
  public @Nullable ReaderSlot pin(Function<Snapshot, @Nullable Snapshot> kept) {
    while (true) {
      ReaderSlot slot = pin();
      try {
        Snapshot now = slot.snapshot(); // and no newer one: what is not pinned must not be read
        Snapshot older = kept.apply(now);
        if (older != null) {
          slot.move(older.txnId());
          if (lock.current() == now.txnId()) { // or it may have been dropped before it was pinned
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

  /** The newest commit. */
  public Snapshot newest() {
    Snapshot known = newest;
    return lock.current() == known.txnId() ? known : follow();
  }

  /** The newest commit that this process knows of. */
  public Snapshot known() {
    return newest;
  }

  private synchronized Snapshot follow() {
    Snapshot known = newest;
    if (stopped) {
      throw new IllegalStateException("the database is closed: " + file.name());
    }
    long current = lock.current();
    if (known.txnId() == current) {
      return known; // another thread was faster
    }
    if (known.txnId() > current) {
      throw new DatabaseFailedException(
          "%s: its lock file says that transaction %d is the newest, after %d was: somebody cut or overwrote it while the database was open; close the database in all processes and open it again"
              .formatted(file.file().path(), current, known.txnId()),
          null);
    }
    Meta meta = await(file.file(), lock);
    return lock.whileNoMapChanges(() -> map(meta, known));
  }

  private Snapshot map(Meta meta, Snapshot known) {
    boolean shorter =
        file.map().pageCount() > meta.pageCount() && file.isMuchLongerThan(meta.pageCount());
    PageMap before = shorter ? file.mapOnly(meta.pageCount()) : file.mapUpTo(meta.pageCount());
    Snapshot next = known.later(meta, file.map());
    install(next);
    if (before != null && before != known.map()) {
      before.release(); // made for a transaction that was rolled back: no snapshot has it
    }
    return next;
  }

  /**
   * Shows the newest commit through a map that is not longer than need be.
   *
   * @param pageCount pages to show
   * @return the newest commit
   */
  public synchronized Snapshot shorten(long pageCount) {
    Snapshot known = newest;
    if (known.map() == file.map() && known.map().pageCount() > pageCount) {
      PageMap _ = file.mapOnly(pageCount); // the one before is retired
      install(known.same(known.meta(), file.map()));
    }
    return newest;
  }

  /** Reads the meta of the newest commit, while other processes may be writing slots. */
  public static Meta await(PageFile file, LockFile lock) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      long current = lock.current();
      Meta meta = read(file, current);
      if (meta != null) {
        return meta;
      }
      if (System.nanoTime() - end > 0) {
        throw new CorruptFileException(
            file.path().toString(),
            -1,
            "no meta slot holds transaction %d, which another process says it has committed; close the database in all processes and open it again"
                .formatted(current));
      }
      LockFile.pause(POLL_NANOS);
    }
  }

  /** A commit's meta; null if it is not in the slots, or is just being replaced. */
  public static @Nullable Meta read(PageFile file, long txnId) {
    try {
      for (MetaSlots.Valid slot : MetaSlots.read(file).valid()) {
        if (slot.meta().txnId() == txnId) {
          return slot.meta();
        }
      }
    } catch (CorruptFileException e) {
      // A slot that is being written looks damaged: the caller looks again.
    }
    return null;
  }

  /** Shows a commit to all processes. For the writer; its meta is pinned already. */
  public void publish(Snapshot next) {
    ours = next.txnId();
    synchronized (this) { // or a reader that sees the id first makes a snapshot of its own of it
      lock.setCurrent(next.txnId());
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
   * Waits for a commit behind {@code afterTxn}.
   *
   * @param check throws when the wait is to end
   */
  public long await(long afterTxn, Duration timeout, Runnable check) throws InterruptedException {
    long limit = timeout.compareTo(FOR_EVER) < 0 ? timeout.toNanos() : FOR_EVER.toNanos();
    long end = System.nanoTime() + limit;
    newsLock.lock();
    try {
      int _ = waiters.incrementAndGet(); // before looking: either this sees the commit, or it us
      while (true) {
        check.run();
        long current = lock.current();
        long left = end - System.nanoTime();
        if (current > afterTxn || left <= 0) {
          return current;
        }
        watch.begin();
        long _ = news.awaitNanos(Math.min(left, LONGEST_WAIT_NANOS));
      }
    } finally {
      int _ = waiters.decrementAndGet();
      newsLock.unlock();
    }
  }

  /** The database is closed: threads that wait for a commit get an exception. */
  public void endWaits() {
    watch.close();
    wakeWaiters();
  }

  /** Threads that wait for a commit look again. */
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

  /** Follows other processes though nobody begins to read, and lets go of maps. */
  public void refresh() {
    Snapshot _ = newest();
    synchronized (this) {
      if (!stopped) {
        releaseRetired();
      }
    }
  }

  /** The end begins: no more maps are made, and none is told of. */
  public synchronized void stop() {
    stopped = true;
  }

  /** The end: readers that are left get exceptions. */
  public synchronized void releaseAll() {
    retired.releaseAll();
    Snapshot last = newest;
    if (file.map() != last.map()) {
      file.map().release();
    }
    last.map().release();
  }
}
