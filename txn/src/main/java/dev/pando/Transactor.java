package dev.pando;

import dev.pando.error.ReadOnlyException;
import dev.pando.error.UniqueIndexException;
import dev.pando.pager.StackRoom;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a {@link Database}: reads and writes of one operation, functions that run in
 * a transaction, and transactions that the caller ends. Users see its methods as those of the
 * database.
 */
abstract class Transactor {
  Transactor() {}

  /** Whether the database is open, closed or lost; and its path. */
  abstract Lifecycle lifecycle();

  /** The newest commit that this process knows of. */
  abstract Snapshot known();

  /** Begins all read transactions. */
  abstract Readers reading();

  /** Begins all write transactions. */
  abstract Writers writing();

  /** Runs updates, which share commits. */
  abstract GroupCommit updates();

  /** The durability of a transaction that specifies none. */
  abstract Durability durability();

  /** Throws if the database is closed, or open for reading only. */
  abstract void checkWritable();

  /**
   * As {@link #beginRead()}, for the engine itself: {@link Options#withReaderLimit} does not end
   * it. Otherwise a check of a large file would read pages that were reused, and report damage.
   */
  final ReadTxn beginOwnRead() {
    return reading().newest(false);
  }

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

  /**
   * The values of many keys in the newest commit: {@link ReadTxn#getAll} in a transaction of its
   * own.
   *
   * @return a list of as many values, in the order of the keys; null in place of the value of an
   *     absent key
   */
  public <K, V> List<@Nullable V> getAll(Table<K, V> table, Collection<? extends K> keys) {
    try (ReadTxn tx = beginRead()) {
      return tx.getAll(table, keys);
    }
  }

  /** Whether the newest commit has a key: {@link ReadTxn#contains} in a transaction of its own. */
  public <K> boolean contains(Table<K, ?> table, K key) {
    try (ReadTxn tx = beginRead()) {
      return tx.contains(table, key);
    }
  }

  /** The number of keys of a table in the newest commit, in constant time. */
  public long count(Table<?, ?> table) {
    try (ReadTxn tx = beginRead()) {
      return tx.count(table);
    }
  }

  /** As {@link #count(Table)}, for any codecs; 0 if there is no such table. */
  public long count(String table) {
    try (ReadTxn tx = beginRead()) {
      return tx.count(table);
    }
  }

  /**
   * The entries of a table whose keys are in a range, in the range's direction, all of one commit,
   * as a list that the caller owns. All entries are in memory at once; {@link ReadTxn#scan} reads
   * them one by one.
   */
  public <K, V> List<Entry<K, V>> list(Table<K, V> table, Range<? super K> range) {
    try (ReadTxn tx = beginRead()) {
      return tx.scan(table, range).toList();
    }
  }

  /**
   * Stores a value under a key, and replaces an existing value: {@link WriteTxn#put} in an {@link
   * #update} of its own, whose exceptions it throws. Many puts are faster in one update.
   *
   * @return whether the key is new
   */
  public <K, V> boolean put(Table<K, V> table, K key, V value) {
    return this.<Boolean, RuntimeException>updateAndGet(tx -> tx.put(table, key, value));
  }

  /**
   * Removes a key: {@link WriteTxn#delete} in an {@link #update} of its own, whose exceptions it
   * throws.
   *
   * @return false if it is absent
   */
  public <K> boolean delete(Table<K, ?> table, K key) {
    return this.<Boolean, RuntimeException>updateAndGet(tx -> tx.delete(table, key));
  }

  /**
   * A table as a sorted map, as {@link ReadTxn#asMap}, in which each call is a transaction of its
   * own: a read sees the newest commit, and a change is committed, and by default on disk, when the
   * call returns. Many changes are faster in one {@link #update}. Calls such as {@code compute} and
   * {@code putIfAbsent} are one change, whatever other threads and processes do.
   *
   * <p>Iterators read a few hundred entries at a time, each time from the newest commit. They hold
   * no transaction open, and do not fail when the table changes. Thread-safe. Each call throws what
   * {@link #view} or {@link #update} throws.
   */
  public <K, V> NavigableMap<K, V> map(Table<K, V> table) {
    lifecycle().checkNotEnded();
    return new TableMap<>(new DatabaseSource(this), table);
  }

