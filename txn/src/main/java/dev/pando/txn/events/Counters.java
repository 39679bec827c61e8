package dev.pando.txn.events;

import dev.pando.error.CorruptFileException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts what an open database does, and reports it to {@link Events}. Nothing here throws: a
 * record for which there is no memory is left out, because what it records must go on.
 *
 * <p>Any thread reads. A method says which lock its caller holds, if any. So most counts are
 * written without an atomic instruction.
 */
public final class Counters {
  /** At least the number of counts. The enum is not loaded by a program that only reads. */
  private static final int COUNTS = 32;

  /** A program that ends before need not load a class of the recorder. */
  private static final long FIRST_LOOK_NANOS = 1_000_000_000;

  private final String database;
  private final AtomicLongArray counts = new AtomicLongArray(COUNTS);
  private final Distribution syncs = new Distribution();
  private final Distribution logWrites = new Distribution();
  private final Distribution waits = new Distribution();
  private final Distribution groups = new Distribution();

  /** When the database was opened, until that is recorded. */
  private volatile @Nullable Opening opening;

  private final long since = System.nanoTime();

  // Under the commit lock.

  private @Nullable CommitSpan commit;
  private @Nullable Span logWrite;
  private long logWriteSince;

  // Under the lock of syncs.

  private @Nullable Span sync;
  private long syncSince;

  /** Counts for the database of a file. */
  public Counters(String database) {
    this.database = database;
  }

  /** A count since the database was opened. */
  public long get(Count count) {
    return counts.getOpaque(place(count));
  }

  /** The nanoseconds of syncs of the file. */
  public Distribution syncs() {
    return syncs;
  }

  /** The nanoseconds of writes of log records. */
  public Distribution logWrites() {
    return logWrites;
  }

  /** The nanoseconds of waits for the right to write. */
  public Distribution waits() {
    return waits;
  }

  /** The updates that shared a commit. */
  public Distribution groups() {
    return groups;
  }

  /** Adds to a count that several threads may change at once. */
  public void add(Count count, long more) {
    long _ = counts.getAndAdd(place(count), more);
  }

  /** Adds to a count that is changed under one lock only. */
  private void addAlone(Count count, long more) {
    int place = place(count);
    counts.setOpaque(place, counts.getPlain(place) + more);
  }

  @SuppressWarnings("EnumOrdinal") // nothing stores it
  private static int place(Count count) {
    return count.ordinal();
  }

  // ---- the recorder

  /** The database is open. */
  public void opened(boolean created, long txnId, int replayed, int skipped) {
    opening = new Opening(created, txnId, replayed, skipped, System.nanoTime());
    if (Events.current().isOn()) {
      recordOpening();
    }
  }

  /** Looks for the recorder, from time to time. */
  public void tick(long now) {
    try {
      if (opening != null && isTimeToLook(now) && Events.look()) {
        recordOpening();
      }
    } catch (Throwable e) {
      // The next look may succeed.
    }
  }

  /**
   * The database is about to be closed: the last look for the recorder, without which a program
   * that has ended within a second would have no opening in its recording.
   */
  public void closes() {
    tick(System.nanoTime());
  }

  private boolean isTimeToLook(long now) {
    return now - since >= FIRST_LOOK_NANOS
        || get(Count.SYNCED_COMMITS) + get(Count.LOGGED_COMMITS) + get(Count.UNSYNCED_COMMITS) > 0;
  }

  private synchronized void recordOpening() {
    Opening recorded = opening;
    if (recorded != null) {
      opening = null;
      try {
        Events.current().opened(database, recorded);
      } catch (Throwable e) {
        // It is not recorded.
      }
    }
  }

  // ---- a commit, under the commit lock

  /** A commit begins. */
  public void commitBegins() {
    try {
      commit = Events.current().commit(database);
    } catch (Throwable e) {
      commit = null;
    }
  }

  /** The catalog and the free space are in pages. */
  public void commitPrepared() {
    CommitSpan span = commit;
    if (span != null) {
      span.prepared();
    }
  }

  /** The pages are in the file. */
  public void pagesWritten() {
    CommitSpan span = commit;
    if (span != null) {
      span.pagesWritten();
    }
  }

  /** The meta is in the file, and the turn is with the next transaction. */
  public void metaWritten() {
    CommitSpan span = commit;
    if (span != null) {
      span.metaWritten();
    }
  }

  /** The commit is on disk, if it waits for that. */
  public void commitSynced() {
    CommitSpan span = commit;
    if (span != null) {
      span.synced();
    }
  }

  /**
   * The commit is published.
   *
   * @param updates how many shared it; 0 for a transaction that is no update
   */
  public void committed(Count kind, long txnId, long bytes, int updates) {
    addAlone(kind, 1);
    if (updates > 0) {
      groups.add(updates);
    }
    CommitSpan span = commit;
    if (span != null) {
      commit = null;
      try {
        span.finish(txnId, kind, bytes, updates);
      } catch (Throwable e) {
        // It is not recorded.
      }
    }
  }

