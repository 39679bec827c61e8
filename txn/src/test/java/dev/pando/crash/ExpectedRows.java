package dev.pando.crash;

import dev.pando.Batch;
import dev.pando.Entry;
import dev.pando.Index;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.StoredIndexes;
import dev.pando.TableCursor;
import dev.pando.TableStat;
import dev.pando.WriteTxn;
import dev.pando.crash.IndexedShape.Row;
import dev.pando.error.UniqueIndexException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a table with indexes holds, in one of the shapes of {@link IndexedShape}. Part of {@link
 * ExpectedTables}, and changed as those are: a change is made in a transaction and here, and both
 * must refuse the same ones. Not thread-safe.
 */
final class ExpectedRows {
  private final TreeMap<Long, Row> rows;

  /** By its number, whether an index that is there is built. */
  private final TreeMap<Integer, Boolean> indexes;

  private boolean exists;

  /** The shape of the table, in {@link IndexedShape#ALL}. */
  private int shape;

  /** Whether a conversion in steps has begun and not ended. */
  private boolean isConverting;

  ExpectedRows() {
    this.rows = new TreeMap<>();
    this.indexes = new TreeMap<>();
  }

  private ExpectedRows(ExpectedRows other) {
    this.rows = new TreeMap<>(other.rows);
    this.indexes = new TreeMap<>(other.indexes);
    this.exists = other.exists;
    this.shape = other.shape;
    this.isConverting = other.isConverting;
  }

  /** The same, changed independently. */
  ExpectedRows copy() {
    return new ExpectedRows(this);
  }

  private void become(ExpectedRows other) {
    rows.clear();
    rows.putAll(other.rows);
    indexes.clear();
    indexes.putAll(other.indexes);
    exists = other.exists;
    shape = other.shape;
    isConverting = other.isConverting;
  }

  boolean exists() {
    return exists;
  }

  int size() {
    return rows.size();
  }

  /** The names of the tables that are there. */
  Set<String> names() {
    Set<String> names = new HashSet<>();
    if (exists) {
      names.add(IndexedShape.NAME);
    }
    if (isConverting) {
      names.add(IndexedShape.NAME + " (converting)");
      names.add("(conversions)");
    }
    return names;
  }

  /** Whether a program of a shape can write the table: it has this shape, or can get it. */
  boolean isOf(int wanted) {
    shape = exists ? shape : wanted;
    return shape == wanted;
  }

  /** Whether a conversion in steps to a shape is to be gone on with. */
  boolean isConvertedTo(int wanted) {
    return exists && isConverting && shape != wanted;
  }

  private IndexedShape<?> shape() {
    return IndexedShape.ALL.get(shape);
  }

  /** The rows in the order of the table. */
  private NavigableMap<Long, Row> inOrder() {
    return shape().isDescending() ? rows.descendingMap() : rows;
  }

  // ---- what changes mean

  /** The table is there, and got all indexes if it was not. */
  private void create() {
    if (!exists) {
      exists = true;
      for (int i = 0; i < IndexedShape.NAMES.size(); i++) {
        indexes.put(i, true);
      }
    }
  }

  /** Puts a row; false if that gives a code a second row, and is refused. */
  private boolean add(long key, Row row) {
    if (indexes.getOrDefault(IndexedShape.UNIQUE, false) && row.code() != null) {
      for (Map.Entry<Long, Row> other : rows.entrySet()) {
        if (row.code().equals(other.getValue().code()) && other.getKey() != key) {
          return false;
        }
      }
    }
    create();
    rows.put(key, row);
    return true;
  }

  /** Whether two rows have one code, so that the unique index cannot be built. */
  private boolean hasTwins() {
    Set<Integer> codes = new HashSet<>();
    return rows.values().stream().anyMatch(row -> row.code() != null && !codes.add(row.code()));
  }

  /** The table once it is converted to the other shape; null if it has two rows of a unique key. */
  @Nullable ExpectedRows converted() {
    ExpectedRows after = copy();
    after.rows.keySet().removeIf(IndexedShape::isLeftOut);
    after.exists = false;
    after.create();
    after.shape = 1 - shape;
    after.isConverting = false;
    return after.hasTwins() ? null : after;
  }

