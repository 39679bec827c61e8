package dev.pando.crash;

import dev.pando.Entry;
import dev.pando.ReadTxn;
import dev.pando.TableCursor;
import dev.pando.codec.Tuple2;
import java.util.List;
import java.util.NavigableMap;

/** A cursor of a table of pairs, which may be a multimap's. */
final class SinglePairCursor<K extends Comparable<K>, P> extends PairCursor<K, P> {
  private final TableCursor<Tuple2<K, Integer>, P> cursor;

  SinglePairCursor(
      ReadTxn tx, ExpectedPairs<K, P> expected, TableCursor<Tuple2<K, Integer>, P> cursor) {
    super(tx, expected);
    this.cursor = cursor;
  }

  @Override
  void make(Move move, int key, int value) {
    Tuple2<K, Integer> pair = expected.table.pair(key, value);
    P payload = expected.table.payload().apply(value);
    switch (move) {
      case FIRST -> same(move, cursor.first(), place.first());
      case LAST -> same(move, cursor.last(), place.last());
      case PREV -> same(move, cursor.prev(), place.prev());
      case PUT -> {
        boolean isNew = cursor.put(pair, payload);
        same(move, isNew, expected.add(pair, payload));
        place.moveTo(pair);
      }
      case PUT_IF_ABSENT -> {
        boolean isNew = cursor.putIfAbsent(pair, payload);
        same(move, isNew, !expected.entries().containsKey(pair));
        boolean _ = isNew && expected.add(pair, payload);
        place.moveTo(pair);
      }
      case APPEND -> append(at -> tryAppend(at, payload), pair, payload);
      case REPLACE -> onPair(move, () -> cursor.replace(payload), at -> expected.add(at, payload));
      case DELETE -> deleteCurrent();
      case DELETE_KEY -> deleteKey();
      default -> seek(move, pair, key);
    }
  }

  private void seek(Move move, Tuple2<K, Integer> pair, int number) {
    NavigableMap<Tuple2<K, Integer>, P> all = expected.entries();
    switch (move) {
      case SEEK -> same(move, cursor.seek(pair), place.moveUpTo(all.ceilingKey(pair)));
      case SEEK_EXACT ->
          same(
              move,
              cursor.seekExact(pair),
              place.moveExactlyTo(all.containsKey(pair) ? pair : null));
      case SEEK_FLOOR -> same(move, cursor.seekFloor(pair), place.moveDownTo(all.floorKey(pair)));
      case SEEK_HIGHER -> same(move, cursor.seekHigher(pair), place.moveUpTo(all.higherKey(pair)));
      case SEEK_LOWER -> same(move, cursor.seekLower(pair), place.moveDownTo(all.lowerKey(pair)));
      case SEEK_INDEX -> {
        List<Tuple2<K, Integer>> pairs = expected.pairs();
        int index = Math.floorMod(31 * number + pair.second(), pairs.size() + 2) - 1;
        boolean isThere = index >= 0 && index < pairs.size();
        same(move, cursor.seekIndex(index), place.moveExactlyTo(isThere ? pairs.get(index) : null));
      }
      default -> same(move, cursor.next(), place.next());
    }
  }

  private boolean tryAppend(Tuple2<K, Integer> pair, P payload) {
    try {
      cursor.append(pair, payload);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
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
    expected.same(
        "entry under a cursor", cursor.entry(), new Entry<>(pair, expected.entries().get(pair)));
    expected.same("value under a cursor", cursor.value(), expected.entries().get(pair));
  }

  @Override
  void showNothing() {
    Entry<Tuple2<K, Integer>, P> _ = cursor.entry();
  }

  @Override
  public void close() {
    cursor.close();
  }
}
