package dev.pando;

import dev.pando.error.ReadOnlyException;
import dev.pando.pager.StackRoom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a {@link Database}: reads and writes of one operation, functions that run in
 * a transaction, and transactions that the caller ends. Users see its methods as those of the
 * database.
 */
abstract sealed class Transactor permits Database {
  Transactor() {}

  /** Begins all read transactions. */
  abstract Readers reading();

  /** Begins all write transactions. */
  abstract Writers writing();

  /** Runs updates, which share commits. */
  abstract GroupCommit updates();

  /** Of a transaction that asks for none. */
  abstract Durability durability();

  /** Refuses if the database is closed, or open for reading only. */
  abstract void checkWritable();

  // ---- one operation, one transaction

  /**
   * The value of a key in the newest commit: {@link ReadTxn#get} in a transaction of its own. Two
   * calls may see two commits; {@link #view} sees one. Inside {@link #update} this, like the other
   * reads, does not see what the update has written.
   *
   * @return null if the key is absent
   */
  public <K, V> @Nullable V get(Table<K, V> table, K key) {
    try (ReadTxn tx = beginRead()) {
      return tx.get(table, key);
    }
  }

  /** Whether the newest commit has a key: {@link ReadTxn#contains} in a transaction of its own. */
  public <K> boolean contains(Table<K, ?> table, K key) {
    try (ReadTxn tx = beginRead()) {
      return tx.contains(table, key);
    }
  }

  /** How many keys a table has in the newest commit. Takes the same short time for every table. */
  public long count(Table<?, ?> table) {
    try (ReadTxn tx = beginRead()) {
      return tx.count(table);
    }
  }

  /**
   * As {@link #count(Table)}, whatever the codecs of the table are; 0 if there is no such table.
   */
  public long count(String table) {
    try (ReadTxn tx = beginRead()) {
      return tx.count(table);
    }
  }

  /**
   * The entries of a table whose keys are in a range, in the range's direction, all of one commit,
   * as a list that is the caller's. It has them all in memory; {@link ReadTxn#scan} reads them one
   * by one.
   */
  public <K, V> List<Entry<K, V>> list(Table<K, V> table, Range<? super K> range) {
    try (ReadTxn tx = beginRead()) {
      return tx.scan(table, range).toList();
    }
  }

  /**
   * Stores a value under a key, in place of the one there may be: {@link WriteTxn#put} in an {@link
   * #update} of its own, with what that throws. Many puts are faster in one update.
   *
   * @return whether the key is new
   */
  public <K, V> boolean put(Table<K, V> table, K key, V value) {
    return this.<Boolean, RuntimeException>updateAndGet(tx -> tx.put(table, key, value));
  }

  /**
   * Removes a key: {@link WriteTxn#delete} in an {@link #update} of its own, with what that throws.
   *
   * @return false if it is absent
   */
  public <K> boolean delete(Table<K, ?> table, K key) {
    return this.<Boolean, RuntimeException>updateAndGet(tx -> tx.delete(table, key));
  }

  // ---- transactions

  /**
   * Runs a function on the newest commit. Inside {@link #update} it does not see what the update
   * has written.
   *
   * @return what the function returned
   */
  public <R extends @Nullable Object, X extends Exception> R view(ReadFunction<R, X> body)
      throws X {
    try (ReadTxn tx = beginRead()) {
      return body.apply(tx);
    }
  }

  /**
   * Runs a closure in a write transaction, which is committed when this returns, and on disk unless
   * {@link Options#withDurability} says otherwise. It is rolled back if the closure throws. An
   * update inside an update of the same thread fails at once, and so does one on a thread that
   * holds an open write transaction.
   *
   * <p>The closure's transaction is for one thread at a time: if another one calls it meanwhile,
   * the update changes nothing and throws an {@link IllegalStateException} that names both.
   *
   * <p>Updates of several threads run one after the other, each on its own thread, and share a
   * commit: so many threads together commit far more often than the disk can sync. One that fails
   * fails alone. If the commit fails, all that share it get an exception.
   *
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.DatabaseFullException if there is no room: nothing was written
   * @throws dev.pando.error.DatabaseFailedException if an earlier commit, or this one, failed so
   *     that it is not known what is on disk
   */
  public <X extends Exception> void update(WriteAction<X> body) throws X {
    update(durability(), body);
  }

