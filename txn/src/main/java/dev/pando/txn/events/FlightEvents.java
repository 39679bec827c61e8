package dev.pando.txn.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Events of the JDK's flight recorder. The README lists them. What cannot be recorded, because
 * there is no memory, must not fail what is recorded.
 *
 * <p>See DECISIONS.md, 'Inside view'.
 */
final class FlightEvents extends Events {
  private FlightEvents() {}

  static Events made() {
    return new FlightEvents();
  }

  @Override
  boolean isOn() {
    return true;
  }

  /** What all events have. Stack traces would cost more than all the rest. */
  @Category("Pando")
  @StackTrace(false)
  abstract static class PandoEvent extends Event {
    @Label("Database")
    @Description("The path of the file")
    final String database;

    PandoEvent(String database) {
      this.database = database;
    }

    final void record() {
      try {
        commit();
      } catch (Throwable e) {
        // It is not recorded.
      }
    }

    /** The event, if it is to be recorded; begun. */
    static <E extends PandoEvent> @Nullable E begun(E event) {
      if (!event.isEnabled()) {
        return null;
      }
      event.begin();
      return event;
    }
  }

  @Name("pando.Commit")
  @Label("Commit")
  @Description("From the lock of the commit until the commit is visible")
  static final class CommitEvent extends PandoEvent implements CommitSpan {
    @Label("Transaction")
    long transaction;

    @Label("Kind")
    @Description("SYNCED by a full sync, LOGGED by a record in the commit log, or UNSYNCED")
    @Nullable String kind;

    @Label("Updates")
    @Description("Calls of update that share it; 0 for a transaction of beginWrite")
    int updates;

    @Label("Bytes")
    @DataAmount
    @Description("Changed pages in memory at the commit")
    long bytes;

    @Label("Prepare")
    @Timespan(Timespan.NANOSECONDS)
    @Description("Catalog and free space")
    long prepare;

    @Label("Write")
    @Timespan(Timespan.NANOSECONDS)
    @Description("Writes of pages; of a large commit also their sync")
    long write;

    @Label("Meta")
    @Timespan(Timespan.NANOSECONDS)
    @Description("Search for pinned snapshots, and the write of the meta")
    long meta;

    @Label("Sync")
    @Timespan(Timespan.NANOSECONDS)
    @Description("The sync or the log record, with the wait for it; 0 of an UNSYNCED commit")
    long sync;

    private transient long last = System.nanoTime();

    CommitEvent(String database) {
      super(database);
    }

    private long sinceLast() {
      long now = System.nanoTime();
      long nanos = now - last;
      last = now;
      return nanos;
    }

    @Override
    public void prepared() {
      prepare = sinceLast();
    }

    @Override
    public void pagesWritten() {
      write = sinceLast();
    }

    @Override
    public void metaWritten() {
      meta = sinceLast();
    }

    @Override
    public void synced() {
      sync = sinceLast();
    }

    @Override
    public void finish(long txnId, Count what, long changed, int shared) {
      transaction = txnId;
      kind = nameOf(what);
      bytes = changed;
      updates = shared;
      record();
    }

    private static String nameOf(Count kind) {
      return switch (kind) {
        case SYNCED_COMMITS -> "SYNCED";
        case LOGGED_COMMITS -> "LOGGED";
        default -> "UNSYNCED";
      };
    }
  }

  @Name("pando.Sync")
  @Label("Sync")
  @Description("A sync of the file, or the write of a record into the commit log")
  static final class SyncEvent extends PandoEvent implements Span {
    @Label("Log")
    @Description("Whether it is the write of a log record")
    final boolean log;

    SyncEvent(String database, boolean log) {
      super(database);
      this.log = log;
    }

    @Override
    public void finish() {
      record();
    }
  }

  @Name("pando.WriteWait")
  @Label("Wait to write")
  @Description("A thread waited for another update, transaction or process")
  @Threshold("1 ms")
  static final class WaitEvent extends PandoEvent implements Span {
    @Label("Process")
    @Description("Whether another process had the turn")
    final boolean process;

    WaitEvent(String database, boolean process) {
      super(database);
      this.process = process;
    }

    @Override
    public void finish() {
      record();
    }
  }

  /** One with a value before and one after. */
  abstract static class ChangeEvent extends PandoEvent implements Change {
    @Label("Before")
    long before;

    @Label("After")
    long after;

    ChangeEvent(String database) {
      super(database);
    }

    @Override
    public final void finish(long from, long to) {
      before = from;
      after = to;
      record();
    }
  }

