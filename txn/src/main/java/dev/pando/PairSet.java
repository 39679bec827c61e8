package dev.pando;

import dev.pando.codec.Tuple2;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys and values of a multimap as entries; what is removed goes from the table. */
final class PairSet<K, V> extends AbstractSet<Map.Entry<K, V>> {
  private final TableMultimap<K, V> multimap;
  private final TableRanges<Tuple2<K, V>, Present> pairs;

  PairSet(TableMultimap<K, V> multimap, TableRanges<Tuple2<K, V>, Present> pairs) {
    this.multimap = multimap;
    this.pairs = pairs;
  }

  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    Iterator<? extends Map.Entry<Tuple2<K, V>, Present>> all = pairs.entries();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public Map.Entry<K, V> next() {
        Tuple2<K, V> pair = all.next().getKey();
        return new Entry<>(pair.first(), pair.second());
      }

      @Override
      public void remove() {
        all.remove();
      }
    };
  }

  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public boolean isEmpty() {
    return pairs.isEmpty();
  }

  @Override
  public void clear() {
    pairs.clear();
  }

  @Override
  public boolean contains(@Nullable Object wanted) {
    return wanted instanceof Map.Entry<?, ?> entry
        && entry.getKey() != null
        && entry.getValue() != null
        && multimap.get(key(entry)).contains(entry.getValue());
  }

  @Override
  public boolean remove(@Nullable Object wanted) {
    return wanted instanceof Map.Entry<?, ?> entry
        && entry.getKey() != null
        && entry.getValue() != null
        && multimap.get(key(entry)).remove(entry.getValue());
  }

  @SuppressWarnings("unchecked") // the codec's own cast fails if it is no key, as sets may
  private K key(Map.Entry<?, ?> entry) {
    return (K) entry.getKey();
  }
}