  /**
   * A multimap table as a multimap, as {@link ReadTxn#asMultimap}, in which each call is a
   * transaction of its own, as in a {@link #map}. A call for many elements, such as {@code addAll},
   * is a transaction for each of them; many changes are faster in one {@link #update}. Iterators
   * hold no transaction open. Thread-safe. Each call throws what {@link #view} or {@link #update}
   * throws.
   */
  public <K, V> TableMultimap<K, V> multimap(MultiTable<K, V> table) {
    lifecycle().checkNotEnded();
    return new TableMultimap<>(table, new TableMap<>(new DatabaseSource(this), table.pairs()));
  }

  // ---- indexes

  /**
   * Makes indexes known, so that writes of their tables keep them. Call it when the program starts.
   * An index that the file does not have is not created, unless its table is created later: {@link
   * #build} creates it. A second call with an equal index does nothing.
   *
   * @throws IllegalArgumentException if another index of the same table and name is registered
   */
  public void register(Index<?, ?, ?>... indexes) {
    lifecycle().checkNotEnded();
    for (Index<?, ?, ?> index : indexes) {
      writing().indexes().add(index);
    }
  }

  /**
   * Registers an index and creates it with the entries of all rows, in as many updates as needed:
   * others may read and write the table meanwhile. Each update adds entries of about 8 MiB. Until
   * the last one, reading the index is refused. After a crash, or an exception of the function or
   * of {@code progress}, another call goes on where this one ended; {@link WriteTxn#drop(Index)}
   * gives up. Does nothing if the index is there and built.
   *
   * @param progress gets the numbers of rows that are built, and of all rows; at the beginning of
   *     each update
   * @throws IllegalArgumentException if the table has other codecs, or another index of this name
   * @throws dev.pando.error.UniqueIndexException if the index is unique and a key has two rows;
   *     then the index is dropped
   */
  public void build(Index<?, ?, ?> index, Progress progress) {
    Objects.requireNonNull(progress, "the progress is null");
    checkWritable();
    long done = 0;
    try {
      boolean _ = this.<Boolean, RuntimeException>updateAndGet(tx -> tx.begin(index));
      for (long read = 0; read >= 0; done += read) {
        progress.at(done, Math.max(done, count(index.table())));
        read = this.<Long, RuntimeException>updateAndGet(tx -> tx.build(index));
      }
    } catch (UniqueIndexException e) {
      boolean _ = this.<Boolean, RuntimeException>updateAndGet(tx -> tx.drop(index));
      throw e;
    }
  }

  // ---- transactions

  /**
   * Runs a function on the newest commit. Inside {@link #update} it does not see what the update
   * has written.
   *
   * @return what the function returned
   */
  @LowPriorityInOverloadResolution
  public <R extends @Nullable Object, X extends Exception> R view(ReadFunction<R, X> body)
      throws X {
    try (ReadTxn tx = beginRead()) {
      return body.apply(tx);
    }
  }

  /** As {@link #view(ReadFunction)}, for Kotlin; see {@link TxnBody}. */
  @SuppressWarnings("overloads") // Java takes the other one: its parameter is a subtype
  public <R extends @Nullable Object> R view(TxnBody<ReadTxn, R> body) throws Exception {
    return this.<R, Exception>view(body::apply);
  }

