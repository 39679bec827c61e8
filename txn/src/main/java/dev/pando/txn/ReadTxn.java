package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
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
 * <p>Used by one thread at a time; it may move from thread to thread. Every method throws {@link
 * IllegalStateException} after {@link #close} or after the database was closed, and {@link
 * dev.pando.error.CorruptFileException} where the file is damaged. Reading a table that does not
 * exist finds nothing; reading one with other codecs than it was written with is an {@link
 * IllegalArgumentException} that names both.
 */
public sealed class ReadTxn implements AutoCloseable permits WriteTxn {
  private static final long CLOSED = Long.MIN_VALUE;
  private static final long ENDED = CLOSED + 1;

  final Database database;
  private final Snapshot snapshot;
  private final ReaderSlots.@Nullable Slot slot;
  private @Nullable Workspace workspace;

  /** The table used last, so that the next call with it needs no search. */
  private @Nullable Table<?, ?> lastTable;

  private @Nullable Tree lastTree;

  /** Counts rollbacks to savepoints, which end cursors. */
  private int rollbacks;

  /** Tells of this transaction if it is never closed; null if nobody asked for that. */
  private @Nullable Leak leak;

  /** Counts changes, so that views notice them; negative after the end. */
  private long epoch;

  ReadTxn(Database database, ReaderSlots.Slot slot) {
    this.database = database;
    this.slot = slot;
    this.snapshot = slot.snapshot();
  }

  /** For a write transaction, which needs no slot. */
  ReadTxn(Database database, Snapshot base, Workspace workspace) {
    this.database = database;
    this.slot = null;
    this.snapshot = base;
    this.workspace = workspace;
  }

  final void watchedBy(Leak watching) {
    leak = watching;
  }

  /** The transaction whose commit is the state seen: ids grow from commit to commit. */
  public long txnId() {
    return snapshot.txnId();
  }

  /**
   * The value of a key.
   *
   * @return null if the key is absent
   */
  public final <K, V> @Nullable V get(Table<K, V> table, K key) {
    Tree tree = tree(table);
    Workspace mine = workspace();
    KeyBuffer wanted = mine.encodeKey(table, key);
    try {
      V value = tree.get(wanted, mine.valueSlice) ? mine.decodeValue(table) : null;
      checkStillOpen();
      return value;
    } catch (InternalError | IllegalStateException e) {
      throw explained(e);
    }
  }

  /** Whether the key is there. */
  public final <K> boolean contains(Table<K, ?> table, K key) {
    Tree tree = tree(table);
    KeyBuffer wanted = workspace().encodeKey(table, key);
    try {
      boolean found = tree.contains(wanted);
      checkStillOpen();
      return found;
    } catch (InternalError | IllegalStateException e) {
      throw explained(e);
    }
  }

  /** How many keys the table has. Takes the same short time for every table. */
  public final long count(Table<?, ?> table) {
    return tree(table).entries();
  }

  /** How many keys of the table are in a range. Takes time for each of them. */
  public final <K> long count(Table<K, ?> table, Range<? super K> range) {
    RangeCursor cursor = rangeCursor(table, range);
    long n = 0;
    while (cursor.advance()) {
      n++;
    }
    return n;
  }

  /** The entry with the first key, or null if the table is empty. */
  public final <K, V> @Nullable Entry<K, V> first(Table<K, V> table) {
    return find(table, workspace().key, (cursor, none) -> cursor.first());
  }

  /** The entry with the last key, or null if the table is empty. */
  public final <K, V> @Nullable Entry<K, V> last(Table<K, V> table) {
    return find(table, workspace().key, (cursor, none) -> cursor.last());
  }

  /** The entry with the first key that is {@code key} or behind it, or null. */
  public final <K, V> @Nullable Entry<K, V> ceiling(Table<K, V> table, K key) {
    return find(table, workspace().encodeKey(table, key), Cursor::seek);
  }

  /** The entry with the first key behind {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> higher(Table<K, V> table, K key) {
    return find(table, workspace().encodeKey(table, key), ReadTxn::seekBehind);
  }

  /** The entry with the last key that is {@code key} or before it, or null. */
  public final <K, V> @Nullable Entry<K, V> floor(Table<K, V> table, K key) {
    return find(table, workspace().encodeKey(table, key), Cursor::seekFloor);
  }

  /** The entry with the last key before {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> lower(Table<K, V> table, K key) {
    return find(table, workspace().encodeKey(table, key), ReadTxn::seekBefore);
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

  private <K, V> @Nullable Entry<K, V> find(Table<K, V> table, KeyBuffer key, Move move) {
    Workspace mine = workspace();
    try (Cursor cursor = tree(table).cursor()) {
      if (!move.to(cursor, key)) {
        return null;
      }
      cursor.entry(mine.keySlice, mine.valueSlice);
      Entry<K, V> entry = new Entry<>(mine.decodeKey(table), mine.decodeValue(table));
      checkStillOpen();
      return entry;
    } catch (InternalError | IllegalStateException e) {
      throw explained(e);
    }
  }

  /** All entries of a table, by ascending key. */
  public final <K, V> Scan<K, V> scan(Table<K, V> table) {
    return scan(table, Range.all());
  }

  /** The entries of a table whose keys are in a range, in the range's direction. */
  public final <K, V> Scan<K, V> scan(Table<K, V> table, Range<? super K> range) {
    checkOpen();
    return new Scan<>(this, table, encode(table, range));
  }