  /**
   * The pages of the commit.
   *
   * @param allocated that its base does not use
   * @param added of these, after the end of the base
   * @param freed that only its base uses
   */
  public void pages(long allocated, long added, long freed) {
    addAlone(Count.PAGES_ALLOCATED, allocated);
    addAlone(Count.PAGES_REUSED, Math.max(allocated - added, 0));
    addAlone(Count.PAGES_FREED, freed);
  }

  /** The write of a log record begins. */
  public void logWriteBegins() {
    logWrite = beginSync(true);
    logWriteSince = System.nanoTime();
  }

  /** A record of so many bytes is on disk. */
  public void logWritten(long bytes) {
    logWrites.add(System.nanoTime() - logWriteSince);
    add(Count.BYTES_WRITTEN, bytes);
    end(logWrite);
    logWrite = null;
  }

  /** A transaction ended without a commit. */
  public void rolledBack() {
    addAlone(Count.ROLLBACKS, 1);
  }

  /**
   * A transaction begins after one of another process, or is the first one.
   *
   * @param died whether that process died in its transaction
   */
  public @Nullable Change takeoverBegins(boolean died) {
    addAlone(Count.TAKEOVERS, 1);
    try {
      return Events.current().takeover(database, died);
    } catch (Throwable e) {
      return null;
    }
  }

  /** It has its base; the newest commits that were known before and are now. */
  public void tookOver(@Nullable Change takeover, long before, long after) {
    end(takeover, before, after);
  }

  // ---- a sync, under the lock of syncs

  /** A sync of the file begins. */
  public void syncBegins() {
    sync = beginSync(false);
    syncSince = System.nanoTime();
  }

  /** It has succeeded. */
  public void synced() {
    syncs.add(System.nanoTime() - syncSince);
    end(sync);
    sync = null;
  }

  private @Nullable Span beginSync(boolean log) {
    try {
      return Events.current().sync(database, log);
    } catch (Throwable e) {
      return null;
    }
  }

  private static void end(@Nullable Span span) {
    if (span != null) {
      try {
        span.finish();
      } catch (Throwable e) {
        // It is not recorded.
      }
    }
  }

  // ---- any thread

  /**
   * The calling thread begins to wait for the right to write.
   *
   * @param process whether another process has it
   */
  public @Nullable Span waitBegins(boolean process) {
    try {
      return Events.current().wait(database, process);
    } catch (Throwable e) {
      return null;
    }
  }

  /** It has waited. */
  public void waited(@Nullable Span span, long nanos) {
    synchronized (waits) {
      waits.add(nanos);
    }
    end(span);
  }

  /** The file is about to be extended. */
  public @Nullable Change growthBegins() {
    try {
      return Events.current().growth(database);
    } catch (Throwable e) {
      return null;
    }
  }

  /** The file was extended; bytes. */
  public void grew(@Nullable Change growth, long before, long after) {
    if (after > before) {
      add(Count.GROWTHS, 1);
      add(Count.BYTES_GROWN, after - before);
      end(growth, before, after);
    }
  }

  /** The file is about to be truncated. */
  public @Nullable Change truncationBegins() {
    try {
      return Events.current().truncation(database);
    } catch (Throwable e) {
      return null;
    }
  }

  /** The file was truncated; bytes. */
  public void truncated(@Nullable Change truncation, long before, long after) {
    if (after < before) {
      add(Count.TRUNCATIONS, 1);
      add(Count.BYTES_TRUNCATED, before - after);
      end(truncation, before, after);
    }
  }

  /** A sync in the background begins. */
  public @Nullable Change checkpointBegins() {
    try {
      return Events.current().checkpoint(database);
    } catch (Throwable e) {
      return null;
    }
  }

  /** It has succeeded. */
  public void checkpointed(@Nullable Change checkpoint, long durableBefore, long durable) {
    add(Count.CHECKPOINTS, 1);
    end(checkpoint, durableBefore, durable);
  }

  /** A compaction begins. */
  public @Nullable Change compactionBegins() {
    try {
      return Events.current().compaction(database);
    } catch (Throwable e) {
      return null;
    }
  }

  /** It is complete. */
  public void compacted(@Nullable Change compaction, long pagesBefore, long pages) {
    add(Count.COMPACTIONS, 1);
    end(compaction, pagesBefore, pages);
  }

  private static void end(@Nullable Change change, long before, long after) {
    if (change != null) {
      try {
        change.finish(before, after);
      } catch (Throwable e) {
        // It is not recorded.
      }
    }
  }

  /** A reader has been open for long. */
  public void longReader(long txnId, long ageNanos, boolean ended) {
    add(Count.LONG_READERS, 1);
    try {
      Events.current().longReader(database, txnId, ageNanos, ended);
    } catch (Throwable e) {
      // It is counted.
    }
  }

  /** A damaged page was met. */
  public void damaged(CorruptFileException page) {
    add(Count.DAMAGED_PAGES, 1);
    try {
      Events.current().damagedPage(database, page.pgno(), page.reason());
    } catch (Throwable e) {
      // The exception of the page says all.
    }
  }
}
