package dev.pando;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The entries of a table as a map, which read and write the table. */
final class MapEntries<K, V> extends AbstractSet<Map.Entry<K, V>> {
  private final Map<K, V> map;
  private final Supplier<Iterator<? extends Map.Entry<K, V>>> all;

  /**
   * Those of a map.
   *
   * @param all begins to read them
   */
  MapEntries(Map<K, V> map, Supplier<Iterator<? extends Map.Entry<K, V>>> all) {
    this.map = map;
    this.all = all;
  }

  @Override
  public Iterator<Map.Entry<K, V>> iterator() {
    Iterator<? extends Map.Entry<K, V>> entries = all.get();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Map.Entry<K, V> next() {
        return new Live<>(map, entries.next());
      }

      @Override
      public void remove() {
        entries.remove();
      }
    };
  }

  @Override
  public int size() {
    return map.size();
  }

  @Override
  public void clear() {
    map.clear();
  }

  @Override
  public boolean contains(@Nullable Object wanted) {
    if (!(wanted instanceof Map.Entry<?, ?> entry) || entry.getKey() == null) {
      return false;
    }
    V value = map.get(entry.getKey());
    return value != null && Objects.deepEquals(value, entry.getValue());
  }

  @Override
  public boolean remove(@Nullable Object wanted) {
    return wanted instanceof Map.Entry<?, ?> entry
        && entry.getKey() != null
        && map.remove(entry.getKey(), entry.getValue());
  }

  /** An entry whose value can be replaced. */
  private static final class Live<K, V> implements Map.Entry<K, V> {
    private final Map<K, V> map;
    private final K key;
    private V value;

    Live(Map<K, V> map, Map.Entry<K, V> entry) {
      this.map = map;
      this.key = entry.getKey();
      this.value = entry.getValue();
    }

    @Override
    public K getKey() {
      return key;
    }

    @Override
    public V getValue() {
      return value;
    }

    @Override
    public V setValue(V newValue) {
      V before = value;
      V _ = map.put(key, newValue);
      value = newValue;
      return before;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return new Entry<>(key, value).equals(other);
    }

    @Override
    public int hashCode() {
      return Objects.hashCode(key) ^ Objects.hashCode(value);
    }

    @Override
    public String toString() {
      return new Entry<>(key, value).toString();
    }
  }
}
