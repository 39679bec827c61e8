package dev.pando.crash;

import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Index;
import dev.pando.Range;
import dev.pando.Table;
import dev.pando.TableStat;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table with indexes of all kinds, in one of the two shapes that a conversion makes of each
 * other: the rows have other components, and the keys the opposite order.
 *
 * @param <V> the rows as they are stored
 * @param indexes in the order of {@link #NAMES}
 * @param stored makes a stored row
 * @param read makes a row of a stored one
 */
record IndexedShape<V>(
    Table<Long, V> table,
    List<Index<?, Long, V>> indexes,
    boolean isDescending,
    Function<Row, V> stored,
    Function<V, Row> read) {
  /** A row, as the model has it and as the first shape stores it. */
  record Row(String name, int group, @Nullable Integer code, String tags) {
    /** Short, for chains that are printed. */
    @Override
    public String toString() {
      int start = name.lastIndexOf('n') + 1;
      return "n*%d%s/%d/%s/%s".formatted(start, name.substring(start), group, code, tags);
    }
  }

  /** A row of the second shape. */
  record Renamed(String tags, @Nullable Integer number, String title, int group) {}

  /** The table's name. */
  static final String NAME = "rows";

  /** The names of the indexes, which both shapes have. */
  static final List<String> NAMES =
      List.of("by name", "by code", "by group and name", "names of group 0", "by tag");

  /** In {@link #NAMES}: the one that is unique. */
  static final int UNIQUE = 1;

  /** The keys that a row has in each index. */
  static final List<Function<Row, Stream<?>>> KEYS =
      List.of(
          row -> Stream.of(row.name),
          row -> Stream.ofNullable(row.code),
          row -> Stream.of(new Tuple2<>(row.group, row.name)),
          row -> row.group == 0 ? Stream.of(row.name) : Stream.of(),
          row -> letters(row.tags).stream().distinct());

  /** Both shapes. */
  static final List<IndexedShape<?>> ALL = List.of(first(NAME), second(NAME));

  /** Both shapes under the name that the table gets for a while. */
  static final List<IndexedShape<?>> OTHERS = List.of(first("other name"), second("other name"));

  private static IndexedShape<Row> first(String name) {
    Codec<Row> codec =
        Codec.record(
            Row.class, Codec.utf8(), Codec.i32(), Codec.nullable(Codec.i32()), Codec.utf8());
    Table<Long, Row> table = Table.of(name, Codec.u64(), codec);
    List<Index<?, Long, Row>> indexes =
        List.of(
            table.index(NAMES.get(0), Row::name),
            table.uniqueIndex(NAMES.get(1), Row::code),
            table.index(NAMES.get(2), Row::group, Row::name),
            table.index(NAMES.get(3), Row::name).where("group=0", row -> row.group == 0),
            table.indexEach(NAMES.get(4), Codec.utf8(), "tags", row -> letters(row.tags)));
    return new IndexedShape<>(table, indexes, false, row -> row, row -> row);
  }

  private static IndexedShape<Renamed> second(String name) {
    Codec<Renamed> codec =
        Codec.record(
            Renamed.class, Codec.utf8(), Codec.nullable(Codec.i32()), Codec.utf8(), Codec.i32());
    Table<Long, Renamed> table = Table.of(name, Codec.descending(Codec.u64()), codec);
    List<Index<?, Long, Renamed>> indexes =
        List.of(
            table.index(NAMES.get(0), Renamed::title),
            table.uniqueIndex(NAMES.get(1), Renamed::number),
            table.index(NAMES.get(2), Renamed::group, Renamed::title),
            table.index(NAMES.get(3), Renamed::title).where("group=0", row -> row.group == 0),
            table.indexEach(NAMES.get(4), Codec.utf8(), "tags", row -> letters(row.tags)));
    return new IndexedShape<>(
        table,
        indexes,
        true,
        row -> new Renamed(row.tags, row.code, row.name, row.group),
        row -> new Row(row.title, row.group, row.number, row.tags));
  }

  private static List<String> letters(String text) {
    return text.chars().mapToObj(Character::toString).toList();
  }

  /** The shape of a table that is there, by its number in {@link #ALL}. */
  static int of(TableStat stat) {
    return stat.valueCodec().equals(ALL.get(0).table.valueCodec().id()) ? 0 : 1;
  }

  /** Names the indexes of a shape to a database, as the program of this shape does. */
  static void register(Database db, int shape) {
    db.register(ALL.get(shape).indexes.toArray(Index<?, ?, ?>[]::new));
    db.register(OTHERS.get(shape).indexes.toArray(Index<?, ?, ?>[]::new));
  }

  /** The keys from one, included, to another, excluded, in the order of the table. */
  Range<Long> range(long from, long to) {
    return isDescending ? Range.openClosed(to, from) : Range.closedOpen(from, to);
  }

  /** Makes the entries of another shape, without those of some keys. */
  <W> @Nullable Entry<Long, W> convert(IndexedShape<W> to, Long key, V row) {
    return isLeftOut(key) ? null : new Entry<>(key, to.stored.apply(read.apply(row)));
  }

  /** Whether a conversion leaves out the row of a key. */
  static boolean isLeftOut(long key) {
    return key % 16 == 7;
  }
}
