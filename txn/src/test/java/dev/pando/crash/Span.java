package dev.pando.crash;

import dev.pando.MultiTable;
import dev.pando.Range;
import dev.pando.codec.Tuple2;
import java.util.List;

/**
 * A range of pairs, from numbers that mean a pair in every table.
 *
 * @param ofKey whether it is of the values of one key, else of pairs
 * @param key the number of the key, or of that of the lower pair
 * @param value the number of the lower value
 * @param toKey the number of the key of the upper pair
 * @param toValue the number of the upper value
 * @param skip as in {@link Range#skip}; 0 for none
 * @param limit as in {@link Range#limit}; negative for none
 */
record Span(
    Shape shape,
    boolean ofKey,
    int key,
    int value,
    int toKey,
    int toValue,
    boolean reversed,
    int skip,
    int limit) {

  /** Its bounds. */
  enum Shape {
    ALL,
    CLOSED,
    OPEN,
    CLOSED_OPEN,
    OPEN_CLOSED,
    AT_LEAST,
    GREATER_THAN,
    AT_MOST,
    LESS_THAN;

    <T> Range<T> of(T from, T to) {
      return switch (this) {
        case ALL -> Range.all();
        case CLOSED -> Range.closed(from, to);
        case OPEN -> Range.open(from, to);
        case CLOSED_OPEN -> Range.closedOpen(from, to);
        case OPEN_CLOSED -> Range.openClosed(from, to);
        case AT_LEAST -> Range.atLeast(from);
        case GREATER_THAN -> Range.greaterThan(from);
        case AT_MOST -> Range.atMost(to);
        case LESS_THAN -> Range.lessThan(to);
      };
    }

    /** Whether it has what compares so with its lower and with its upper bound. */
    boolean has(int lower, int upper) {
      return switch (this) {
        case ALL -> true;
        case CLOSED -> lower >= 0 && upper <= 0;
        case OPEN -> lower > 0 && upper < 0;
        case CLOSED_OPEN -> lower >= 0 && upper < 0;
        case OPEN_CLOSED -> lower > 0 && upper <= 0;
        case AT_LEAST -> lower >= 0;
        case GREATER_THAN -> lower > 0;
        case AT_MOST -> upper <= 0;
        case LESS_THAN -> upper < 0;
      };
    }
  }

  /** The same for other keys and values. */
  Span moved(int keys, int values) {
    return new Span(
        shape,
        ofKey,
        key + keys,
        value + values,
        toKey + keys,
        toValue + values,
        reversed,
        skip,
        limit);
  }

  /** The range of the pairs of a table. */
  <K extends Comparable<K>> Range<Tuple2<K, Integer>> of(PairTable<K, ?> table) {
    Tuple2<K, Integer> from = table.pair(key, value);
    if (!ofKey) {
      return cut(shape.of(from, table.pair(toKey, toValue)));
    }
    MultiTable<K, Integer> multi = table.multi();
    if (multi != null) {
      return multi.range(from.first(), values());
    }
    Range<Tuple2<K, Integer>> all = Range.prefix(from.first());
    return cut(all.intersect(shape.of(from, table.pair(key, toValue))));
  }

  /** The range of the values of a key. */
  Range<Integer> values() {
    return cut(shape.of(PairTable.value(value), PairTable.value(toValue)));
  }

  private <T> Range<T> cut(Range<T> whole) {
    Range<T> range = reversed ? whole.reversed() : whole;
    range = skip == 0 ? range : range.skip(skip);
    return limit < 0 ? range : range.limit(limit);
  }

  /** Those of the pairs of a table that it has, in its direction. */
  <K extends Comparable<K>> List<Tuple2<K, Integer>> select(
      PairTable<K, ?> table, List<Tuple2<K, Integer>> pairs) {
    Tuple2<K, Integer> from = table.pair(key, value);
    Tuple2<K, Integer> to = table.pair(ofKey ? key : toKey, toValue);
    List<Tuple2<K, Integer>> all =
        pairs.stream()
            .filter(pair -> !ofKey || pair.first().equals(from.first()))
            .filter(pair -> shape.has(PairTable.compare(pair, from), PairTable.compare(pair, to)))
            .toList();
    return (reversed ? all.reversed() : all)
        .stream().skip(skip).limit(limit < 0 ? Long.MAX_VALUE : limit).toList();
  }
}