  @Name("pando.Growth")
  @Label("Growth")
  @Description("The file was extended; bytes")
  static final class GrowthEvent extends ChangeEvent {
    GrowthEvent(String database) {
      super(database);
    }
  }

  @Name("pando.Truncation")
  @Label("Truncation")
  @Description("The file was truncated; bytes")
  static final class TruncationEvent extends ChangeEvent {
    TruncationEvent(String database) {
      super(database);
    }
  }

  @Name("pando.Checkpoint")
  @Label("Checkpoint")
  @Description("A sync in the background; the newest transactions that were on disk")
  static final class CheckpointEvent extends ChangeEvent {
    CheckpointEvent(String database) {
      super(database);
    }
  }

  @Name("pando.Compaction")
  @Label("Compaction")
  @Description("The database was compacted; pages in use or free")
  static final class CompactionEvent extends ChangeEvent {
    CompactionEvent(String database) {
      super(database);
    }
  }

  @Name("pando.Takeover")
  @Label("Takeover")
  @Description("A transaction followed one of another process, or was the first; newest commits")
  static final class TakeoverEvent extends ChangeEvent {
    @Label("Died")
    @Description("Whether the other process died in its transaction")
    final boolean died;

    TakeoverEvent(String database, boolean died) {
      super(database);
      this.died = died;
    }
  }

  @Name("pando.LongReader")
  @Label("Long reader")
  @Description("A read transaction has been open for long")
  static final class LongReaderEvent extends PandoEvent {
    @Label("Transaction")
    @Description("The snapshot that it reads")
    final long transaction;

    @Label("Age")
    @Timespan(Timespan.NANOSECONDS)
    final long age;

    @Label("Ended")
    @Description("Whether it was ended for that")
    final boolean ended;

    LongReaderEvent(String database, long transaction, long age, boolean ended) {
      super(database);
      this.transaction = transaction;
      this.age = age;
      this.ended = ended;
    }
  }

  @Name("pando.DamagedPage")
  @Label("Damaged page")
  @Description("A page failed its checksum, or is not the one that its reference names")
  @StackTrace(true)
  static final class DamagedPageEvent extends PandoEvent {
    @Label("Page")
    final long page;

    @Label("Reason")
    final String reason;

    DamagedPageEvent(String database, long page, String reason) {
      super(database);
      this.page = page;
      this.reason = reason;
    }
  }

  @Name("pando.Recovery")
  @Label("Recovery")
  @Description("How the database was opened")
  static final class RecoveryEvent extends PandoEvent {
    @Label("Created")
    final boolean created;

    @Label("Transaction")
    @Description("The commit that was found")
    final long transaction;

    @Label("Replayed")
    @Description("Commits after it that were replayed from the commit log")
    final int replayed;

    @Label("Skipped")
    @Description("Meta slots that were skipped")
    final int skipped;

    @Label("Age")
    @Timespan(Timespan.NANOSECONDS)
    @Description("Time since then: the recorder may have been started later")
    final long age;

    RecoveryEvent(String database, Opening opening) {
      super(database);
      created = opening.created();
      transaction = opening.txnId();
      replayed = opening.replayed();
      skipped = opening.skipped();
      age = System.nanoTime() - opening.at();
    }
  }

  @Override
  @Nullable CommitSpan commit(String database) {
    return PandoEvent.begun(new CommitEvent(database));
  }

  @Override
  @Nullable Span sync(String database, boolean log) {
    return PandoEvent.begun(new SyncEvent(database, log));
  }

  @Override
  @Nullable Span wait(String database, boolean process) {
    return PandoEvent.begun(new WaitEvent(database, process));
  }

  @Override
  @Nullable Change growth(String database) {
    return PandoEvent.begun(new GrowthEvent(database));
  }

  @Override
  @Nullable Change truncation(String database) {
    return PandoEvent.begun(new TruncationEvent(database));
  }

  @Override
  @Nullable Change checkpoint(String database) {
    return PandoEvent.begun(new CheckpointEvent(database));
  }

  @Override
  @Nullable Change compaction(String database) {
    return PandoEvent.begun(new CompactionEvent(database));
  }

  @Override
  @Nullable Change takeover(String database, boolean died) {
    return PandoEvent.begun(new TakeoverEvent(database, died));
  }

  @Override
  void longReader(String database, long txnId, long ageNanos, boolean ended) {
    new LongReaderEvent(database, txnId, ageNanos, ended).record();
  }

  @Override
  void damagedPage(String database, long pgno, String reason) {
    new DamagedPageEvent(database, pgno, reason).record();
  }

  @Override
  void opened(String database, Opening opening) {
    new RecoveryEvent(database, opening).record();
  }
}