  /** The table while its conversion in steps is not at its end. */
  ExpectedRows converting() {
    ExpectedRows now = copy();
    now.isConverting = true;
    return now;
  }

  /** The table when the build of an index has begun. */
  ExpectedRows begun(int index) {
    ExpectedRows now = copy();
    if (exists) {
      now.indexes.putIfAbsent(index, false);
    }
    now.create();
    return now;
  }

  /** The table when an index is built, or without it if it has two rows of a unique key. */
  ExpectedRows built(int index) {
    ExpectedRows now = copy();
    if (isRefused(index)) {
      now.indexes.remove(index);
    } else {
      now.indexes.put(index, true);
    }
    return now;
  }

  /** Whether an index cannot be built. */
  boolean isRefused(int index) {
    boolean isBuilt = indexes.getOrDefault(index, false);
    return index == IndexedShape.UNIQUE && !isBuilt && hasTwins();
  }

  // ---- changes in a transaction and here

  /** Makes a change, which must be refused if the model refuses it. */
  private <R> void change(String call, Supplier<R> made, @Nullable ExpectedRows after, R expected) {
    R found;
    try {
      found = made.get();
    } catch (UniqueIndexException e) {
      if (after != null) {
        throw new AssertionError(call + " is refused", e);
      }
      return;
    }
    if (after == null) {
      throw new AssertionError(call + " is not refused");
    }
    same(call, found, expected);
    become(after);
  }

  private static <R> void same(String call, R found, R expected) {
    if (!found.equals(expected)) {
      throw new AssertionError(call + " returned " + found + ", expected " + expected);
    }
  }

  /** Puts a row in one of several ways. */
  void put(WriteTxn tx, int way, long key, Row row) {
    boolean isLast = inOrder().isEmpty() || inOrder().tailMap(key, true).isEmpty();
    boolean isNew = !rows.containsKey(key);
    ExpectedRows after = copy();
    boolean fits = after.add(key, row);
    change("put " + key, () -> put(tx, shape(), way, key, row, isLast), fits ? after : null, isNew);
  }

  private static <V> boolean put(
      WriteTxn tx, IndexedShape<V> as, int way, long key, Row row, boolean isLast) {
    V value = as.stored().apply(row);
    switch (way) {
      case 0:
        return tx.getAndPut(as.table(), key, value) == null;
      case 1:
        try (TableCursor<Long, V> cursor = tx.cursor(as.table())) {
          return cursor.put(key, value);
        }
      case 2:
        return tx.asMap(as.table()).put(key, value) == null;
      case 3:
        if (isLast) {
          tx.append(as.table(), key, value);
          return true;
        }
        return tx.put(as.table(), key, value);
      default:
        return tx.put(as.table(), key, value);
    }
  }

  void delete(WriteTxn tx, long key) {
    same("delete " + key, tx.delete(shape().table(), key), rows.remove(key) != null);
  }

  /** Puts and deletes by one batch, all or none. */
  void batch(WriteTxn tx, Map<Long, @Nullable Row> changes, boolean flush) {
    ExpectedRows after = copy();
    boolean fits = true;
    TreeMap<Long, @Nullable Row> sorted = new TreeMap<>(changes);
    for (Map.Entry<Long, @Nullable Row> each :
        (shape().isDescending() ? sorted.descendingMap() : sorted).entrySet()) {
      Row row = each.getValue();
      if (row == null) {
        after.rows.remove(each.getKey());
      } else {
        fits &= after.add(each.getKey(), row);
      }
    }
    change("batch", () -> batch(tx, shape(), changes, flush), fits ? after : null, true);
  }

  private static <V> boolean batch(
      WriteTxn tx, IndexedShape<V> as, Map<Long, @Nullable Row> changes, boolean flush) {
    Batch<Long, V> batch = tx.batch(as.table());
    changes.forEach(
        (key, row) -> {
          if (row == null) {
            batch.delete(key);
          } else {
            batch.put(key, as.stored().apply(row));
          }
        });
    if (flush) {
      batch.flush();
    }
    return tx.count(as.table()) >= 0; // makes the changes that wait
  }

