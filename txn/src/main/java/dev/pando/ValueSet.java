package dev.pando;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.function.Supplier;

/** The values of a key of a multimap as a set, which reads and writes its table. */
final class ValueSet<V> extends MapKeys<V, Present> {
  private final NavigableMap<V, Present> map;

  /**
   * Those of a map.
   *
   * @param all begins to read its entries
   */
  ValueSet(NavigableMap<V, Present> map, Supplier<Iterator<? extends Map.Entry<V, Present>>> all) {
    super(map, all);
    this.map = map;
  }

  @Override
  NavigableSet<V> keys(NavigableMap<V, Present> part) {
    return new ValueSet<>(part, part.entrySet()::iterator);
  }

  @Override
  public boolean add(V value) {
    return map.putIfAbsent(value, Present.PRESENT) == null;
  }
}
