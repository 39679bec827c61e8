package dev.pando;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The keys of a multimap, or a range of them, and the set of each one's values. */
final class KeysToValues<K, V> extends RangeMap<K, NavigableSet<V>> {
  private final TableMultimap<K, V> multimap;

  KeysToValues(TableMultimap<K, V> multimap, KeyBounds<K> bounds, boolean descending) {
    super(bounds, descending);
    this.multimap = multimap;
  }

  @Override
  RangeMap<K, NavigableSet<V>> with(KeyBounds<K> part, boolean inDescendingOrder) {
    return new KeysToValues<>(multimap, part, inDescendingOrder);
  }

  // ---- single keys

  @Override
  public @Nullable NavigableSet<V> get(@Nullable Object wanted) {
    K key = key(wanted);
    return containsKey(key) ? multimap.get(key) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object wanted) {
    K key = key(wanted);
    return bounds.contain(key) && multimap.containsKey(key);
  }

  @Override
  public NavigableSet<V> put(K key, NavigableSet<V> values) {
    throw new UnsupportedOperationException(
        "a multimap has a set of values for each key; add them to it: get(key).addAll(values)");
  }

  /** Returns a copy of the values. */
  @Override
  public @Nullable NavigableSet<V> remove(@Nullable Object wanted) {
    K key = key(wanted);
    NavigableSet<V> removed = bounds.contain(key) ? multimap.removeAll(key) : null;
    return removed == null || removed.isEmpty() ? null : removed;
  }

  private boolean removeKey(@Nullable Object wanted) {
    K key = key(wanted);
    return bounds.contain(key) && multimap.deleteKey(key);
  }

  // ---- the whole

  @Override
  public void clear() {
    multimap.deleteKeys(bounds.range());
  }

  /** Looks for each key. */
  @Override
  long count() {
    long keys = 0;
    for (Iterator<?> all = entries(); all.hasNext(); all.next()) {
      keys++;
    }
    return keys;
  }

  @Override
  public NavigableSet<K> navigableKeySet() {
    return new MapKeys<>(this, this::entries) {
      @Override
      public boolean remove(@Nullable Object key) {
        return removeKey(key); // which copies no values
      }
    };
  }

  @Override
  Iterator<Map.Entry<K, NavigableSet<V>>> entries() {
    return new Entries(range());
  }

  @Override
  @Nullable Entry<K, NavigableSet<V>> first(Range<K> range) {
    K key = multimap.firstKey(range);
    return key == null ? null : Map.entry(key, multimap.get(key));
  }

  @Override
  @Nullable Entry<K, NavigableSet<V>> poll(Range<K> range) {
    for (K key; (key = multimap.firstKey(range)) != null; ) {
      NavigableSet<V> removed = multimap.removeAll(key);
      if (!removed.isEmpty()) { // or another transaction has removed them meanwhile
        return Map.entry(key, removed);
      }
    }
    return null;
  }

  /** Looks for the key after the last one at each step, so it passes over all values between. */
  private final class Entries implements Iterator<Map.Entry<K, NavigableSet<V>>> {
    private final Range<K> whole;

    /** What is left of the range. */
    private Range<K> rest;

    private @Nullable K next;
    private @Nullable K last;

    Entries(Range<K> whole) {
      this.whole = whole;
      this.rest = whole;
    }

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = multimap.firstKey(rest);
      }
      return next != null;
    }

    @Override
    public Map.Entry<K, NavigableSet<V>> next() {
      K key = hasNext() ? next : null;
      if (key == null) {
        throw new NoSuchElementException("the multimap has no more keys");
      }
      next = null;
      last = key;
      rest = whole.after(key);
      return Map.entry(key, multimap.get(key));
    }

    @Override
    public void remove() {
      K key = last;
      if (key == null) {
        throw new IllegalStateException("next has returned nothing to remove, or it was removed");
      }
      last = null;
      boolean _ = multimap.deleteKey(key);
    }
  }
}
