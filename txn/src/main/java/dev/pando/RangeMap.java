package dev.pando;

import dev.pando.codec.LeadingBytes;
import java.util.AbstractMap;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A sorted map whose parts are ranges of keys, which are read and written where they are. */
abstract class RangeMap<K, V> extends AbstractMap<K, V> implements NavigableMap<K, V> {
  final KeyBounds<K> bounds;
  final boolean descending;

  RangeMap(KeyBounds<K> bounds, boolean descending) {
    this.bounds = bounds;
    this.descending = descending;
  }

  // What is stored.

  /** The same map with other bounds, in a direction. */
  abstract RangeMap<K, V> with(KeyBounds<K> part, boolean inDescendingOrder);

  /** The first entry of a range, in the range's direction. */
  abstract @Nullable Entry<K, V> first(Range<K> range);

  /** Removes the first entry of a range, in the range's direction. */
  abstract @Nullable Entry<K, V> poll(Range<K> range);

  /** Begins to read all entries, in the map's direction. Its {@code remove} removes one. */
  abstract Iterator<? extends Map.Entry<K, V>> entries();

  abstract long count();

  // The keys.

  @SuppressWarnings("unchecked") // the codec's own cast fails if it is no key, as maps may
  final K key(@Nullable Object key) {
    return (K) Objects.requireNonNull(key, "the key is null");
  }

  final K keyToStore(String table, K key) {
    if (!bounds.contain(key(key))) {
      throw new IllegalArgumentException(
          "key %s is not in %s of table %s".formatted(LeadingBytes.show(key), bounds, table));
    }
    return key;
  }

  /** Its keys, in its direction. */
  final Range<K> range() {
    return descending ? bounds.range().reversed() : bounds.range();
  }

  // ---- the whole

  @Override
  public int size() {
    return (int) Math.min(count(), Integer.MAX_VALUE);
  }

  @Override
  public boolean isEmpty() {
    return firstEntry() == null;
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new MapEntries<>(this, this::entries);
  }

  @Override
  public NavigableSet<K> navigableKeySet() {
    return new MapKeys<>(this, this::entries);
  }

  @Override
  public NavigableSet<K> keySet() {
    return navigableKeySet();
  }

  @Override
  public NavigableSet<K> descendingKeySet() {
    return descendingMap().navigableKeySet();
  }

  @Override
  public Comparator<? super K> comparator() {
    Comparator<K> order = bounds.order();
    return descending ? order.reversed() : order;
  }

  // ---- neighbours

  /** The nearest entry before a key in this direction, or at it. */
  private @Nullable Entry<K, V> before(K key, boolean inclusive) {
    Range<K> below = part(null, true, key(key), inclusive);
    return first(range().intersect(below).reversed());
  }

  private @Nullable Entry<K, V> after(K key, boolean inclusive) {
    Range<K> above = part(key(key), inclusive, null, true);
    return first(range().intersect(above));
  }

  /** Keys between two in this map's direction; null for no bound. */
  private Range<K> part(
      @Nullable K from, boolean fromInclusive, @Nullable K to, boolean toInclusive) {
    return descending
        ? Range.between(to, toInclusive, from, fromInclusive)
        : Range.between(from, fromInclusive, to, toInclusive);
  }

  @Override
  public @Nullable Entry<K, V> lowerEntry(K key) {
    return before(key, false);
  }

  @Override
  public @Nullable Entry<K, V> floorEntry(K key) {
    return before(key, true);
  }

  @Override
  public @Nullable Entry<K, V> ceilingEntry(K key) {
    return after(key, true);
  }

  @Override
  public @Nullable Entry<K, V> higherEntry(K key) {
    return after(key, false);
  }

  @Override
  public @Nullable Entry<K, V> firstEntry() {
    return first(range());
  }

  @Override
  public @Nullable Entry<K, V> lastEntry() {
    return first(range().reversed());
  }

  private static <K> @Nullable K keyOf(@Nullable Entry<K, ?> entry) {
    return entry == null ? null : entry.getKey();
  }

  private static <K> K keyThere(@Nullable Entry<K, ?> entry) {
    if (entry == null) {
      throw new NoSuchElementException("the map is empty");
    }
    return entry.getKey();
  }

  @Override
  public @Nullable K lowerKey(K key) {
    return keyOf(lowerEntry(key));
  }

  @Override
  public @Nullable K floorKey(K key) {
    return keyOf(floorEntry(key));
  }

  @Override
  public @Nullable K ceilingKey(K key) {
    return keyOf(ceilingEntry(key));
  }

  @Override
  public @Nullable K higherKey(K key) {
    return keyOf(higherEntry(key));
  }

  @Override
  public K firstKey() {
    return keyThere(firstEntry());
  }

  @Override
  public K lastKey() {
    return keyThere(lastEntry());
  }

  @Override
  public @Nullable Entry<K, V> pollFirstEntry() {
    return poll(range());
  }

  @Override
  public @Nullable Entry<K, V> pollLastEntry() {
    return poll(range().reversed());
  }

  // ---- parts

  @Override
  public NavigableMap<K, V> descendingMap() {
    return with(bounds, !descending);
  }

  @Override
  public NavigableMap<K, V> subMap(K from, boolean fromInclusive, K to, boolean toInclusive) {
    K low = descending ? to : from;
    K high = descending ? from : to;
    return with(
        bounds.part(
            key(low),
            descending ? toInclusive : fromInclusive,
            key(high),
            descending ? fromInclusive : toInclusive),
        descending);
  }

  @Override
  public NavigableMap<K, V> headMap(K to, boolean inclusive) {
    return with(
        descending
            ? bounds.part(key(to), inclusive, null, true)
            : bounds.part(null, true, key(to), inclusive),
        descending);
  }

  @Override
  public NavigableMap<K, V> tailMap(K from, boolean inclusive) {
    return with(
        descending
            ? bounds.part(null, true, key(from), inclusive)
            : bounds.part(key(from), inclusive, null, true),
        descending);
  }

  @Override
  public NavigableMap<K, V> subMap(K from, K to) {
    return subMap(from, true, to, false);
  }

  @Override
  public NavigableMap<K, V> headMap(K to) {
    return headMap(to, false);
  }

  @Override
  public NavigableMap<K, V> tailMap(K from) {
    return tailMap(from, true);
  }
}