  /** Loads rows with keys beyond all that are there. */
  void load(WriteTxn tx, List<Row> more) {
    int step = shape().isDescending() ? -1 : 1;
    long key = rows.isEmpty() ? 600 : inOrder().lastKey();
    if (key < 100 || key > 2_000) { // few keys, so that statements meet
      return;
    }
    ExpectedRows after = copy();
    List<Entry<Long, Row>> load = new ArrayList<>();
    boolean fits = true;
    for (Row row : more) {
      key += step;
      load.add(new Entry<>(key, row));
      fits &= after.add(key, row);
    }
    change("load", () -> load(tx, shape(), load), fits ? after : null, (long) more.size());
  }

  private static <V> long load(WriteTxn tx, IndexedShape<V> as, List<Entry<Long, Row>> load) {
    return tx.loadSorted(
        as.table(),
        load.stream().map(row -> Map.entry(row.key(), as.stored().apply(row.value()))).iterator());
  }

  /** Deletes a range of keys: all rows, those of two groups, or the first ones. */
  void deleteRange(WriteTxn tx, int way, long from, long to) {
    NavigableMap<Long, Row> all = inOrder();
    Set<Long> gone = new HashSet<>(rows.subMap(from, to).keySet());
    switch (way) {
      case 0 -> gone.removeIf(key -> rows.get(key).group() == 1);
      case 1 ->
          gone = new HashSet<>(all.keySet().stream().filter(gone::contains).limit(3).toList());
      default -> {}
    }
    long removed = deleteRange(tx, shape(), way, from, to);
    same("delete from " + from + " to " + to, removed, (long) gone.size());
    rows.keySet().removeAll(gone);
  }

  private static <V> long deleteRange(
      WriteTxn tx, IndexedShape<V> as, int way, long from, long to) {
    Range<Long> range = as.range(from, to);
    return switch (way) {
      case 0 -> tx.deleteIf(as.table(), range, (_, row) -> as.read().apply(row).group() != 1);
      case 1 -> tx.deleteRange(as.table(), range.limit(3));
      default -> tx.deleteRange(as.table(), range);
    };
  }

  /** Creates an index, with the entries of all rows. */
  void createIndex(WriteTxn tx, int index) {
    ExpectedRows after = begun(index);
    boolean isNew = !exists || !indexes.getOrDefault(index, false);
    after.indexes.put(index, true);
    Index<?, ?, ?> created = shape().indexes().get(index);
    change("create", () -> tx.create(created), isRefused(index) ? null : after, isNew);
  }

  void dropIndex(WriteTxn tx, int index) {
    boolean dropped = tx.drop(shape().indexes().get(index));
    same("drop of index " + index, dropped, indexes.remove(index) != null);
  }

  void clear(WriteTxn tx) {
    tx.clear(shape().table());
    rows.clear();
  }

  void drop(WriteTxn tx) {
    same("drop", tx.drop(shape().table()), exists);
    exists = false;
    rows.clear();
    indexes.clear();
  }

  /** Renames the table, puts a row by the other name, and gives it its name again. */
  void rename(WriteTxn tx) {
    rename(tx, shape(), IndexedShape.OTHERS.get(shape));
  }

  @SuppressWarnings("unchecked") // the two differ by the name only
  private <V> void rename(WriteTxn tx, IndexedShape<V> as, IndexedShape<?> named) {
    IndexedShape<V> other = (IndexedShape<V>) named;
    same("rename", tx.rename(as.table(), other.table()), exists);
    if (exists) {
      Row row = new Row("o", 0, null, "x");
      boolean isNew = tx.put(other.table(), 550L, other.stored().apply(row));
      same("put", isNew, rows.put(550L, row) == null);
    }
    same("rename", tx.rename(other.table(), as.table()), exists);
  }

