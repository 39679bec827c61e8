package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.TreeWriter;
import dev.pando.codec.Codec;
import dev.pando.pager.StackRoom;
import dev.pando.txn.commit.Changes;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one transaction that may write, from {@link Database#beginWrite} or {@link Database#update}.
 * It sees what it wrote; everybody else sees it once {@link #commit} returns, and then it is on
 * disk. Without commit, {@link #rollback} and {@link #close} undo everything.
 *
 * {@snippet :
 * try (WriteTxn tx = db.beginWrite()) {
 *   tx.put(ORDERS, 7L, order);
 *   tx.delete(DRAFTS, 7L);
 *   tx.commit();
 * }
 * }
 *
 * <p>Used by one thread at a time; it may move from thread to thread between calls. When two
 * threads meet in it, the second one gets an {@link IllegalStateException}, which names both, and
 * the transaction can only be closed: {@code list.parallelStream().forEach(i -> tx.put(...))}
 * changes nothing. A codec may read and write while it encodes, and read while it decodes; what it
 * decodes may move when it writes, so that is refused.
 *
 * <p>When a write fails with a {@link dev.pando.error.StorageException}, such as a full disk, the
 * transaction can only be closed, or {@linkplain #rollbackTo rolled back to a savepoint}; earlier
 * commits are not touched.
 */
public final class WriteTxn extends ChangingTxn {
  /** The longest value, in bytes: 2 GiB - 1. */
  public static final int MAX_VALUE = Integer.MAX_VALUE;

  /** That {@link #rollback} was called. */
  private boolean rolledBack;

  WriteTxn(Database database, Changes changes) {
    super(database, changes);
  }

  /** The same transaction, for an update that shares it; see {@link SharedUpdate}. */
  WriteTxn(WriteTxn whole) {
    super(whole);
  }

  /**
   * Not possible.
   *
   * @throws IllegalStateException always: what this transaction has changed is seen by it alone
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
   * Stores a value under a key, in place of the one there may be. The table is created if it is
   * missing.
   *
   * @return whether the key is new
   * @throws IllegalArgumentException if the codec makes no bytes of the key, or more than {@link
   *     RawTable#maxKey}
   */
  public <K, V> boolean put(Table<K, V> table, K key, V value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      return put(mine, table, key, value);
    } finally {
      mine.end(call);
    }
  }

  private <K, V> boolean put(Caller mine, Table<K, V> table, K key, V value) {
    Workspace memory = mine.memory();
    KeyBuffer wanted = memory.encodeNewKey(table, key);
    memory.encodeValue(table, value);
    return put(beginChange(mine, table), wanted, memory.sink.segment(), memory.sink.length());
  }

  /**
   * Stores a value under a key that is absent; otherwise leaves the value that is there.
   *
   * @return whether the key was absent
   */
  public <K, V> boolean putIfAbsent(Table<K, V> table, K key, V value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      return !contains(mine, call, table, key) && put(mine, table, key, value);
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Stores a value under a key behind all others of the table. As {@link #put}, but a sorted load
   * that is not sorted fails instead of being slow.
   *
   * @throws IllegalArgumentException if the key is not behind the last one; nothing has changed
   */
  public <K, V> void append(Table<K, V> table, K key, V value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      Workspace memory = mine.memory();
      KeyBuffer wanted = memory.encodeNewKey(table, key);
      memory.encodeValue(table, value);
      TreeWriter tree = beginChange(mine, table);
      append(tree, table.name(), wanted, memory.sink.segment(), 0, memory.sink.length());
    } finally {
      mine.end(call);
    }
  }

  /** Removes a key; false if it is absent. */
  public <K> boolean delete(Table<K, ?> table, K key) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      KeyBuffer wanted = mine.memory().encodeKey(table, key);
      return delete(beginRemoval(mine, table), wanted);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Removes all entries of a table; the table stays. Nothing happens if there is no such table.
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

  /** As {@link #clear(Table)}, whatever the codecs of the table are. */
  public void clear(String table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      beginChange();
      TreeWriter tree = willChange(table, findRawTree(table));
      mayUseReserve();
      clear(tree);
    } finally {
      mine.end(call);
    }
  }

  private void clear(@Nullable TreeWriter tree) {
    if (tree != null) {
      orBreak((Runnable) tree::clear);
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
   * As {@link #drop(Table)}, whatever the codecs of the table are.
   *
   * @return false if there is no such table
   */
  public boolean drop(String table) {
    return changeTables(() -> dropNow(table));
  }

  private boolean dropNow(String table) {
    mayUseReserve();
    return orBreak(() -> catalog.drop(table));
  }

  /**
   * Gives a table the name of another description, which has the same codecs. Does nothing if that
   * is the name it has. Open cursors and scans stay where they are.
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
   * As {@link #rename(Table, Table)}, whatever the codecs of the table are.
   *
   * @param to 1 to 255 bytes of UTF-8, see {@link Table#MAX_NAME}
   * @return false if there is no such table
   * @throws IllegalArgumentException if there is another table of the new name
   */
  public boolean rename(String from, String to) {
    Table<byte[], byte[]> renamed = Table.of(to, Codec.bytes(), Codec.bytes()); // checks the name
    return changeTables(() -> renameNow(from, renamed.name()));
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
      beginChange();
      return change.getAsBoolean();
    } finally {
      forgetTable();
      mine.end(call);
    }
  }

  /**
   * Marks a point to which {@link #rollbackTo} can go back. Savepoints nest to any depth. One costs
   * what is changed after it: each page is copied once before its first change.
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
      return savepoints.begin();
    } finally {
      mine.end(call);
    }
  }

  /**
   * Undoes everything the transaction did since a savepoint, which can be gone back to again;
   * savepoints inside it end. Views, cursors and iterators that are open end as well: what they
   * stand on may be gone. Scans and raw tables go on.
   *
   * <p>A transaction that a failed write made unusable is usable again, if the failure was a {@link
   * dev.pando.error.StorageException} that left what was there at the savepoint whole, such as a
   * full disk or a damaged page.
   *
   * @throws IllegalStateException if the savepoint has ended, or if the transaction cannot go on
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
      orBreak(() -> savepoints.rollBackTo(savepoint));
      mended();
    } finally {
      mine.end(call);
    }
  }

  /**
   * Ends a savepoint and those inside it, and keeps what was done since. Committing does so with
   * all of them.
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
   * Makes all writes visible, and durable if {@link Options#withDurability} says nothing else: then
   * they survive a crash when this returns.
   *
   * @throws dev.pando.error.DatabaseFullException if there is no room: the transaction is rolled
   *     back, the database goes on
   * @throws dev.pando.error.DatabaseFailedException if it is not known what is on disk: nobody can
   *     write until the database is closed and opened again
   */
  public void commit() {
    commit(database.durability());
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
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      orBreak(savepoints::releaseAll);
      committer = Thread.currentThread();
      writing.commit(this, durability);
    } finally {
      committer = null;
      if (hasBeenEnded()) {
        mine.endLast();
      } else {
        mine.end(call);
      }
    }
  }

  /**
   * Ends the transaction and undoes all that it did; the next writer may begin. Any later call but
   * {@link #close} throws {@link IllegalStateException}. Like {@link #close}, it may be called
   * after a failed write, and by any thread; it waits for a call of another thread in the same way.
   *
   * {@snippet :
   * try (WriteTxn tx = db.beginWrite()) {
   *   int booked = book(tx, order);
   *   if (booked > 0) {
   *     tx.commit();
   *   } else {
   *     tx.rollback(); // close would do the same; this says that it is meant
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
   * Rolls back unless committed. A second call does nothing. A call of another thread that is under
   * way is waited for, a second at most; after that, the transaction ends when that call does.
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
  WriteTxn forWriting() {
    return this;
  }

  @Override
  public String toString() {
    return "write transaction " + pages.txnId() + " of " + database.path();
  }
}