  private <K> EncodedRange encode(Table<K, ?> table, Range<? super K> range) {
    Objects.requireNonNull(range, "the range is null");
    return range.encode(table.keyCodec(), workspace().sink);
  }

  private <K> RangeCursor rangeCursor(Table<K, ?> table, Range<? super K> range) {
    return new RangeCursor(this, tree(table), encode(table, range));
  }

  /** A table's bytes, without its codecs but only if it was written with these. */
  public final RawTable raw(Table<?, ?> table) {
    Tree _ = tree(table);
    return new RawTable(this, table, true);
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
    checkOpen();
    try {
      List<String> names = tableNames();
      checkStillOpen();
      return names;
    } catch (InternalError | IllegalStateException e) {
      throw explained(e);
    }
  }

  /** What a table consists of, or null if there is no such table. */
  public final @Nullable TableStat stat(String table) {
    checkOpen();
    try {
      CatalogEntry entry = catalogEntry(table);
      checkStillOpen();
      return entry == null ? null : TableStat.of(table, entry);
    } catch (InternalError | IllegalStateException e) {
      throw explained(e);
    }
  }

  /** Whether the transaction is still open. */
  public final boolean isOpen() {
    return epoch >= 0 && !database.hasEnded();
  }

  /** Ends the transaction; what was read from it stays valid only where it was copied. */
  @Override
  public void close() {
    if (slot != null) {
      slot.free(this);
    }
  }

  // What a write transaction has of its own.

  Tree findTree(Table<?, ?> table) {
    return snapshot.tree(table);
  }

  Tree findRawTree(String table) {
    return snapshot.rawTree(table);
  }

  List<String> tableNames() {
    return Catalog.names(snapshot.catalog(), snapshot.map().name());
  }

  @Nullable CatalogEntry catalogEntry(String table) {
    return snapshot.entry(table);
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

  // What scans, cursors and views need.

  final Snapshot snapshot() {
    return snapshot;
  }

  /** The table's tree; checks that the transaction is open. */
  final Tree tree(Table<?, ?> table) {
    checkOpen();
    Tree last = lastTree;
    if (table == lastTable && last != null) {
      return last;
    }
    try {
      Tree found = findTree(table);
      checkStillOpen();
      lastTable = table;
      lastTree = found;
      return found;
    } catch (InternalError | IllegalStateException e) {
      throw explained(e);
    }
  }

  /** Tables came or went. */
  final void forgetTable() {
    lastTable = null;
    lastTree = null;
  }

  /** Memory for this transaction; checks that it is open. */
  final Workspace workspace() {
    checkOpen();
    Workspace mine = workspace;
    if (mine == null) {
      mine = Objects.requireNonNull(slot, "slot").workspace(snapshot.map().pageSize());
      workspace = mine;
    }
    return mine;
  }

  final void checkOpen() {
    if (epoch < 0) {
      throw ended();
    }
    if (database.hasEnded()) {
      throw new IllegalStateException("the database is closed: " + database.path());
    }
  }

  private IllegalStateException ended() {
    return new IllegalStateException(
        epoch == ENDED
            ? "the transaction was open longer than Options.withReaderLimit allows, and was ended: "
                + this
            : "the transaction has ended: " + this);
  }

  /**
   * Checks what an operation has read after it has read it: a reader that was ended meanwhile may
   * have seen pages that were reused.
   */
  final void checkStillOpen() {
    VarHandle.loadLoadFence();
    if (epoch < 0) {
      throw ended();
    }
  }

  /** Ends a reader that has been open for too long; false if it has ended. */
  final boolean endFromOutside() {
    if (epoch < 0) {
      return false;
    }
    epoch = ENDED;
    forgetLeak(); // the slot will be another's when nobody can reach this any more
    return true;
  }

  /** What a view remembers. */
  final long epoch() {
    return epoch;
  }

  /** Pages may change: views end. */
  final void nextEpoch() {
    epoch++;
  }

  /** A view is used after {@code then}: says why it may not be, unless it may. */
  final void checkEpoch(long then) {
    if (epoch != then) {
      checkOpen();
      throw new IllegalStateException(
          "the transaction has written since the view was set, and may have moved what it shows;"
              + " get the value again");
    }
  }

  /** What a cursor remembers. */
  final int rollbacks() {
    return rollbacks;
  }

  /** The transaction went back to a savepoint: cursors and views end. */
  final void nextRollback() {
    rollbacks++;
    nextEpoch();
    forgetTable();
  }

  /** A cursor that began when there had been so many rollbacks is used: says why it may not be. */
  final void checkRollbacks(int then) {
    if (rollbacks != then) {
      checkOpen();
      throw new IllegalStateException(
          "the transaction was rolled back to a savepoint since this cursor or iterator was opened;"
              + " open a new one");
    }
  }

  /** Marks the end; false if it was marked before. */
  final boolean end() {
    if (epoch < 0) {
      return false;
    }
    epoch = CLOSED;
    forgetTable();
    workspace = null;
    forgetLeak();
    return true;
  }

  private void forgetLeak() {
    Leak watching = leak;
    if (watching != null) {
      watching.closed();
    }
  }

  /**
   * What a failure in the middle of an operation means. Mapped pages vanish when the file is cut
   * short by somebody, and when the database is closed while this operation runs.
   */
  final RuntimeException explained(Throwable failure) {
    if (failure instanceof InternalError error) {
      return OpenedFile.faulted(database.path(), error);
    }
    checkOpen();
    return (IllegalStateException) failure;
  }

  @Override
  public String toString() {
    return "read transaction on state " + snapshot.txnId() + " of " + database.path();
  }
}
