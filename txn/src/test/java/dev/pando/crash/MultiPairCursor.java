package dev.pando.crash;

import dev.pando.MultiCursor;
import dev.pando.ReadTxn;
import dev.pando.codec.Tuple2;
import java.util.List;
import java.util.NavigableMap;

/** A cursor of a multimap. */
final class MultiPairCursor<K extends Comparable<K>, P> extends PairCursor<K, P> {
  private static final int MOST_VALUES = 7;

  private final MultiCursor<K, Integer> cursor;

  MultiPairCursor(ReadTxn tx, ExpectedPairs<K, P> expected, MultiCursor<K, Integer> cursor) {
    super(tx, expected);
    this.cursor = cursor;
  }

  @Override
  void make(Move move, int key, int value) {
    Tuple2<K, Integer> pair = expected.table.pair(key, value);
    NavigableMap<Tuple2<K, Integer>, P> all = expected.entries();
    switch (move) {
      case FIRST -> same(move, cursor.first(), place.first());
      case LAST -> same(move, cursor.last(), place.last());
      case PREV -> same(move, cursor.prev(), place.prev());
      case SEEK -> {
        boolean found = cursor.seek(pair.first(), pair.second());
        boolean there = place.moveUpTo(all.ceilingKey(pair));
        same(move, found, there && isOf(pair.first()));
      }
      case SEEK_EXACT ->
          same(
              move,
              cursor.seekExact(pair.first(), pair.second()),
              place.moveExactlyTo(all.containsKey(pair) ? pair : null));
      case SEEK_KEY ->
          same(move, cursor.seek(pair.first()), place.moveUpTo(firstFrom(pair.first())));
      case SEEK_EXACT_KEY -> {
        boolean found = cursor.seekExact(pair.first());
        boolean there = place.moveUpTo(firstFrom(pair.first()));
        same(move, found, there && isOf(pair.first()));
      }
      case PUT, PUT_IF_ABSENT -> put(move, pair, value);
      case APPEND -> append(this::tryAppend, pair, expected.table.payload().apply(value));
      case DELETE -> deleteCurrent();
      case DELETE_KEY -> deleteKey();
      default -> makeWithin(move);
    }
  }

  /** A move within the values of a key, or from key to key. */
  private void makeWithin(Move move) {
    NavigableMap<Tuple2<K, Integer>, P> all = expected.entries();
    switch (move) {
      case FIRST_VALUE ->
          onPair(move, cursor::firstValue, at -> place.moveTo(values(at).firstKey()));
      case LAST_VALUE -> onPair(move, cursor::lastValue, at -> place.moveTo(values(at).lastKey()));
      case NEXT_VALUE -> moveOrStay(move, cursor::nextValue, true);
      case PREV_VALUE -> moveOrStay(move, cursor::prevValue, false);
      case NEXT_KEY ->
          fromPair(
              move, cursor::nextKey, at -> place.moveUpTo(all.higherKey(values(at).lastKey())));
      case PREV_KEY ->
          fromPair(
              move, cursor::prevKey, at -> place.moveDownTo(all.lowerKey(values(at).firstKey())));
      case VALUES -> readValues();
      case COUNT -> {
        long[] found = new long[1];
        onPair(
            move,
            () -> found[0] = cursor.count(),
            at -> same(move, found[0], (long) values(at).size()));
      }
      default -> same(move, cursor.next(), place.next());
    }
  }

  private void put(Move move, Tuple2<K, Integer> pair, int value) {
    boolean isNew = cursor.put(pair.first(), pair.second());
    same(move, isNew, expected.add(pair, expected.table.payload().apply(value)));
    place.moveTo(pair);
  }

  private boolean tryAppend(Tuple2<K, Integer> pair) {
    try {
      cursor.append(pair.first(), pair.second());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private interface Call {
    boolean moves();
  }

  private interface Expectation<K> {
    boolean from(Tuple2<K, Integer> pair);
  }

  private void fromPair(Move move, Call call, Expectation<K> then) {
    boolean[] found = new boolean[1];
    onPair(move, () -> found[0] = call.moves(), at -> same(move, found[0], then.from(at)));
  }

  private void moveOrStay(Move move, Call call, boolean up) {
    fromPair(
        move,
        call,
        at -> {
          Tuple2<K, Integer> next = up ? values(at).higherKey(at) : values(at).lowerKey(at);
          return next != null && place.moveTo(next);
        });
  }

  private void readValues() {
    Object[] found = new Object[1];
    onPair(
        Move.VALUES,
        () -> found[0] = cursor.values(MOST_VALUES),
        at -> {
          List<Tuple2<K, Integer>> some =
              values(at).tailMap(at, true).keySet().stream().limit(MOST_VALUES).toList();
          same(Move.VALUES, found[0], some.stream().map(Tuple2::second).toList());
          place.moveTo(some.getLast());
        });
  }

  /** The entries of a pair's key. */
  private NavigableMap<Tuple2<K, Integer>, P> values(Tuple2<K, Integer> pair) {
    return expected.ofKey(pair.first());
  }

  private Tuple2<K, Integer> firstFrom(K key) {
    return expected.entries().ceilingKey(new Tuple2<>(key, Integer.MIN_VALUE));
  }

  private boolean isOf(K key) {
    Tuple2<K, Integer> pair = place.pair();
    return pair != null && pair.first().equals(key);
  }

  @Override
  boolean next() {
    return cursor.next();
  }

  @Override
  void delete() {
    cursor.delete();
  }

  @Override
  void assertOn(Tuple2<K, Integer> pair) {
    expected.same("key under a cursor", cursor.key(), pair.first());
    expected.same("value under a cursor", cursor.value(), pair.second());
  }

  @Override
  void showNothing() {
    K _ = cursor.key();
  }

  @Override
  public void close() {
    cursor.close();
  }
}
