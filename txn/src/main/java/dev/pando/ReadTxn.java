package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.readers.ReaderSlot;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One state of the database, from {@link Database#beginRead} or {@link Database#view}. What other
 * transactions commit meanwhile is not seen, and waits for nothing: readers block nobody. The pages
 * of the state are kept until the transaction is closed, so close it.
 *
 * {@snippet :
 * try (ReadTxn tx = db.beginRead()) {
 *   Order order = tx.get(ORDERS, 7L);
 *   for (Entry<Long, Order> entry : tx.scan(ORDERS, Range.closedOpen(1L, 100L))) { ... }
 * }
 * }
 *
 * <p>Used by one thread at a time; it may move from thread to thread between calls. A call that
 * meets another thread's call throws {@link IllegalStateException}, which names both threads, and
 * so may the other call; {@link #fork} gives a thread its own. That holds for everything that
 * belongs to the transaction: raw tables, cursors, scans and iterators. Codecs may call the
 * transaction for which they encode or decode.
 *
 * <p>Every method throws {@link IllegalStateException} after {@link #close} or after the database
 * was closed, and {@link dev.pando.error.CorruptFileException} where the file is damaged. Reading a
 * table that does not exist finds nothing; reading one with other codecs than it was written with
 * is an {@link IllegalArgumentException} that names both. Looking for a key that is too long to be
 * stored finds nothing, or its neighbours; only storing it is an error.
 */
public sealed class ReadTxn extends Txn implements AutoCloseable permits ChangingTxn {
  private final @Nullable ReaderSlot slot;

  /** Of the slot; a field, so that {@link #close} has it without a call. */
  private final @Nullable HeldSlot held;

  ReadTxn(Database database, ReaderSlot slot) {
    this(database, slot, HeldSlot.of(slot));
  }

  private ReadTxn(Database database, ReaderSlot slot, HeldSlot held) {
    super(database, slot.snapshot(), held.caller(Thread.currentThread()));
    this.slot = slot;
    this.held = held;
  }

  /** For a write transaction, which needs no slot. */
  ReadTxn(Database database, Snapshot base, Workspace memory) {
    super(database, base, Caller.ofWriter(base.map().pageSize(), memory));
    this.slot = null;
    this.held = null;
  }

  /** The transaction whose commit is the state seen: ids grow from commit to commit. */
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

  /** Whether the key is there. */
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

  /** How many keys the table has. Takes the same short time for every table. */
  public final long count(Table<?, ?> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      long entries = tree(mine, table).entries();
      check(mine, call);
      return entries;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * As {@link #count(Table)}, whatever the codecs of the table are; 0 if there is no such table.
   */
  public final long count(String table) {
    TableStat stat = stat(table);
    return stat == null ? 0 : stat.entries();
  }

  /** How many keys of the table are in a range. Takes time for each of them. */
  public final <K> long count(Table<K, ?> table, Range<? super K> range) {
    RangeCursor cursor = cursor(table, range);
    long n = 0;
    while (cursor.advance()) {
      n++;
    }
    return n;
  }

  private <K> RangeCursor cursor(Table<K, ?> table, Range<? super K> range) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      EncodedRange encoded = encode(mine, table, range);
      return new RangeCursor(this, tree(mine, table), encoded);
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** The entry with the first key, or null if the table is empty. */
  public final <K, V> @Nullable Entry<K, V> first(Table<K, V> table) {
    return find(table, null, (cursor, none) -> cursor.first());
  }

  /** The entry with the last key, or null if the table is empty. */
  public final <K, V> @Nullable Entry<K, V> last(Table<K, V> table) {
    return find(table, null, (cursor, none) -> cursor.last());
  }

  /** The entry with the first key that is {@code key} or behind it, or null. */
  public final <K, V> @Nullable Entry<K, V> ceiling(Table<K, V> table, K key) {
    return find(table, notNull(key), Cursor::seek);
  }

  /** The entry with the first key behind {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> higher(Table<K, V> table, K key) {
    return find(table, notNull(key), ReadTxn::seekBehind);
  }

  /** The entry with the last key that is {@code key} or before it, or null. */
  public final <K, V> @Nullable Entry<K, V> floor(Table<K, V> table, K key) {
    return find(table, notNull(key), Cursor::seekFloor);
  }

  /** The entry with the last key before {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> lower(Table<K, V> table, K key) {
    return find(table, notNull(key), ReadTxn::seekBefore);
  }

  private static <K> K notNull(K key) {
    return Objects.requireNonNull(key, "the key is null");
  }

  private static boolean seekBehind(Cursor cursor, KeyBuffer key) {
    return cursor.seekExact(key) ? cursor.next() : cursor.seek(key);
  }

  private static boolean seekBefore(Cursor cursor, KeyBuffer key) {
    boolean _ = cursor.seek(key);
    return cursor.prev();
  }

  private interface Move {
    boolean to(Cursor cursor, KeyBuffer key);
  }

  private <K, V> @Nullable Entry<K, V> find(Table<K, V> table, @Nullable K key, Move move) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      Workspace memory = mine.memory();
      KeyBuffer wanted = key == null ? memory.key : memory.encodeKey(table, key);
      try (Cursor cursor = tree(mine, table).cursor()) {
        Entry<K, V> entry = null;
        if (move.to(cursor, wanted)) {
          cursor.entry(memory.keySlice, memory.valueSlice);
          entry = decode(mine, call, table);
        }
        check(mine, call);
        return entry;
      }
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** The entry whose bytes the caller's slices show. */
  final <K, V> Entry<K, V> decode(Caller mine, long call, Table<K, V> table) {
    Workspace memory = mine.memory();
    long then = epoch();
    K key = memory.decodeKey(table);
    checkEpochInCall(then); // or the value may not be any more where it was found
    Entry<K, V> entry = new Entry<>(key, memory.decodeValue(table));
    check(mine, call, then);
    return entry;
  }

  /** All entries of a table, by ascending key. */
  public final <K, V> Scan<K, V> scan(Table<K, V> table) {
    return scan(table, Range.all());
  }

  /** The entries of a table whose keys are in a range, in the range's direction. */
  public final <K, V> Scan<K, V> scan(Table<K, V> table, Range<? super K> range) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      return new Scan<>(this, table, encode(mine, table, range));
    } finally {
      mine.end(call);
    }
  }

  private static <K> EncodedRange encode(Caller mine, Table<K, ?> table, Range<? super K> range) {
    Objects.requireNonNull(range, "the range is null");
    return range.encode(table.keyCodec(), mine.memory().sink);
  }

  /** A table's bytes, without its codecs but only if it was written with these. */
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
   * A table's bytes, whatever its codecs are. If something is written to it and there is no such
   * table, it is created for {@link Codec#bytes} as keys and values.
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
   * What a table consists of, or null if there is no such table.
   *
   * @throws IllegalArgumentException if it was written with other codecs than these
   */
  public final @Nullable TableStat stat(Table<?, ?> table) {
    RawTable _ = raw(table); // checks the codecs
    return stat(table.name());
  }

  /** As {@link #stat(Table)}, whatever the codecs of the table are. */
  public final @Nullable TableStat stat(String table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      CatalogEntry entry = catalogEntry(table);
      check(mine, call);
      return entry == null ? null : TableStat.of(table, entry);
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Copies all tables with all their entries and the ids of their codecs into a write transaction
   * of another database, which need not have the same page size. Either all are copied or none.
   *
   * <p>A table of the target that has one of the names must be empty and have the same codecs. The
   * entries are loaded in the order of their keys, as by {@link WriteTxn#append}, so pages become
   * full. They go from page to page as bytes, without their codecs, and what they need in memory is
   * bounded by {@link Options#withSpillLimit} of the target. Named snapshots are not copied.
   *
   * <p>From a read transaction a write transaction of the same database is a target as well: to
   * bring back single tables of a named snapshot, {@link WriteTxn#drop} them and copy them.
   *
   * <p>Both transactions are in a call meanwhile, and no other thread may call them. Views of the
   * target end. After an exception the target has none of the tables that were to be copied, and
   * can go on; only if a write to it failed, it is as after any write that failed (see {@link
   * WriteTxn}).
   *
   * @throws IllegalArgumentException if a table of the target is not empty or has other codecs, or
   *     if this is a write transaction of the same database: nothing has been copied then; or if a
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
   * @throws IllegalArgumentException if the table was written with other codecs than these, too
   */
  public final boolean copyTo(WriteTxn target, Table<?, ?> table) {
    return new TableCopy(this, target).one(table);
  }

  /**
   * As {@link #copyTo(WriteTxn)}, for one table, whatever its codecs are.
   *
   * @return false if there is no such table: nothing has changed
   */
  public final boolean copyTo(WriteTxn target, String table) {
    return new TableCopy(this, target).one(table);
  }

  /**
   * Another read transaction on the same snapshot, for another thread. Both end independently of
   * each other, and so do their ages: {@link Options#withReaderLimit} counts from here on. Unlike
   * other methods, this one may be called by any thread at any time, also while another thread is
   * in a call.
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
   *     changes nobody else sees
   */
  public ReadTxn fork() {
    ReaderSlot mine = Objects.requireNonNull(slot, "slot");
    return database
        .reading()
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

  /** Whether the transaction is still open. */
  public final boolean isOpen() {
    return isUsable();
  }

  /**
   * Ends the transaction; what was read from it stays valid only where it was copied. A call of
   * another thread that is under way throws, and is waited for, a second at most.
   *
   * @throws IllegalStateException if it is called from within a call of this transaction on the
   *     same thread, such as by a codec
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

  // What a write transaction has of its own.

  Tree findTree(Table<?, ?> table) {
    Tree known = snapshot().knownTree(table);
    return known != null
        ? known
        : snapshot().tree(table, table.name(), table.keyId(), table.valueId());
  }

  Tree findRawTree(String table) {
    return snapshot().rawTree(table);
  }

  List<String> tableNames() {
    return Catalog.names(snapshot().catalog(), snapshot().map().name());
  }

  @Nullable CatalogEntry catalogEntry(String table) {
    return snapshot().entry(table);
  }

  /** Changes when tables come, go or are renamed. */
  long tablesVersion() {
    return 0;
  }

  /** Bytes that were found, for code that takes a segment. */
  MemorySegment shown(Slice found) {
    return found.segment.asSlice(found.offset, found.length).asReadOnly();
  }

  /** For writing: refuses unless this is a write transaction. */
  WriteTxn forWriting() {
    throw new IllegalStateException(
        "this is a read transaction, which cannot write; use Database.update or beginWrite");
  }

  /** A table's tree. */
  final Tree tree(Caller mine, Table<?, ?> table) {
    checkOpen(); // a codec may have ended it since the call began
    Tree known = mine.treeOf(table);
    if (known != null) {
      return known;
    }
    Tree found = findTree(table);
    checkFully(mine);
    mine.remember(table, found);
    return found;
  }

  @Override
  public String toString() {
    return "read transaction on state " + snapshot().txnId() + " of " + database.path();
  }
}
