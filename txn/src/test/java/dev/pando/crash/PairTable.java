package dev.pando.crash;

import dev.pando.MultiTable;
import dev.pando.Present;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table under test, and the small space of its keys. Its keys are pairs of a key and a number:
 * those of a multimap, or of another table, so that both are changed and compared in the same way.
 *
 * @param pairs the table, as one of pairs
 * @param multi the same table as a multimap; null if it is none
 * @param keys the first components of pairs, in ascending order
 * @param payload what is stored with a pair, from any number
 */
record PairTable<K extends Comparable<K>, P>(
    Table<Tuple2<K, Integer>, P> pairs,
    @Nullable MultiTable<K, Integer> multi,
    List<K> keys,
    IntFunction<P> payload) {
  /** The second components: so many for each key. */
  static final int VALUES = 300;

  /** The length of a key with which few pairs fit into a page of 512 bytes, in characters. */
  private static final int LONG = 190;

  /** The tables under test. */
  static final List<PairTable<?, ?>> ALL =
      List.of(
          many(MultiTable.of("many", Codec.utf8(), Codec.i32()), texts()),
          many(MultiTable.of("many of long keys", Codec.utf8(), Codec.i32()), longTexts()),
          many(MultiTable.of("many of numbers", Codec.i64(), Codec.i32()), numbers()),
          plain(Table.of("plain", Codec.tuple(Codec.i64(), Codec.i32()), Codec.utf8()), numbers()),
          plain(
              Table.of("counted", Codec.tuple(Codec.i64(), Codec.i32()), Codec.utf8()).counted(),
              numbers()),
          plain(
              Table.of("plain of long keys", Codec.tuple(Codec.utf8(), Codec.i32()), Codec.utf8()),
              longTexts()));

  private static <K extends Comparable<K>> PairTable<K, Present> many(
      MultiTable<K, Integer> table, List<K> keys) {
    return new PairTable<>(table.pairs(), table, keys, _ -> Present.PRESENT);
  }

  private static <K extends Comparable<K>> PairTable<K, String> plain(
      Table<Tuple2<K, Integer>, String> table, List<K> keys) {
    return new PairTable<>(table, null, keys, n -> "v".repeat(Math.floorMod(n, 60)));
  }

  /** The empty text, and texts whose encoding has to be escaped or begins another one. */
  private static List<String> texts() {
    return List.of("", "\0", "\0\0", "a", "a\0", "a\0b", "a\1", "ab", "b", "ba".repeat(15), "z");
  }

  /** Half of them begin with the same, the others differ in the first character. */
  private static List<String> longTexts() {
    return Stream.concat(
            IntStream.range(0, 5).mapToObj(i -> "long".repeat(LONG / 4) + i),
            IntStream.range(0, 5).mapToObj(i -> (char) ('m' + i) + "x".repeat(LONG)))
        .toList();
  }

  /** Also the greatest, in whose encoding all bits are set: no key begins otherwise after it. */
  private static List<Long> numbers() {
    return List.of(
        Long.MIN_VALUE, -256L, -1L, 0L, 1L, 255L, 256L, 65_535L, 1L << 40, Long.MAX_VALUE);
  }

  String name() {
    return pairs.name();
  }

  boolean isMulti() {
    return multi != null;
  }

  /** The key of any number. */
  K key(int number) {
    return keys.get(Math.floorMod(number, keys.size()));
  }

  /** The value of any number, in the order of 0 to {@link #VALUES} - 1; with both extremes. */
  static int value(int number) {
    int at = Math.floorMod(number, VALUES);
    return switch (at) {
      case 0 -> Integer.MIN_VALUE;
      case VALUES - 1 -> Integer.MAX_VALUE;
      default -> at - VALUES / 2;
    };
  }

  Tuple2<K, Integer> pair(int key, int value) {
    return new Tuple2<>(key(key), value(value));
  }

  /** The order of the table. */
  static <K extends Comparable<K>> int compare(Tuple2<K, Integer> a, Tuple2<K, Integer> b) {
    int keys = a.first().compareTo(b.first());
    return keys != 0 ? keys : Integer.compare(a.second(), b.second());
  }

  @Override
  public String toString() {
    return name();
  }
}
