package dev.pando;

import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Sink;
import java.lang.foreign.MemorySegment;
import java.util.AbstractMap;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A table, or a range of it, as a map that reads and writes it: {@link ReadTxn#asMap}. */
final class TableMap<K, V> extends AbstractMap<K, V> implements NavigableMap<K, V> {
  private final MapSource<K, V> source;
  private final Table<K, V> table;
  private final KeyBounds<K> bounds;
  private final boolean descending;

  TableMap(MapSource<K, V> source, Table<K, V> table) {
    this(source, table, KeyBounds.all(table), false);
  }

  private TableMap(
      MapSource<K, V> source, Table<K, V> table, KeyBounds<K> bounds, boolean descending) {
    this.source = source;
    this.table = table;
    this.bounds = bounds;
    this.descending = descending;
  }

  // ---- single keys

  @SuppressWarnings("unchecked") // the codec's own cast fails if it is no key, as maps may
  private K key(@Nullable Object key) {
    return (K) Objects.requireNonNull(key, "the key is null");
  }

  private K keyToStore(K key) {
    if (!bounds.contain(key(key))) {
      throw new IllegalArgumentException(
          "key %s is not in %s of table %s"
              .formatted(LeadingBytes.show(key), bounds, table.name()));
    }
    return key;
  }

  @Override
  public @Nullable V get(@Nullable Object wanted) {
    K key = key(wanted);
    return bounds.contain(key) ? source.read(tx -> tx.get(table, key)) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object wanted) {
    K key = key(wanted);
    return bounds.contain(key) && source.read(tx -> tx.contains(table, key));
  }

  @Override
  public @Nullable V put(K key, V value) {
    Objects.requireNonNull(value, "the value is null");
    K mine = keyToStore(key);
    return source.write(tx -> tx.getAndPut(table, mine, value));
  }

  @Override
  public @Nullable V remove(@Nullable Object wanted) {
    K key = key(wanted);
    boolean mayBeThere = bounds.contain(key);
    return source.write(tx -> mayBeThere ? tx.getAndDelete(table, key) : null);
  }

  @Override
  public boolean remove(@Nullable Object wanted, @Nullable Object value) {
    K key = key(wanted);
    boolean mayBeThere = bounds.contain(key);
    return source.write(
        tx -> mayBeThere && Objects.deepEquals(tx.get(table, key), value) && tx.delete(table, key));
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    K mine = keyToStore(key);
    return source.write(tx -> tx.putIfAbsent(table, mine, value));
  }

  @Override
  public @Nullable V replace(K key, V value) {
    Objects.requireNonNull(value, "the value is null");
    K mine = keyToStore(key);
    return source.write(tx -> tx.contains(table, mine) ? tx.getAndPut(table, mine, value) : null);
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    K mine = keyToStore(key);
    return source.write(tx -> tx.replace(table, mine, expected, value));
  }

  @Override
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
    K mine = keyToStore(key);
    return source.write(tx -> tx.compute(table, mine, function));
  }

  @Override
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
    K mine = keyToStore(key);
    return source.write(
        tx -> {
          V before = tx.get(table, mine);
          return before != null ? before : tx.compute(table, mine, (k, _) -> function.apply(k));
        });
  }

  @Override
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
    K mine = keyToStore(key);
    return source.write(
        tx -> {
          V before = tx.get(table, mine);
          return before == null
              ? null
              : tx.compute(table, mine, (k, _) -> function.apply(k, before));
        });
  }

  @Override
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
    K mine = keyToStore(key);
    return source.write(tx -> tx.merge(table, mine, value, function));
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    entries.keySet().forEach(this::keyToStore);
    Object _ =
        source.<@Nullable Object>write(
            tx -> {
              entries.forEach((key, value) -> tx.put(table, key, value));
              return null;
            });
  }

  // ---- the whole

  /** Its keys, in its direction. */
  private Range<K> range() {
    return directed(bounds.range());
  }

  private Range<K> directed(Range<K> range) {
    return descending ? range.reversed() : range;
  }

  private long count() {
    return source.read(tx -> tx.count(table, range()));
  }

  @Override
  public int size() {
    return (int) Math.min(count(), Integer.MAX_VALUE);
  }

  @Override
  public boolean isEmpty() {
    return count() == 0;
  }

  @Override
  public void clear() {
    long _ = source.write(tx -> tx.deleteRange(table, bounds.range()));
  }

  private Iterator<? extends Map.Entry<K, V>> entries() {
    return source.entries(range());
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

  private @Nullable Entry<K, V> first(UnaryOperator<Range<K>> part) {
    return source.read(
        tx -> {
          try (Scan<K, V> found = tx.scan(table, part.apply(range()).limit(1))) {
            Iterator<? extends Map.Entry<K, V>> entries = found.iterator();
            return entries.hasNext() ? entries.next() : null;
          }
        });
  }

  /** The nearest entry before a key in this direction, or at it. */
  private @Nullable Entry<K, V> before(K key, boolean inclusive) {
    Range<K> below = part(null, true, key(key), inclusive);
    return first(range -> range.intersect(below).reversed());
  }

  private @Nullable Entry<K, V> behind(K key, boolean inclusive) {
    Range<K> above = part(key(key), inclusive, null, true);
    return first(range -> range.intersect(above));
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
    return behind(key, true);
  }

  @Override
  public @Nullable Entry<K, V> higherEntry(K key) {
    return behind(key, false);
  }

  @Override
  public @Nullable Entry<K, V> firstEntry() {
    return first(range -> range);
  }

  @Override
  public @Nullable Entry<K, V> lastEntry() {
    return first(Range::reversed);
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

  private @Nullable Entry<K, V> poll(Range<K> range) {
    return source.write(
        tx -> {
          Map.Entry<K, V> found = null;
          for (Map.Entry<K, V> entry : tx.scan(table, range.limit(1))) {
            found = entry;
          }
          boolean _ = found != null && tx.delete(table, found.getKey());
          return found;
        });
  }

  // ---- parts

  @Override
  public NavigableMap<K, V> descendingMap() {
    return new TableMap<>(source, table, bounds, !descending);
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
            descending ? fromInclusive : toInclusive));
  }

  @Override
  public NavigableMap<K, V> headMap(K to, boolean inclusive) {
    return with(
        descending
            ? bounds.part(key(to), inclusive, null, true)
            : bounds.part(null, true, key(to), inclusive));
  }

  @Override
  public NavigableMap<K, V> tailMap(K from, boolean inclusive) {
    return with(
        descending
            ? bounds.part(null, true, key(from), inclusive)
            : bounds.part(key(from), inclusive, null, true));
  }

  private TableMap<K, V> with(KeyBounds<K> part) {
    return new TableMap<>(source, table, part, descending);
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

  /** The bounds of a map's keys, in the order of the table. */
  record KeyBounds<K>(
      Table<K, ?> table,
      @Nullable K lower,
      boolean lowerInclusive,
      @Nullable K upper,
      boolean upperInclusive,
      @Nullable MemorySegment from,
      @Nullable MemorySegment to) {
    static <K> KeyBounds<K> all(Table<K, ?> table) {
      return new KeyBounds<>(table, null, true, null, true, null, null);
    }

    Range<K> range() {
      return Range.between(lower, lowerInclusive, upper, upperInclusive);
    }

    private static <K> MemorySegment bytes(Table<K, ?> table, K key) {
      Sink sink = new Sink();
      table.keyCodec().encode(key, sink);
      return MemorySegment.ofArray(sink.toArray());
    }

    Comparator<K> order() {
      return (a, b) -> Bounds.compare(bytes(table, a), bytes(table, b));
    }

    boolean contain(K key) {
      if (from == null && to == null) {
        return true;
      }
      MemorySegment bytes = bytes(table, key);
      return !isBelow(bytes, lowerInclusive) && !isAbove(bytes, upperInclusive);
    }

    private boolean isBelow(MemorySegment key, boolean inclusive) {
      int order = from == null ? 1 : Bounds.compare(key, from);
      return order < 0 || (order == 0 && !inclusive);
    }

    private boolean isAbove(MemorySegment key, boolean inclusive) {
      int order = to == null ? -1 : Bounds.compare(key, to);
      return order > 0 || (order == 0 && !inclusive);
    }

    /** A part of these bounds; null for the bound as it is. */
    KeyBounds<K> part(
        @Nullable K low, boolean lowInclusive, @Nullable K high, boolean highInclusive) {
      MemorySegment first = low == null ? null : checked(low, lowInclusive);
      MemorySegment last = high == null ? null : checked(high, highInclusive);
      if (first != null && last != null && Bounds.compare(first, last) > 0) {
        throw new IllegalArgumentException(
            "a part of a map from %s to %s: the first is the greater one"
                .formatted(LeadingBytes.show(low), LeadingBytes.show(high)));
      }
      return new KeyBounds<>(
          table,
          low == null ? lower : low,
          low == null ? lowerInclusive : lowInclusive,
          high == null ? upper : high,
          high == null ? upperInclusive : highInclusive,
          first == null ? from : first,
          last == null ? to : last);
    }

    /** The bytes of a bound. One that excludes its key may be that of the whole. */
    private MemorySegment checked(K key, boolean inclusive) {
      MemorySegment bytes = bytes(table, key);
      if (isBelow(bytes, lowerInclusive || !inclusive)
          || isAbove(bytes, upperInclusive || !inclusive)) {
        throw new IllegalArgumentException(
            "a part of a map may not go beyond it: %s is not in %s"
                .formatted(LeadingBytes.show(key), this));
      }
      return bytes;
    }

    @Override
    public String toString() {
      return range().toString();
    }
  }
}