  /**
   * As {@link #update(WriteAction)}, with a durability of its own. A commit that several updates
   * share has the strictest durability that one of them asks for: beside one with {@link
   * Durability#SYNC}, those with {@link Durability#ASYNC} wait for the sync as well.
   *
   * @param durability instead of that of {@link Options#withDurability}
   */
  public <X extends Exception> void update(Durability durability, WriteAction<X> body) throws X {
    Object _ =
        this.<@Nullable Object, X>updateAndGet(
            durability,
            tx -> {
              body.run(tx);
              return null;
            });
  }

  /**
   * As {@link #update(WriteAction)} with a result.
   *
   * @return what the function returned
   */
  public <R extends @Nullable Object, X extends Exception> R updateAndGet(WriteFunction<R, X> body)
      throws X {
    return updateAndGet(durability(), body);
  }

  /**
   * As {@link #update(Durability, WriteAction)} with a result.
   *
   * @param durability instead of that of {@link Options#withDurability}
   * @return what the function returned
   */
  public <R extends @Nullable Object, X extends Exception> R updateAndGet(
      Durability durability, WriteFunction<R, X> body) throws X {
    Objects.requireNonNull(durability, "the durability is null");
    checkWritable();
    StackRoom.forUpdate();
    return updates().run(body, durability);
  }

  /**
   * As {@link #updateAndGet(WriteFunction)}, but does not wait for the disk: the function runs on
   * the calling thread before this returns, as soon as it is its turn, and the future completes
   * when the commit is done; with {@link Durability#SYNC}, the default, it is on disk then. Updates
   * of one thread are committed in the order of the calls. What the function throws, and a failed
   * commit, completes the future exceptionally. An update that waits for an earlier one's future
   * gets {@link IllegalStateException} if the two share their commit: it would wait for itself.
   * That is noticed by {@code get} and {@code join} of the future and of those that depend on it,
   * without a limit of time.
   *
   * @throws ReadOnlyException if the database was opened for reading only
   */
  public <R extends @Nullable Object> CompletableFuture<R> updateAsync(
      WriteFunction<R, ? extends Exception> body) {
    return updateAsync(durability(), body);
  }

  /**
   * As {@link #updateAsync(WriteFunction)}, with a durability of its own. With {@link
   * Durability#ASYNC} the future completes when the commit is visible, which may be long before it
   * is on disk; other updates that share the commit may make it wait for a sync.
   *
   * @param durability instead of that of {@link Options#withDurability}
   */
  public <R extends @Nullable Object> CompletableFuture<R> updateAsync(
      Durability durability, WriteFunction<R, ? extends Exception> body) {
    Objects.requireNonNull(durability, "the durability is null");
    checkWritable();
    StackRoom.forUpdate();
    return updates().runAsync(body, durability);
  }

  /** Begins a read transaction on the newest commit. Close it: it keeps that commit's pages. */
  public ReadTxn beginRead() {
    return reading().newest(true);
  }

  /**
   * Begins a write transaction; waits until those that asked before have ended. It may be committed
   * and closed by another thread: it is held by the thread that used it last, at first by this one.
   *
   * @throws IllegalStateException if this thread holds the open write transaction, or runs an
   *     update: it would wait for itself
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.DatabaseFailedException if an earlier commit failed so that it is not
   *     known what is on disk
   */
  public WriteTxn beginWrite() {
    checkWritable();
    StackRoom.forTransaction();
    return Objects.requireNonNull(writing().begin(null));
  }

  /**
   * As {@link #beginWrite}, but waits no longer than a limit for the transactions that asked
   * before, in this process and in others.
   *
   * @param limit zero or more
   * @return null if the turn did not come in time
   */
  public @Nullable WriteTxn tryBeginWrite(Duration limit) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("limit=" + limit + ", allowed zero or more");
    }
    checkWritable();
    StackRoom.forTransaction();
    return writing().begin(limit);
  }
}
