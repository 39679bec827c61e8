package dev.pando;

import dev.pando.codec.Tuple2;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MultiTable} as a multimap, whose sets and maps are those of the Java library: {@link
 * ReadTxn#asMultimap} and {@link Database#multimap}. What it returns are views, unless a method
 * says that it is a copy.
 *
 * {@snippet :
 * TableMultimap<String, Long> tagged = tx.asMultimap(TAGGED);
 * tagged.put("java", 7L);
 * NavigableSet<Long> java = tagged.get("java");
 * java.tailSet(5L).clear();                                // removes from the table
 * tagged.asMap().headMap("k").forEach((tag, ids) -> ...);
 * }
 *
 * <p>Nothing is loaded: each call reads the table, and what is put and removed is written to it. In
 * a read transaction a change throws {@link UnsupportedOperationException}. Keys and values may not
 * be null. A key is there as long as it has a value. The order of keys and values is the table's;
 * comparators compare them by their bytes.
 *
 * <p>One that is from a transaction is valid until that ends, and not thread-safe. One that is from
 * a database is valid until that is closed, and thread-safe. After that all calls throw {@link
 * IllegalStateException}. Calls throw what the transaction's own do where the file is damaged or
 * the disk is full.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class TableMultimap<K, V> {
  private final MultiTable<K, V> table;
  private final TableRanges<Tuple2<K, V>, Present> pairs;

  TableMultimap(MultiTable<K, V> table, TableRanges<Tuple2<K, V>, Present> pairs) {
    this.table = table;
    this.pairs = pairs;
  }

  // ---- single keys

  /**
   * The values of a key, which may have none yet: what is added to the set is put into the table.
   * Its parts and its descending set are views as well. {@code size} reads a page or two a level.
   *
   * @param key must not be changed, as an array can be, while the set is used
   */
  public NavigableSet<V> get(K key) {
    TableRanges<V, Present> values = values(table.valuesOf(key));
    return new ValueSet<>(values, values::entries);
  }

  private TableRanges<V, Present> values(ValueInPair<K, V> codec) {
    return pairs.as(Table.of(table.name(), codec, Present.CODEC), Range.of(codec));
  }

  /**
   * Adds a value to a key.
   *
   * @return false if the key has the value already
   * @throws IllegalArgumentException if the pair is longer than {@link RawTable#maxKey}
   */
  public boolean put(K key, V value) {
    return pairs.putIfAbsent(table.pair(key, value), Present.PRESENT) == null;
  }

  /** Removes a value of a key; false if the key does not have it. */
  public boolean remove(K key, V value) {
    return pairs.remove(table.pair(key, value)) != null;
  }

  /**
   * Removes all values of a key. Where they need not be returned, {@code keySet().remove(key)}
   * copies nothing.
   *
   * @return a copy of them, which the caller owns; empty if there were none
   */
  public NavigableSet<V> removeAll(K key) {
    return values(table.valuesOf(key)).takeKeys();
  }

  /** Whether a key has values. */
  public boolean containsKey(K key) {
    return !values(table.valuesOf(key)).isEmpty();
  }

  /** Whether a key has a value. */
  public boolean containsEntry(K key, V value) {
    return pairs.containsKey(table.pair(key, value));
  }

  boolean deleteKey(K key) {
    ValueInPair<K, V> codec = table.valuesOf(key);
    return values(codec).deleteRange(Range.of(codec)) > 0;
  }

  void deleteKeys(Range<K> keys) {
    long _ = pairs.deleteRange(table.keys(keys));
  }

  /** The first key of a range, in the range's direction. */
  @Nullable K firstKey(Range<K> keys) {
    Map.Entry<Tuple2<K, V>, Present> first = pairs.first(table.keys(keys));
    return first == null ? null : first.getKey().first();
  }

  // ---- the whole

  /**
   * Each key that has values, once. {@code remove} removes all values of a key; {@code add} is not
   * supported. An iterator looks for each key, so it does not read the values; {@code size} does
   * the same, and takes time in proportion to the number of keys.
   */
  public NavigableSet<K> keySet() {
    return asMap().navigableKeySet();
  }

  /**
   * Each key with each of its values, in the order of the keys and then of the values. {@code add}
   * and {@code setValue} are not supported. {@code size} takes constant time.
   */
  public Set<Map.Entry<K, V>> entries() {
    return new PairSet<>(this, pairs);
  }

  /**
   * Each key with its set of values, as {@link #get} returns it; null for a key that has none.
   * {@code remove}, {@code pollFirstEntry} and {@code pollLastEntry} return a copy of the values
   * that they remove. A set of values cannot be put: {@code put}, {@code setValue} and what needs
   * them throw {@link UnsupportedOperationException}. {@code size} is that of {@link #keySet}.
   */
  public NavigableMap<K, NavigableSet<V>> asMap() {
    return new KeysToValues<>(this, KeyBounds.all(table.keyCodec(), null), false);
  }

  /** The number of values of all keys, in constant time; at most {@link Integer#MAX_VALUE}. */
  public int size() {
    return pairs.size();
  }

  /** Whether no key has a value. */
  public boolean isEmpty() {
    return pairs.isEmpty();
  }

  /** Removes all values of all keys. */
  public void clear() {
    pairs.clear();
  }

  /** Whether the other object is such a multimap with the same keys and values. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TableMultimap<?, ?> that && asMap().equals(that.asMap());
  }

  /** That of {@link #asMap}. */
  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  /** All keys with all their values. */
  @Override
  public String toString() {
    return asMap().toString();
  }
}
