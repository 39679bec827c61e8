package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.PagePacker;
import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.ReaderSlot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the database, from {@link Database#beginRead} or {@link Database#view}. It does not
 * see later commits and does not block them. Its pages are not reused until the transaction is
 * closed, so close it.
 *
 * {@snippet :
 * try (ReadTxn tx = db.beginRead()) {
 *   Order order = tx.get(ORDERS, 7L);
 *   for (Entry<Long, Order> entry : tx.scan(ORDERS, Range.closedOpen(1L, 100L))) { ... }
 * }
 * }
 *
 * <p>Not thread-safe: one thread may call it at a time, and it may move to another thread between
 * calls. A call during another thread's call throws an {@link IllegalStateException} that names
 * both threads; the other call may throw too. Use {@link #fork} for another thread. This also
 * applies to the transaction's raw tables, cursors, scans and iterators. Codecs may call the
 * transaction for which they encode or decode.
 *
 * <p>Every method throws {@link IllegalStateException} after {@link #close} or after the database
 * was closed, and {@link dev.pando.error.CorruptFileException} where the file is damaged. A table
 * that does not exist reads as empty. Reading a table with codecs other than those it was written
 * with throws {@link IllegalArgumentException} that names both. A search for a key that is too long
 * to be stored finds nothing, or its neighbours; only storing it is an error.
 */
public sealed class ReadTxn extends OrderedReads implements AutoCloseable permits ChangingTxn {
  /** Begins its forks; null in a write transaction, as are the slots. */
  private final @Nullable Readers reading;

  private final @Nullable ReaderSlot slot;

  /** The reader slot; a field, so that {@link #close} reads it without a call. */
  private final @Nullable HeldSlot held;

  ReadTxn(Readers reading, ReaderSlot slot) {
    this(reading, slot, HeldSlot.of(slot));
  }

  private ReadTxn(Readers reading, ReaderSlot slot, HeldSlot held) {
    super(reading.lifecycle(), slot.snapshot(), held.caller(Thread.currentThread()));
    this.reading = reading;
    this.slot = slot;
    this.held = held;
  }

  /** For a write transaction, which needs no slot. */
  ReadTxn(Lifecycle lifecycle, Snapshot base, Workspace memory) {
    super(lifecycle, base, Caller.ofWriter(base.map().pageSize(), memory));
    this.reading = null;
    this.slot = null;
    this.held = null;
  }

  /** The id of the commit that this transaction sees; ids grow from commit to commit. */
  public long txnId() {
    return snapshot().txnId();
  }

  /**
   * The value of a key.
   *
   * @return null if the key is absent
   */
  public final <K, V> @Nullable V get(Table<K, V> table, K key) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      Workspace memory = mine.memory();
      KeyBuffer wanted = memory.encodeKey(table, key);
      Tree tree = tree(mine, table);
      long then = epoch();
      V value = tree.get(wanted, memory.valueSlice) ? memory.decodeValue(table) : null;
      check(mine, call, then);
      return value;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * The values of many keys, which may be in any order and occur more than once. Gets that wait for
   * memory are up to twice as fast this way: the keys are looked up a few dozen at a time, and the
   * waits overlap.
   *
   * @return a list, which the caller owns, of as many values, in the order of the keys; null in
   *     place of the value of an absent key
   * @throws IllegalStateException also if a codec writes to the transaction meanwhile: all values
   *     are of one moment
   */
  public final <K, V> List<@Nullable V> getAll(Table<K, V> table, Collection<? extends K> keys) {
    return BatchedRead.values(this, table, keys);
  }

  /** Whether the table contains the key. */
  public final <K> boolean contains(Table<K, ?> table, K key) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      return contains(mine, call, table, key);
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  final <K> boolean contains(Caller mine, long call, Table<K, ?> table, K key) {
    KeyBuffer wanted = mine.memory().encodeKey(table, key);
    boolean found = tree(mine, table).contains(wanted);
    check(mine, call);
    return found;
  }

  /** The number of values of all keys of a multimap table, in constant time. */
  public final long count(MultiTable<?, ?> table) {
    return count(table.pairs());
  }

  /** The number of values of a key. Reads a page or two a level, however many there are. */
  public final <K, V> long count(MultiTable<K, V> table, K key) {
    return count(table.pairs(), table.range(key, Range.all()));
  }

  /** Whether a key has a value. */
  public final <K, V> boolean contains(MultiTable<K, V> table, K key, V value) {
    return contains(table.pairs(), table.pair(key, value));
  }

  /** The values of a key, in ascending order. */
  public final <K, V> Values<V> values(MultiTable<K, V> table, K key) {
    return values(table, key, Range.all());
  }

  /** The values of a key that are in a range, in the range's direction. */
  public final <K, V> Values<V> values(MultiTable<K, V> table, K key, Range<? super V> values) {
    return new Values<>(scan(table.pairs(), table.range(key, values)));
  }

  /** A cursor over a multimap table, which is on no value yet. Close it. */
  public final <K, V> MultiCursor<K, V> cursor(MultiTable<K, V> table) {
    TableCursor<Tuple2<K, V>, Present> pairs = cursor(table.pairs());
    return new MultiCursor<>(table, pairs, pairs.raw());
  }

  /**
   * A table as a sorted map, with sub, head, tail and descending maps that are views as well. In a
   * write transaction what is put and removed is written to the table. Nothing is loaded: each call
   * reads the table, and iterators are {@linkplain #scan scans}. Keys and values may not be null.
   *
   * <p>The map's order is the table's. {@link NavigableMap#comparator} compares keys by their
   * bytes. {@code equals} of the values decides what {@code remove(key, value)} and {@code
   * replace(key, old, new)} do, or the content for arrays. {@code size} counts in constant time, or
   * for a part of the table as {@link #count(Table, Range)} does.
   *
   * <p>A change in a read transaction throws {@link UnsupportedOperationException}. Valid until the
   * transaction ends. Not thread-safe.
   */
  public final <K, V> NavigableMap<K, V> asMap(Table<K, V> table) {
    checkOpen();
    return new TableMap<>(TableMap.Source.of(this), table);
  }

  /**
   * A multimap table as a multimap, with sets of values, of keys and of entries that are views. In
   * a write transaction what is put and removed is written to the table; in a read transaction a
   * change throws {@link UnsupportedOperationException}. Iterators of values and entries are
   * {@linkplain #scan scans}. Valid until the transaction ends. Not thread-safe.
   */
  public final <K, V> TableMultimap<K, V> asMultimap(MultiTable<K, V> table) {
    checkOpen();
    return new TableMultimap<>(table, new TableMap<>(TableMap.Source.of(this), table.pairs()));
  }

  /** Whether a blob table contains the key. */
  public final <K> boolean contains(BlobTable<K> table, K key) {
    return length(table, key) >= 0;
  }

  /** Bytes of the value of a key of a blob table; -1 if the key is absent. */
  public final <K> long length(BlobTable<K> table, K key) {
    return Blob.of(this, table, key).length();
  }

  /**
   * Opens the value of a key of a blob table for reading.
   *
   * @return null if the key is absent
   */
  public final <K> @Nullable BlobChannel read(BlobTable<K> table, K key) {
    Blob blob = Blob.of(this, table, key);
    return blob.length() < 0 ? null : new BlobChannel(this, blob, null);
  }

  /** All keys of a blob table, in ascending order. */
  public final <K> BlobKeys<K> keys(BlobTable<K> table) {
    return keys(table, Range.all());
  }

  /**
   * The keys of a blob table that are in a range, in the range's direction. The values are not
   * read: each key costs a search.
   *
   * @throws IllegalStateException if the range skips keys
   */
  public final <K> BlobKeys<K> keys(BlobTable<K> table, Range<K> range) {
    return new BlobKeys<>(scan(table.stored(), table.entries(range)).distinct(1));
  }

  /** As {@link #count(Table)}, for any codecs; 0 if there is no such table. */
  public final long count(String table) {
    TableStat stat = stat(table);
    return stat == null ? 0 : stat.entries();
  }

  /** A table as bytes, without decoding; refuses a table written with other codecs. */
  public final RawTable raw(Table<?, ?> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      Tree _ = tree(mine, table);
      check(mine, call);
      return new RawTable(this, table, true);
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * A table as bytes, for any codecs. The first write to a missing table creates it with {@link
   * Codec#bytes} for keys and values.
   */
  public final RawTable raw(String table) {
    checkOpen();
    return new RawTable(this, Table.of(table, Codec.bytes(), Codec.bytes()), false);
  }

  /** The names of all tables, in the order of their UTF-8 bytes. */
  public final List<String> tables() {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      List<String> names = tableNames();
      check(mine, call);
      return names;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * The pages and entries of a table, or null if there is no such table.
   *
   * @throws IllegalArgumentException if it was written with other codecs than these
   */
  public final @Nullable TableStat stat(Table<?, ?> table) {
    RawTable _ = raw(table); // checks the codecs
    return stat(table.name());
  }

  /**
   * How much of the pages of keys and values is in use, from 0 to 1; 1 for an empty table. Reads
   * all of these pages. {@link Database#compact(Progress)} fills them.
   */
  public final double fill(Table<?, ?> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      double fill = PagePacker.fill(tree(mine, table));
      check(mine, call);
      return fill;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #stat(Table)}, for any codecs. */
  public final @Nullable TableStat stat(String table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      CatalogEntry entry = TableNames.isInternal(table) ? null : catalogEntry(table);
      check(mine, call);
      return entry == null ? null : TableStat.of(table, entry, snapshot().map().pageSize());
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * The indexes that a table has in the file, in the order in which they were created, also those
   * that the program has not registered. None if there is no such table.
   */
  public final List<IndexStat> indexes(String table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      CatalogEntry entry = TableNames.isInternal(table) ? null : catalogEntry(table);
      List<IndexStat> all = new ArrayList<>();
      for (IndexRecord index : entry == null ? List.<IndexRecord>of() : entry.indexes()) {
        all.add(IndexStat.of(index, catalogEntry(index.tree())));
      }
      check(mine, call);
      return all;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * A table with codecs {@linkplain Codec#parse of its stored ids}, for tools that read and write
   * any table without its classes. {@link TableStat#multiTable} does the same for a multimap table.
   *
   * @return null if there is no such table
   * @throws IllegalArgumentException if a codec is not known, or if it is a multimap table
   */
  public final @Nullable Table<Object, Object> table(String name) {
    TableStat stat = stat(name);
    return stat == null ? null : stat.table();
  }

  /**
   * Copies all tables with all their entries and the ids of their codecs into a write transaction
   * of another database, which may have another page size. Either all are copied or none.
   *
   * <p>A table of the target with one of the names must be empty and have the same codecs. The
   * entries are loaded in key order, as by {@link WriteTxn#append}, so pages are filled. They are
   * copied as bytes, without decoding. {@link Options#withSpillLimit} of the target bounds the
   * memory. Named snapshots are not copied.
   *
   * <p>A read transaction can also copy to a write transaction of the same database. To restore
   * single tables of a named snapshot, {@link WriteTxn#drop} them and copy them.
   *
   * <p>No other thread may use either transaction until this method returns. Views of the target
   * end. After an exception the target has none of the tables that were to be copied, and is still
   * usable. If a write to it failed, it is as after any failed write (see {@link WriteTxn}).
   *
   * @throws IllegalArgumentException if a table of the target is not empty or has other codecs, or
   *     if this is a write transaction of the same database: then nothing has been copied; or if a
   *     key or a name is too long for the pages of the target
   * @throws dev.pando.error.CorruptFileException if the source is damaged
   */
  public final void copyTo(WriteTxn target) {
    new TableCopy(this, target).all();
  }

  /**
   * As {@link #copyTo(WriteTxn)}, for one table.
   *
   * @return false if there is no such table: nothing has changed
   * @throws IllegalArgumentException also if the table was written with other codecs than these
   */
  public final boolean copyTo(WriteTxn target, Table<?, ?> table) {
    return new TableCopy(this, target).one(table);
  }

  /**
   * As {@link #copyTo(WriteTxn)}, for one table with any codecs.
   *
   * @return false if there is no such table: nothing has changed
   */
  public final boolean copyTo(WriteTxn target, String table) {
    return new TableCopy(this, target).one(table);
  }

  /**
   * Begins another read transaction on the same snapshot, for another thread. Each ends on its own,
   * and {@link Options#withReaderLimit} of the new one counts from now. Unlike other methods, this
   * one may be called by any thread at any time, even during another thread's call.
   *
   * {@snippet :
   * try (ReadTxn tx = db.beginRead()) {
   *   ids.parallelStream()
   *       .forEach(
   *           id -> {
   *             try (ReadTxn mine = tx.fork()) {
   *               index(mine.get(ORDERS, id));
   *             }
   *           });
   * }
   * }
   *
   * @throws IllegalStateException if this transaction has ended, or is a write transaction, whose
   *     changes no other transaction sees
   */
  public ReadTxn fork() {
    ReaderSlot mine = Objects.requireNonNull(slot, "slot");
    return Objects.requireNonNull(reading, "reading")
        .fork(
            snapshot(),
            () -> {
              boolean pinned = mine.pin() == snapshot().txnId() + 1;
              checkOpen(); // after the pin: the slot may be another's, of the same snapshot
              if (!pinned) {
                throw new IllegalStateException("the transaction has ended: " + this);
              }
            });
  }

  @Override
  final Txn forkForPart() {
    return fork();
  }

  /** Whether the transaction is still open. */
  public final boolean isOpen() {
    return isUsable();
  }

  /**
   * Ends the transaction. Decoded objects and copies stay valid; views, cursors and segments do
   * not. If another thread is in a call, that call throws; this method waits for it, at most 1 s. A
   * second call does nothing.
   *
   * @throws IllegalStateException if it is called within a call of this transaction on the same
   *     thread, such as by a codec
   */
  @Override
  public void close() {
    HeldSlot mine = held;
    ReaderSlot pinned = slot;
    if (mine != null && pinned != null) {
      try {
        if (!isClosed()) {
          checkNotInCall();
          mine.free(pinned, this);
        }
      } catch (StackOverflowError e) {
        mine.unclosed = this;
        throw e;
      }
    }
  }

  @Override
  public String toString() {
    return "read transaction on snapshot " + snapshot().txnId() + " of " + lifecycle.path();
  }
}
