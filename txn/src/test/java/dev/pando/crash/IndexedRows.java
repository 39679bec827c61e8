package dev.pando.crash;

import dev.pando.Entry;
import dev.pando.Index;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table with indexes of all kinds, and what it should hold. Not thread-safe. */
final class IndexedRows {
  /** A row. */
  record Row(String name, int group, @Nullable Integer code, String tags) {}

  static final Table<Long, Row> ROWS = table("rows");
  static final List<Index<?, Long, Row>> INDEXES = indexes(ROWS);

  /** The name that the table gets for a while. */
  static final Table<Long, Row> OTHER = table("other name");

  static final List<Index<?, Long, Row>> OTHER_INDEXES = indexes(OTHER);

  private static final int UNIQUE = 1;

  final TreeMap<Long, Row> rows;

  /** Numbers of the indexes that are there. */
  final Set<Integer> indexes;

  boolean exists;

  IndexedRows() {
    this.rows = new TreeMap<>();
    this.indexes = new TreeSet<>();
  }

  private IndexedRows(IndexedRows other) {
    this.rows = new TreeMap<>(other.rows);
    this.indexes = new TreeSet<>(other.indexes);
    this.exists = other.exists;
  }

  IndexedRows copy() {
    return new IndexedRows(this);
  }

  private static Table<Long, Row> table(String name) {
    Codec<Row> row =
        Codec.record(
            Row.class, Codec.utf8(), Codec.i32(), Codec.nullable(Codec.i32()), Codec.utf8());
    return Table.of(name, Codec.u64(), row);
  }

  private static List<Index<?, Long, Row>> indexes(Table<Long, Row> table) {
    return List.of(
        table.index("by name", Row::name),
        table.uniqueIndex("by code", Row::code),
        table.index("by group and name", Row::group, Row::name),
        table.index("names of group 0", Row::name).where("group=0", row -> row.group == 0),
        table.indexEach("by tag", Codec.utf8(), "tags", IndexedRows::tags));
  }

  private static List<String> tags(Row row) {
    return row.tags.chars().mapToObj(Character::toString).toList();
  }

  /** The table is there, and gets all indexes if it was not. */
  void create() {
    if (!exists) {
      exists = true;
      for (int i = 0; i < INDEXES.size(); i++) {
        indexes.add(i);
      }
    }
  }

  void drop() {
    exists = false;
    rows.clear();
    indexes.clear();
  }

  /** Puts a row; false if that gives a code a second row, and is refused. */
  boolean put(long key, Row row) {
    if ((!exists || indexes.contains(UNIQUE)) && row.code != null) {
      for (Map.Entry<Long, Row> other : rows.entrySet()) {
        if (row.code.equals(other.getValue().code) && other.getKey() != key) {
          return false;
        }
      }
    }
    create();
    rows.put(key, row);
    return true;
  }

  /** Whether two rows have one code, so that the unique index cannot be built. */
  boolean hasTwins() {
    Set<Integer> codes = new TreeSet<>();
    return rows.values().stream().anyMatch(row -> row.code != null && !codes.add(row.code));
  }

  // ---- comparison

  /** How what a transaction sees differs; null if it sees this. */
  @Nullable String difference(ReadTxn tx) {
    List<Entry<Long, Row>> found = tx.scan(ROWS).toList();
    List<Entry<Long, Row>> expected = new ArrayList<>();
    rows.forEach((key, row) -> expected.add(new Entry<>(key, row)));
    return found.equals(expected) ? null : "found rows " + found + ", expected " + expected;
  }

  /** As {@link #difference}, of the indexes. */
  @Nullable String indexDifference(ReadTxn tx, List<Index<?, Long, Row>> all) {
    for (int i : indexes) {
      String difference = indexDifference(tx, all.get(i), KEYS.get(i));
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  /** The keys of a row in each index. */
  private static final List<Function<Row, Stream<?>>> KEYS =
      List.of(
          row -> Stream.of(row.name),
          row -> Stream.ofNullable(row.code),
          row -> Stream.of(new Tuple2<>(row.group, row.name)),
          row -> row.group == 0 ? Stream.of(row.name) : Stream.of(),
          row -> tags(row).stream().distinct());

  private <I> @Nullable String indexDifference(
      ReadTxn tx, Index<I, Long, Row> index, Function<Row, Stream<?>> keys) {
    List<String> found =
        tx.scanKeys(index, Range.all()).stream()
            .map(e -> e.key() + " " + e.value())
            .sorted()
            .toList();
    List<String> expected =
        rows.entrySet().stream()
            .flatMap(row -> keys.apply(row.getValue()).map(key -> key + " " + row.getKey()))
            .sorted()
            .toList();
    return found.equals(expected)
        ? null
        : "index %s: found %s, expected %s".formatted(index, found, expected);
  }
}
