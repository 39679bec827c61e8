package dev.pando;

import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Codec;
import dev.pando.pager.StackRoom;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.commit.Changes;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The one transaction that may write, from {@link Database#beginWrite} or {@link Database#update}.
 * It sees its own changes. Other transactions that begin after {@link #commit} returns see them as
 * well, and by default they are on disk then. {@link #rollback}, or {@link #close} without a
 * commit, undoes all changes.
 *
 * {@snippet :
 * try (WriteTxn tx = db.beginWrite()) {
 *   tx.put(ORDERS, 7L, order);
 *   tx.delete(DRAFTS, 7L);
 *   tx.commit();
 * }
 * }
 *
 * <p>Not thread-safe: one thread may call it at a time, and it may move to another thread between
 * calls. A call during another thread's call throws an {@link IllegalStateException} that names
 * both threads. After that the transaction can only be closed: {@code
 * list.parallelStream().forEach(i -> tx.put(...))} changes nothing. A codec may read and write
 * while it encodes, and read while it decodes. A write while it decodes is refused, because it may
 * move the bytes being decoded.
 *
 * <p>When a write fails with a {@link dev.pando.error.StorageException}, such as a full disk, the
 * transaction can only be closed, or {@linkplain #rollbackTo rolled back to a savepoint}. Earlier
 * commits are unaffected.
 */
public final class WriteTxn extends EntryWrites implements ConvertingTxn {
  /** The greatest length of a value, in bytes: 2 GiB - 1. */
  public static final int MAX_VALUE = Integer.MAX_VALUE;

  /** Whether {@link #rollback} was called. */
  private boolean rolledBack;

  WriteTxn(Writers writing, Changes changes) {
    super(writing, changes);
  }

  /** The same transaction, for an update that shares it; see {@link SharedUpdate}. */
  WriteTxn(WriteTxn whole, CommitHooks hooks) {
    super(whole, hooks);
  }

  /**
   * Not supported.
   *
   * @throws IllegalStateException always: no other transaction may see the changes of this one
   */
  @Override
  public ReadTxn fork() {
    throw new IllegalStateException(
        "a write transaction cannot be forked, because what it has changed is seen by it alone;"
            + " commit it, and begin to read with Database.beginRead: "
            + this);
  }

  /** The id under which this transaction will be committed. */
  @Override
  public long txnId() {
    return pages.txnId();
  }

  /**
   * Begins to collect puts and deletes of a table, which are made together, in the order of their
   * keys. Many changes in random order are faster so.
   *
   * @throws IllegalArgumentException if the table was written with other codecs than these
   */
  public <K, V> Batch<K, V> batch(Table<K, V> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      Tree _ = tree(mine, table);
      return new Batch<>(batches, table, pages.pageSize());
    } finally {
      mine.end(call);
    }
  }

  /**
   * As {@link #batch(Table)}, for a multimap table.
   *
   * @throws IllegalArgumentException if the table was written with other codecs than these
   */
  public <K, V> MultiBatch<K, V> batch(MultiTable<K, V> table) {
    return new MultiBatch<>(table, batch(table.pairs()));
  }

  /**
   * Removes the keys of a range of a blob table with their values, one by one.
   *
   * @return how many keys there were
   * @throws IllegalStateException if the range skips keys
   */
  public <K> long deleteRange(BlobTable<K> table, Range<K> range) {
    long removed = 0;
    try (BlobKeys<K> keys = keys(table, range)) {
      for (K key : keys) {
        removed += delete(table, key) ? 1 : 0;
      }
    }
    return removed;
  }

  /**
   * Removes all entries of a table and keeps the table. Does nothing if there is no such table.
   *
   * @throws IllegalArgumentException if it was written with other codecs than these
   */
  public void clear(Table<?, ?> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      clear(beginRemoval(mine, table));
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #clear(Table)}, for any codecs. */
  public void clear(String table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      beginChange();
      TreeWriter tree = isInternal(table) ? null : willChange(table, findRawTree(table));
      mayUseReserve();
      clear(tree);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Removes a table with all its entries.
   *
   * @return false if there is no such table
   * @throws IllegalArgumentException if it was written with other codecs than these
   */
  public boolean drop(Table<?, ?> table) {
    return changeTables(() -> isThere(table) && dropNow(table.name()));
  }

  /**
   * As {@link #drop(Table)}, for any codecs.
   *
   * @return false if there is no such table
   */
  @Override
  public boolean drop(String table) {
    return changeTables(() -> !isInternal(table) && dropNow(table));
  }

  private boolean dropNow(String table) {
    mayUseReserve();
    return orBreak(() -> catalog.drop(table));
  }

  /**
   * Renames a table to the name of another description with the same codecs. Does nothing if the
   * names are equal. Open cursors and scans keep their position.
   *
   * @return false if there is no such table
   * @throws IllegalArgumentException if there is another table of the new name, if the two
   *     descriptions have different codecs, or if the table was written with others
   */
  public <K, V> boolean rename(Table<K, V> from, Table<K, V> to) {
    if (!from.keyId().equals(to.keyId()) || !from.valueId().equals(to.valueId())) {
      throw new IllegalArgumentException(
          "table %s cannot be renamed to %s: the codecs are not the same".formatted(from, to));
    }
    return changeTables(() -> isThere(from) && renameNow(from.name(), to.name()));
  }

  /**
   * As {@link #rename(Table, Table)}, for any codecs.
   *
   * @param to 1 to 255 bytes of UTF-8, see {@link Table#MAX_NAME}
   * @return false if there is no such table
   * @throws IllegalArgumentException if there is another table of the new name
   */
  @Override
  public boolean rename(String from, String to) {
    Table<byte[], byte[]> renamed = Table.of(to, Codec.bytes(), Codec.bytes()); // checks the name
    return changeTables(() -> !isInternal(from) && renameNow(from, renamed.name()));
  }

  /** Whether a name that was given is none of a table. */
  private static boolean isInternal(String name) {
    return TableNames.isInternal(name);
  }

  private boolean renameNow(String from, String to) {
    return orRefuse(() -> catalog.rename(from, to));
  }

  /** Whether there is a table; refuses one of other codecs. */
  private boolean isThere(Table<?, ?> table) {
    return tree(onlyCaller(), table) instanceof TreeWriter;
  }

  private boolean changeTables(BooleanSupplier change) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      flushBatches();
      beginChange();
      return change.getAsBoolean();
    } finally {
      forgetTable();
      mine.end(call);
    }
  }

  /**
   * Marks a point to which {@link #rollbackTo} can return. Savepoints nest to any depth. Each page
   * is copied once, before its first change after the savepoint.
   *
   * {@snippet :
   * Savepoint before = tx.savepoint();
   * try {
   *   importOrder(tx, order);
   *   tx.release(before);
   * } catch (InvalidOrderException e) {
   *   tx.rollbackTo(before); // the orders before it are still there
   * }
   * }
   */
  public Savepoint savepoint() {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      flushBatches();
      return savepoints.begin();
    } finally {
      mine.end(call);
    }
  }

  /**
   * Undoes all changes since a savepoint. The savepoint stays active; savepoints inside it end.
   * Open views, cursors and iterators end as well, because their pages may be gone. Scans and raw
   * tables stay usable.
   *
   * <p>After a failed write the transaction is usable again if the failure was a {@link
   * dev.pando.error.StorageException} that left the pages of the savepoint intact, such as a full
   * disk or a damaged page.
   *
   * @throws IllegalStateException if the savepoint has ended, or if the transaction is unusable
   *     after an earlier failure
   * @throws IllegalArgumentException if it is another transaction's
   */
  public void rollbackTo(Savepoint savepoint) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      savepoints.check(savepoint);
      if (!mayGoOn() || misuse != null) {
        checkWritable();
      }
      nextRollback();
      batches.discard(); // they came after the savepoint, which has flushed those before it
      orBreak(() -> savepoints.rollBackTo(savepoint));
      mended();
    } finally {
      mine.end(call);
    }
  }

  /**
   * Ends a savepoint and those inside it, and keeps the changes. A commit releases all savepoints.
   *
   * @throws IllegalStateException if the savepoint has ended
   * @throws IllegalArgumentException if it is another transaction's
   */
  public void release(Savepoint savepoint) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      savepoints.check(savepoint);
      orBreak(() -> savepoints.release(savepoint));
    } finally {
      mine.end(call);
    }
  }

  /**
   * Commits all changes: they are visible when this returns. With {@link Durability#SYNC}, the
   * default of {@link Options#withDurability}, they also survive a crash and a power cut from then
   * on.
   *
   * @throws IllegalStateException also if it is called from within a statement of this transaction,
   *     such as by the iterator of {@link #loadSorted}
   * @throws dev.pando.error.DatabaseFullException if there is no room: the transaction is rolled
   *     back, the database stays usable
   * @throws dev.pando.error.DatabaseFailedException if it is not known what is on disk: all writes
   *     are refused until the database is closed and opened again
   */
  public void commit() {
    commit(writing.durability());
  }

  /**
   * As {@link #commit()}, with a durability of its own.
   *
   * @param durability instead of that of {@link Options#withDurability}
   */
  public void commit(Durability durability) {
    Objects.requireNonNull(durability, "the durability is null");
    if (inClosure) {
      checkOpen();
      throw new IllegalStateException(
          "update commits when its closure returns; do not call commit");
    }
    StackRoom.forEnd();
    checkNotInCall();
    checkNoStatement();
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      committer = Thread.currentThread();
      flushOrRollBack();
      orBreak(savepoints::releaseAll);
      writing.commit(this, durability);
    } finally {
      committer = null;
      if (hasBeenEnded()) {
        mine.endLast();
      } else {
        mine.end(call);
      }
    }
    hooks.committed(durability == Durability.SYNC, writing.syncs().actions());
  }

  /**
   * Adds an action that runs once the changes are on disk: to send a message, to drop what a cache
   * holds. It runs before {@link #commit} or {@link Database#update} returns, or before the future
   * of {@link Database#updateAsync} completes, if that waits for the disk.
   *
   * <p>After a commit with {@link Durability#ASYNC} it runs on a thread of the engine, at most
   * about 0.1 s after the sync that puts the commit on disk. {@link Durability#ASYNC} says when
   * that comes; the action begins none. Without {@link Options#withSyncInterval} it may wait for
   * the close, which runs it before it returns. If nothing is to be synced, it runs before the
   * commit returns.
   *
   * <p>Actions of a transaction run in the order in which they were added, and not at all if it is
   * rolled back, or to a savepoint before the call. The end of the process, a sync that fails, or a
   * close while another process writes, may come between the commit and the action.
   *
   * @param action may use the database, which may have been closed meanwhile; must not wait for the
   *     future of its own update; what it throws is logged
   */
  public void afterCommit(Runnable action) {
    Objects.requireNonNull(action, "the action is null");
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      hooks.add(action);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Commits all changes, which are visible when this returns, without waiting for the disk. The
   * next transaction may begin at once. All such commits that wait when a sync begins share it.
   *
   * @return completes when the commit is on disk; exceptionally after a failed sync
   */
  public CompletableFuture<Void> commitAsync() {
    commit(Durability.ASYNC);
    return writing.syncs().next();
  }

  /** Makes the changes that wait; if that fails, the commit has failed. */
  private void flushOrRollBack() {
    try {
      flushBatches();
    } catch (Throwable e) {
      rollBack();
      throw e;
    }
  }

  /**
   * Ends the transaction and undoes all its changes; the next writer may begin. Any later call
   * except {@link #close} throws {@link IllegalStateException}. Like {@link #close}, it may be
   * called after a failed write and by any thread. It waits at most 1 s for a running call of
   * another thread.
   *
   * {@snippet :
   * try (WriteTxn tx = db.beginWrite()) {
   *   int booked = book(tx, order);
   *   if (booked > 0) {
   *     tx.commit();
   *   } else {
   *     tx.rollback(); // close would do the same; this shows that it is intended
   *   }
   * }
   * }
   *
   * @throws IllegalStateException if the transaction has ended; inside {@link Database#update},
   *     which rolls back when its closure throws; or if it is called from within a call of this
   *     transaction on the same thread, such as by a codec
   */
  public void rollback() {
    if (inClosure) {
      checkOpen();
      throw new IllegalStateException(
          "update rolls back when its closure throws; throw an exception,"
              + " or go back to a savepoint, but do not call rollback");
    }
    if (hasBeenEnded()) {
      checkOpen();
    }
    StackRoom.forEnd();
    giveUp();
    rolledBack = true;
  }

  /** For the messages of {@link #checkOpen}. */
  @Override
  String outcome() {
    return rolledBack ? "was rolled back" : super.outcome();
  }

  /**
   * Rolls back unless committed. A second call does nothing. Waits at most 1 s for a running call
   * of another thread; after that, the transaction ends when that call does.
   *
   * @throws IllegalStateException if it is called from within a call of this transaction on the
   *     same thread, such as by a codec
   */
  @Override
  public void close() {
    if (!hasBeenEnded()) {
      StackRoom.forEnd();
      giveUp();
    }
  }

  /** As {@link #close}, where there is room on the stack. */
  void giveUp() {
    Thread me = Thread.currentThread();
    if (committer == me) { // the commit has failed
      rollBack();
    } else if (!hasBeenEnded()) {
      checkNotInCall();
      Caller last = left == null ? onlyCaller() : left;
      if (last.take(me, LEAVE_NANOS)) {
        rollBack(last);
      } else {
        misuse = new IllegalStateException(misuse(last.name(), Caller.name(me)));
        if (!inClosure) { // whose end waits, too
          endLater(last);
        }
      }
    }
  }

  @Override
  public String toString() {
    return "write transaction " + pages.txnId() + " of " + lifecycle.path();
  }
}
