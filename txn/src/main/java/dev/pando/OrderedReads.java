package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.codec.Tuple2;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.file.Lifecycle;
import dev.pando.txn.file.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction reads by the order of the keys: ranges, neighbours of a key, and entries by
 * their number. Users see its methods as those of {@link ReadTxn}.
 */
abstract sealed class OrderedReads extends Txn permits ReadTxn {
  /** Made by the first read of an index. */
  private @Nullable IndexReads indexes;

  OrderedReads(Lifecycle lifecycle, Snapshot snapshot, @Nullable Caller caller) {
    super(lifecycle, snapshot, caller);
  }

  /** The entry with the first key, or null if the table is empty. */
  public final <K, V> @Nullable Entry<K, V> first(Table<K, V> table) {
    return find(table, null, (cursor, none) -> cursor.first());
  }

  /** The entry with the last key, or null if the table is empty. */
  public final <K, V> @Nullable Entry<K, V> last(Table<K, V> table) {
    return find(table, null, (cursor, none) -> cursor.last());
  }

  /** The entry with the least key equal to or greater than {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> ceiling(Table<K, V> table, K key) {
    return find(table, notNull(key), Cursor::seek);
  }

  /** The entry with the least key greater than {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> higher(Table<K, V> table, K key) {
    return find(table, notNull(key), OrderedReads::seekBehind);
  }

  /** The entry with the greatest key equal to or less than {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> floor(Table<K, V> table, K key) {
    return find(table, notNull(key), Cursor::seekFloor);
  }

  /** The entry with the greatest key less than {@code key}, or null. */
  public final <K, V> @Nullable Entry<K, V> lower(Table<K, V> table, K key) {
    return find(table, notNull(key), OrderedReads::seekBefore);
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
          entry = Decoding.entry(this, mine, call, table);
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

  /** All entries of an index, by ascending key, with their rows. */
  public final <I, K, V> IndexScan<IndexEntry<I, K, V>> scan(Index<I, K, V> index) {
    return scan(index, Range.all());
  }

  /**
   * The entries of an index whose keys are in a range, in the range's direction, with their rows.
   * Any range of a table is one of an index, whose keys take the place of the table's: {@link
   * Range#prefix} names the first components of an index with several. A limit and a skip of the
   * range count entries. Entries of one key are in the order of the rows' keys, or the opposite one
   * if the range is reversed; {@link Range#after} leaves out all entries of its key.
   *
   * {@snippet :
   * tx.scan(BY_NAME, Range.startsWith("San Fr"));
   * tx.scan(BY_COUNTRY_AND_NAME, Range.prefix("JP").reversed().skip(20).limit(20));
   * }
   *
   * @throws IllegalStateException if the index is not there, or is being built
   * @throws IllegalArgumentException if the file has another index of this name
   */
  public final <I, K, V> IndexScan<IndexEntry<I, K, V>> scan(
      Index<I, K, V> index, Range<? super I> range) {
    Objects.requireNonNull(index, "the index is null");
    IndexReads reads = indexes();
    if (index.isUnique()) {
      return IndexScan.of(
          () -> reads.found(index),
          record -> scan(index.uniques(record), range),
          each -> new IndexEntry<>(each.key(), each.value(), reads.row(index, each.value())));
    }
    return IndexScan.of(
        () -> reads.found(index),
        record -> scanPairs(index, record, range),
        each -> {
          K key = each.key().second();
          return new IndexEntry<>(each.key().first(), key, reads.row(index, key));
        });
  }

  /** Scans the tree of an index that is not unique. */
  private <I, K> Scan<Tuple2<I, K>, Present> scanPairs(
      Index<I, K, ?> index, IndexRecord record, Range<? super I> range) {
    MultiTable<I, K> pairs = index.pairs(record);
    return scan(pairs.pairs(), pairs.keys(range));
  }

  /** As {@link #scanKeys(Index, Range)}, of all entries. */
  public final <I, K> IndexScan<Entry<I, K>> scanKeys(Index<I, K, ?> index) {
    return scanKeys(index, Range.all());
  }

  /**
   * As {@link #scan(Index, Range)}, without reading rows: the keys of the index and those of the
   * rows.
   */
  public final <I, K> IndexScan<Entry<I, K>> scanKeys(
      Index<I, K, ?> index, Range<? super I> range) {
    Objects.requireNonNull(index, "the index is null");
    IndexReads reads = indexes();
    if (index.isUnique()) {
      return IndexScan.of(
          () -> reads.found(index), record -> scan(index.uniques(record), range), each -> each);
    }
    return IndexScan.of(
        () -> reads.found(index), record -> scanPairs(index, record, range), Index::entry);
  }

  /**
   * The row of a key of a unique index, with its own key; null if there is none.
   *
   * @throws IllegalStateException if the index is not there, or is being built
   * @throws IllegalArgumentException if the index is not unique, or if the file has another one of
   *     this name
   */
  public final <I, K, V> @Nullable Entry<K, V> get(Index<I, K, V> index, I key) {
    IndexReads reads = indexes();
    K found = reads.get(index.uniques(reads.foundUnique(index)), key);
    return found == null ? null : new Entry<>(found, reads.row(index, found));
  }

  /**
   * The number of entries of an index, in constant time.
   *
   * @throws IllegalStateException if the index is not there, or is being built
   */
  public final long count(Index<?, ?, ?> index) {
    return count(index.tree(indexes().found(index)));
  }

  /**
   * The number of entries of an index whose keys are in a range, without those that it skips and
   * those beyond its limit. An index that is not unique has sums of entries, as a {@linkplain
   * Table#counted counted} table: a page or two a level are read. Of a unique one a little of each
   * page of the range is read.
   *
   * @throws IllegalStateException if the index is not there, or is being built
   */
  public final <I, K> long count(Index<I, K, ?> index, Range<? super I> range) {
    IndexRecord record = indexes().found(index);
    if (index.isUnique()) {
      return count(index.uniques(record), range);
    }
    MultiTable<I, K> pairs = index.pairs(record);
    return count(pairs.pairs(), pairs.keys(range));
  }

  /**
   * The number of entries of an index whose keys are less than a key, which need not be there.
   * Costs what {@link #count(Index, Range)} does.
   *
   * @throws IllegalStateException if the index is not there, or is being built
   */
  public final <I, K> long rank(Index<I, K, ?> index, I key) {
    return count(index, Range.lessThan(notNull(key)));
  }

  /**
   * The entry of an index that has this many entries before it: its key, and that of the row. Reads
   * a page a level, or of a unique index a little of each page before it.
   *
   * @param number 0 for the first entry
   * @return null if the index has no such entry
   * @throws IllegalStateException if the index is not there, or is being built
   */
  public final <I, K> @Nullable Entry<I, K> at(Index<I, K, ?> index, long number) {
    IndexRecord record = indexes().found(index);
    if (index.isUnique()) {
      return at(index.uniques(record), number);
    }
    Entry<Tuple2<I, K>, Present> pair = at(index.pairs(record).pairs(), number);
    return pair == null ? null : Index.entry(pair);
  }

  private IndexReads indexes() {
    IndexReads mine = indexes;
    if (mine == null) {
      mine = new IndexReads(this);
      indexes = mine;
    }
    return mine;
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
      return new Scan<>(this, table, encode(mine, table, range), null);
    } finally {
      mine.end(call);
    }
  }

