package dev.pando;

import dev.pando.txn.commit.Changes;
import dev.pando.txn.commit.TurnHolder;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.feed.FeedCapture;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.recovery.OpenedFile;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Begins the write transactions of a database, and ends them. */
final class Writers {
  private final Lifecycle lifecycle;
  private final Options options;
  private final Writer writer;
  private final TurnHolder holder;
  private final Workspace memory;
  private final AwaitedSyncs syncs;
  private final RegisteredIndexes indexes = new RegisteredIndexes();

  /** Made for the first commit that has feeds; for the holder of the turn. */
  private @Nullable FeedCapture capture;

  /**
   * No transaction yet.
   *
   * @param memory for the calls of one transaction after the other, which the writer trims
   */
  Writers(Lifecycle lifecycle, Options options, Writer writer, Workspace memory, LockFile lock) {
    this.lifecycle = lifecycle;
    this.options = options;
    this.writer = writer;
    this.holder = writer.turn().holder();
    this.memory = memory;
    this.syncs = new AwaitedSyncs(writer, lock);
  }

  /** Futures of commits that are visible and wait for the disk. */
  AwaitedSyncs syncs() {
    return syncs;
  }

  /** The indexes that the program has named. */
  RegisteredIndexes indexes() {
    return indexes;
  }

  /** Whether the database is open. */
  Lifecycle lifecycle() {
    return lifecycle;
  }

  /** The durability of a commit that specifies none. */
  Durability durability() {
    return options.durability();
  }

  /** Memory for the calls of the transaction that has the turn. */
  Workspace memory() {
    return memory;
  }

  /** Begins a transaction of the calling thread; null if it did not get the turn in time. */
  @Nullable WriteTxn begin(@Nullable Duration limit) {
    Changes changes = changes(limit);
    return changes == null ? null : watched(change(changes));
  }

  /** Begins a transaction that updates share. */
  WriteTxn beginShared() {
    return change(Objects.requireNonNull(changes(null)));
  }

  private @Nullable Changes changes(@Nullable Duration limit) {
    try {
      return writer.begin(limit);
    } catch (IllegalStateException e) {
      throw lifecycle.explained(e);
    }
  }

  private WriteTxn change(Changes changes) {
    try {
      return new WriteTxn(this, changes);
    } catch (Throwable e) { // no memory
      writer.rollBack(changes, true);
      throw e;
    }
  }

  /** A forgotten transaction would keep the turn for ever. */
  private WriteTxn watched(WriteTxn tx) {
    try {
      Changes changes = tx.changes();
      Throwable openedAt = Leak.place(options);
      holder.isOwn(new Beginning(), openedAt);
      tx.watchedBy(Leak.watch(tx, openedAt, () -> writer.rollBack(changes, false)));
      return tx;
    } catch (Throwable e) { // no memory
      tx.giveUp();
      throw e;
    }
  }

  /** Makes the calling thread the holder of its transaction. */
  void isUsed() {
    holder.isUsed();
  }

  /**
   * Adds what a transaction has changed to the feeds. After an exception the caller must roll it
   * back. Closing the database does not wait for this longer than for other calls of transactions.
   *
   * @throws IllegalStateException if the database ends meanwhile
   */
  void capture(Changes changes) {
    if (!changes.base().meta().features().hasFeeds()) {
      return; // no class of feeds is loaded then
    }
    FeedCapture feeds = capture == null ? new FeedCapture() : capture;
    capture = feeds;
    try {
      feeds.run(changes);
    } catch (InternalError | IllegalStateException e) {
      throw OpenedFile.explained(lifecycle, e);
    }
  }

  /** Commits a transaction and ends it, even if the commit fails. */
  void commit(WriteTxn tx, Durability durability) {
    try {
      capture(tx.changes());
      writer.commit(tx.changes(), durability == Durability.SYNC, tx::ended);
    } catch (Throwable e) {
      tx.giveUp(); // unless the commit has ended it
      throw e;
    }
  }

  /** Ends an uncommitted transaction. */
  void rollBack(ChangingTxn tx) {
    try {
      writer.rollBack(tx.changes(), tx.changes().isInOrder());
    } catch (InternalError e) {
      throw OpenedFile.faulted(lifecycle.path(), e);
    }
  }
}
