package dev.pando;

import java.util.AbstractSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The keys of a table as a map; what is removed goes from the table. */
class MapKeys<K, V> extends AbstractSet<K> implements NavigableSet<K> {
  private final NavigableMap<K, V> map;
  private final Supplier<Iterator<? extends Map.Entry<K, V>>> all;

  /**
   * Those of a map.
   *
   * @param all begins to read its entries
   */
  MapKeys(NavigableMap<K, V> map, Supplier<Iterator<? extends Map.Entry<K, V>>> all) {
    this.map = map;
    this.all = all;
  }

  /** The same keys of another map, which is a part of this one, or in the other direction. */
  NavigableSet<K> keys(NavigableMap<K, V> part) {
    return part.navigableKeySet();
  }

  @Override
  public Iterator<K> iterator() {
    Iterator<? extends Map.Entry<K, V>> entries = all.get();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public K next() {
        return entries.next().getKey();
      }

      @Override
      public void remove() {
        entries.remove();
      }
    };
  }

  @Override
  public Iterator<K> descendingIterator() {
    return descendingSet().iterator();
  }

  @Override
  public int size() {
    return map.size();
  }

  @Override
  public boolean isEmpty() {
    return map.isEmpty();
  }

  @Override
  public void clear() {
    map.clear();
  }

  @Override
  public boolean contains(@Nullable Object key) {
    return map.containsKey(key);
  }

  @Override
  public boolean remove(@Nullable Object key) {
    return map.remove(key) != null;
  }

  @Override
  public Comparator<? super K> comparator() {
    return map.comparator();
  }

  @Override
  public K first() {
    return map.firstKey();
  }

  @Override
  public K last() {
    return map.lastKey();
  }

  @Override
  public @Nullable K lower(K key) {
    return map.lowerKey(key);
  }

  @Override
  public @Nullable K floor(K key) {
    return map.floorKey(key);
  }

  @Override
  public @Nullable K ceiling(K key) {
    return map.ceilingKey(key);
  }

  @Override
  public @Nullable K higher(K key) {
    return map.higherKey(key);
  }

  @Override
  public @Nullable K pollFirst() {
    Map.Entry<K, V> first = map.pollFirstEntry();
    return first == null ? null : first.getKey();
  }

  @Override
  public @Nullable K pollLast() {
    Map.Entry<K, V> last = map.pollLastEntry();
    return last == null ? null : last.getKey();
  }

  @Override
  public NavigableSet<K> descendingSet() {
    return keys(map.descendingMap());
  }

  @Override
  public NavigableSet<K> subSet(K from, boolean fromInclusive, K to, boolean toInclusive) {
    return keys(map.subMap(from, fromInclusive, to, toInclusive));
  }

  @Override
  public NavigableSet<K> headSet(K to, boolean inclusive) {
    return keys(map.headMap(to, inclusive));
  }

  @Override
  public NavigableSet<K> tailSet(K from, boolean inclusive) {
    return keys(map.tailMap(from, inclusive));
  }

  @Override
  public NavigableSet<K> subSet(K from, K to) {
    return subSet(from, true, to, false);
  }

  @Override
  public NavigableSet<K> headSet(K to) {
    return headSet(to, false);
  }

  @Override
  public NavigableSet<K> tailSet(K from) {
    return tailSet(from, true);
  }
}