  /**
   * Converts the table to the other shape in the transaction; false if that is refused, because of
   * an unfinished conversion or two rows of a unique key.
   */
  boolean convert(WriteTxn tx) {
    IndexedShape<?> to = IndexedShape.ALL.get(1 - shape);
    if (isConverting) {
      try {
        long _ = convert(tx, shape(), to);
      } catch (IllegalArgumentException e) {
        return false;
      }
      throw new AssertionError("two conversions at once");
    }
    ExpectedRows after = converted();
    long kept = rows.keySet().stream().filter(key -> !IndexedShape.isLeftOut(key)).count();
    change("convert", () -> convert(tx, shape(), to), after, kept);
    return after != null;
  }

  private static <V, W> long convert(WriteTxn tx, IndexedShape<V> from, IndexedShape<W> to) {
    return tx.convert(from.table(), to.table(), (key, row) -> from.convert(to, key, row));
  }

  /** Fails if a program writes rows of another shape than those of its indexes. */
  void assertRefused(WriteTxn tx) {
    if (indexes.isEmpty()) {
      return; // such a table has no program's shape
    }
    try {
      boolean _ = put(tx, shape(), 4, 1, new Row("refused", 0, null, ""), false);
    } catch (IllegalArgumentException e) {
      return;
    }
    throw new AssertionError("a row of another shape is not refused");
  }

  // ---- comparison

  /** How what a transaction sees differs; null if it sees this. */
  @Nullable String difference(ReadTxn tx) {
    TableStat stat = tx.stat(IndexedShape.NAME);
    if ((stat != null) != exists || (stat != null && IndexedShape.of(stat) != shape)) {
      return "found " + stat + ", expected " + (exists ? shape().table() : "no table");
    }
    Map<String, Boolean> expected = new TreeMap<>();
    indexes.forEach((index, isBuilt) -> expected.put(IndexedShape.NAMES.get(index), isBuilt));
    Map<String, Boolean> found = StoredIndexes.of(tx, IndexedShape.NAME);
    return found.equals(expected)
        ? difference(tx, shape())
        : "found indexes " + found + ", expected " + expected;
  }

  private <V> @Nullable String difference(ReadTxn tx, IndexedShape<V> as) {
    List<Entry<Long, Row>> found = new ArrayList<>();
    tx.scan(as.table())
        .forEachKeyValue((key, row) -> found.add(new Entry<>(key, as.read().apply(row))));
    List<Entry<Long, Row>> expected = new ArrayList<>();
    inOrder().forEach((key, row) -> expected.add(new Entry<>(key, row)));
    return found.equals(expected) ? null : "found rows " + found + ", expected " + expected;
  }

  /** Fails unless the indexes that a transaction sees have the entries of the rows. */
  void assertIndexes(ReadTxn tx) {
    for (int i = 0; i < IndexedShape.NAMES.size(); i++) {
      boolean isReadable = indexes.getOrDefault(i, rows.isEmpty() && !indexes.containsKey(i));
      Index<?, Long, ?> index = shape().indexes().get(i);
      if (isReadable) {
        assertIndex(tx, index, IndexedShape.KEYS.get(i));
      } else {
        assertUnreadable(tx, index);
      }
    }
  }

  private static void assertUnreadable(ReadTxn tx, Index<?, ?, ?> index) {
    try {
      long _ = tx.count(index);
    } catch (IllegalStateException e) {
      return;
    }
    throw new AssertionError(index + " is read and not built");
  }

  private <I> void assertIndex(ReadTxn tx, Index<I, Long, ?> index, Function<Row, Stream<?>> keys) {
    List<String> found = texts(tx.scanKeys(index).stream());
    List<String> expected = new ArrayList<>();
    rows.forEach((key, row) -> keys.apply(row).forEach(each -> expected.add(each + " " + key)));
    List<String> sorted = new ArrayList<>(found);
    Collections.sort(sorted);
    Collections.sort(expected);
    same("scan of " + index, sorted, expected);
    same("count of " + index, tx.count(index), (long) expected.size());
    List<String> backward =
        texts(tx.scanKeys(index, Range.all().reversed().skip(1).limit(4)).stream());
    same(
        "backward scan of " + index, backward, found.reversed().stream().skip(1).limit(4).toList());
  }

  private static <I> List<String> texts(Stream<Entry<I, Long>> entries) {
    return entries.map(entry -> entry.key() + " " + entry.value()).toList();
  }
}