  /**
   * Runs a closure in a write transaction. The transaction is committed when this returns, and is
   * on disk unless {@link Options#withDurability} says otherwise. It is rolled back if the closure
   * throws. An update on a thread that runs an update or holds an open write transaction throws
   * {@link IllegalStateException} at once.
   *
   * <p>One thread may call the closure's transaction at a time. If another thread calls it
   * meanwhile, the update changes nothing and throws an {@link IllegalStateException} that names
   * both.
   *
   * <p>Updates of several threads run one after the other, each on its own thread, and share a
   * commit. So many threads together commit far more often than the disk can sync. An update that
   * throws fails alone. If the commit fails, all updates that share it get an exception.
   *
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.UnsupportedFormatException if another process, with a newer build, has
   *     written what this one may only read
   * @throws dev.pando.error.DatabaseFullException if there is no room; then nothing was written
   * @throws dev.pando.error.DatabaseFailedException if an earlier commit, or this one, failed so
   *     that it is not known what is on disk
   */
  @LowPriorityInOverloadResolution
  public <X extends Exception> void update(WriteAction<X> body) throws X {
    update(durability(), body);
  }

  /** As {@link #update(WriteAction)}, for Kotlin; see {@link TxnBody}. */
  @SuppressWarnings("overloads")
  public void update(TxnAction body) throws Exception {
    update(durability(), body);
  }

  /**
   * As {@link #update(WriteAction)}, with a durability of its own. A shared commit has the
   * strictest durability of its updates: if one has {@link Durability#SYNC}, those with {@link
   * Durability#ASYNC} wait for the sync as well.
   *
   * @param durability instead of that of {@link Options#withDurability}
   */
  @LowPriorityInOverloadResolution
  public <X extends Exception> void update(Durability durability, WriteAction<X> body) throws X {
    Object _ =
        this.<@Nullable Object, X>updateAndGet(
            durability,
            tx -> {
              body.run(tx);
              return null;
            });
  }

  /** As {@link #update(Durability, WriteAction)}, for Kotlin; see {@link TxnBody}. */
  @SuppressWarnings("overloads")
  public void update(Durability durability, TxnAction body) throws Exception {
    this.<Exception>update(durability, body::run);
  }

  /**
   * As {@link #update(WriteAction)} with a result.
   *
   * @return what the function returned
   */
  @LowPriorityInOverloadResolution
  public <R extends @Nullable Object, X extends Exception> R updateAndGet(WriteFunction<R, X> body)
      throws X {
    return updateAndGet(durability(), body);
  }

  /** As {@link #updateAndGet(WriteFunction)}, for Kotlin; see {@link TxnBody}. */
  @SuppressWarnings("overloads")
  public <R extends @Nullable Object> R updateAndGet(TxnBody<WriteTxn, R> body) throws Exception {
    return updateAndGet(durability(), body);
  }

  /**
   * As {@link #update(Durability, WriteAction)} with a result.
   *
   * @param durability instead of that of {@link Options#withDurability}
   * @return what the function returned
   */
  @LowPriorityInOverloadResolution
  public <R extends @Nullable Object, X extends Exception> R updateAndGet(
      Durability durability, WriteFunction<R, X> body) throws X {
    Objects.requireNonNull(durability, "the durability is null");
    checkWritable();
    StackRoom.forUpdate();
    return updates().run(body, durability);
  }

  /** As {@link #updateAndGet(Durability, WriteFunction)}, for Kotlin; see {@link TxnBody}. */
  @SuppressWarnings("overloads")
  public <R extends @Nullable Object> R updateAndGet(
      Durability durability, TxnBody<WriteTxn, R> body) throws Exception {
    return this.<R, Exception>updateAndGet(durability, body::apply);
  }