  static <K> EncodedRange encode(Caller mine, Table<K, ?> table, Range<? super K> range) {
    Objects.requireNonNull(range, "the range is null");
    return range.encode(table.keyCodec(), mine.memory().sink);
  }

  /** A cursor over a table, which is on no entry yet. Close it. */
  public final <K, V> TableCursor<K, V> cursor(Table<K, V> table) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      RawTable raw = new RawTable(this, table, true);
      return new TableCursor<>(this, table, new RawCursor(this, raw, tree(mine, table)));
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  // ---- entries by their number

  /** The number of keys in the table, in constant time. */
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
   * The number of keys of the table in a range, without those that it skips and those beyond its
   * limit. Reads a little of each of their pages, or a page or two a level of a {@linkplain
   * Table#counted counted} table.
   */
  public final <K> long count(Table<K, ?> table, Range<? super K> range) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      EncodedRange encoded = encode(mine, table, range);
      long entries = encoded.count(tree(mine, table), mine.memory());
      check(mine, call);
      return entries;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * The number of keys of the table that are less than a key, which need not be there. Reads a
   * little of each page before it, or a page or two a level of a {@linkplain Table#counted counted}
   * table. An entry's rank is the index at which {@link #at} returns it.
   */
  public final <K> long rank(Table<K, ?> table, K key) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      KeyBuffer wanted = mine.memory().encodeKey(table, notNull(key));
      long rank = tree(mine, table).countBetween(null, wanted);
      check(mine, call);
      return rank;
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * The entry that has this many entries before it, in the order of the keys. Reads a little of
   * each page before it, or a page a level of a {@linkplain Table#counted counted} table.
   *
   * @param index 0 for the first entry
   * @return null if the table has no such entry
   */
  public final <K, V> @Nullable Entry<K, V> at(Table<K, V> table, long index) {
    return find(table, null, (cursor, _) -> cursor.seekIndex(index));
  }

  /**
   * An entry drawn at random, each with the same probability.
   *
   * @return null if the table is empty
   */
  public final <K, V> @Nullable Entry<K, V> sample(Table<K, V> table, RandomGenerator random) {
    Objects.requireNonNull(random, "the generator is null");
    long entries = count(table);
    return entries == 0 ? null : at(table, random.nextLong(entries));
  }

  /**
   * Divides a table into ranges of as many keys, to be read by several threads, each in a
   * {@linkplain ReadTxn#fork fork}. Together the ranges are all keys, in their order; their numbers
   * of keys differ by one at most.
   *
   * @param parts 1 or more
   * @return as many ranges, or fewer if the table has fewer keys; never none
   */
  public final <K> List<Range<K>> split(Table<K, ?> table, int parts) {
    if (parts < 1) {
      throw new IllegalArgumentException("parts=" + parts + ", allowed 1 or more");
    }
    long entries = count(table);
    int ranges = Math.clamp(entries, 1, parts);
    List<Range<K>> all = new ArrayList<>(ranges);
    K from = null;
    for (int i = 1; i < ranges; i++) {
      K to = keyAt(table, entries / ranges * i + Math.min(entries % ranges, i));
      all.add(from == null ? Range.lessThan(to) : Range.closedOpen(from, to));
      from = to;
    }
    all.add(from == null ? Range.all() : Range.atLeast(from));
    return all;
  }

  /** The key of an entry that is there. */
  private <K> K keyAt(Table<K, ?> table, long index) {
    try (TableCursor<K, ?> cursor = cursor(table)) {
      if (!cursor.seekIndex(index)) {
        throw new IllegalStateException(
            "table %s has fewer entries than when it was to be split".formatted(table.name()));
      }
      return cursor.key();
    }
  }
}