  /**
   * As {@link #updateAndGet(WriteFunction)}, but does not wait for the disk. The function runs on
   * the calling thread, when it has the turn to write, before this returns. The future completes
   * when the commit is done; with {@link Durability#SYNC}, the default, the commit is on disk then.
   * Updates of one thread are committed in the order of the calls. An exception of the function or
   * of the commit completes the future exceptionally.
   *
   * <p>An update should not wait for the future of an earlier one: if both share a commit, it would
   * wait for itself. {@code get} and {@code join} without a timeout detect this, on the future and
   * on those that depend on it, and throw {@link IllegalStateException}.
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
   * is on disk. It waits for a sync only if another update of the same commit does.
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

  /**
   * Writes a table again with other codecs, as {@link WriteTxn#convert}, in many transactions,
   * between which other threads read and write. The old table stays as it is until the last one,
   * which puts the new one in its place.
   *
   * <p>After a crash, an exception or the end of the process the same call goes on after the last
   * commit. What was done until then is in a table of the new name followed by {@code "
   * (converting)"}, and how far that is in the table {@code "(conversions)"}. To give up, drop
   * both.
   *
   * <p>The old table must not change meanwhile. If it has changed when the call goes on, in this
   * process or another, it throws. The next call then begins with the first entry. {@link
   * Database#compact} and a restored backup count as changes.
   *
   * @param from the table; if it is missing, or has the codecs of {@code to} already, nothing is
   *     done
   * @param to a name that no other table has, and the new codecs
   * @param function makes the new entry of a key and its value, or null to leave it out; makes the
   *     same one whenever it is called
   * @param entriesPerCommit the entries that a transaction reads, 1 or more; a few thousand are
   *     fast
   * @param progress called on this thread after each commit, with the bytes of the old table; an
   *     exception that it throws ends the conversion, which can be continued
   * @return how many entries were written, those of earlier calls included
   * @throws IllegalStateException if the old table was changed meanwhile
   * @throws IllegalArgumentException as from {@link WriteTxn#convert}
   */
  public <K, V, L, W> long convert(
      Table<K, V> from,
      Table<L, W> to,
      BiFunction<? super K, ? super V, ? extends Map.@Nullable Entry<L, W>> function,
      int entriesPerCommit,
      Progress progress) {
    Conversion<K, V, L, W> conversion = new Conversion<>(from, to, function);
    return new StepwiseConversion<>(this, conversion, entriesPerCommit, progress).run();
  }

  /**
   * Begins a read transaction on the newest commit. Close it: until then its pages are not reused.
   */
  public ReadTxn beginRead() {
    return reading().newest(true);
  }

  /**
   * Begins a write transaction, after waiting for those requested before it. Another thread may
   * commit and close it. The thread that used it last counts as its holder, at first this one.
   *
   * @throws IllegalStateException if this thread holds the open write transaction, or runs an
   *     update, because it would wait for itself
   * @throws ReadOnlyException if the database was opened for reading only
   * @throws dev.pando.error.UnsupportedFormatException if another process, with a newer build, has
   *     written what this one may only read
   * @throws dev.pando.error.DatabaseFailedException if an earlier commit failed so that it is not
   *     known what is on disk
   */
  public WriteTxn beginWrite() {
    checkWritable();
    StackRoom.forTransaction();
    return Objects.requireNonNull(writing().begin(null));
  }

  /**
   * As {@link #beginWrite}, but waits only for a limited time for the transactions requested before
   * it, in this process and in others.
   *
   * @param limit zero or more
   * @return the transaction, or null if the limit passed
   */
  public @Nullable WriteTxn tryBeginWrite(Duration limit) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("limit=" + limit + ", allowed zero or more");
    }
    checkWritable();
    StackRoom.forTransaction();
    return writing().begin(limit);
  }

  /**
   * Waits for a commit of any process, so that a consumer can follow a producer.
   *
   * {@snippet :
   * for (long seen = 0; ; ) {
   *   long newest = db.awaitCommit(seen, Duration.ofSeconds(10));
   *   if (newest > seen) {
   *     seen = db.view(tx -> consume(tx));  // returns tx.txnId()
   *   }
   * }
   * }
   *
   * <p>A commit of this process is noticed at once, one of another process within a few
   * milliseconds, or within about 20 ms where the system does not report writes to a file. Waiting
   * uses almost no processor time, however many threads wait. Transaction ids grow with each
   * commit, not always by one.
   *
   * @param afterTxn the newest commit that the caller knows, from {@link ReadTxn#txnId}
   * @param timeout zero or more
   * @return the id of the newest commit: greater than {@code afterTxn}, unless the time ran out
   * @throws InterruptedException if this thread is interrupted while it waits
   */
  public long awaitCommit(long afterTxn, Duration timeout) throws InterruptedException {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout=" + timeout + ", allowed zero or more");
    }
    return reading().await(afterTxn, timeout);
  }
}
