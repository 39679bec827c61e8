package dev.pando;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A table, or a range of it, as a map that reads and writes it: {@link ReadTxn#asMap}. */
final class TableMap<K, V> extends RangeMap<K, V> implements TableRanges<K, V> {
  private final Source source;
  private final Table<K, V> table;

  TableMap(Source source, Table<K, V> table) {
    this(source, table, KeyBounds.all(table.keyCodec(), null), false);
  }

  private TableMap(Source source, Table<K, V> table, KeyBounds<K> bounds, boolean descending) {
    super(bounds, descending);
    this.source = source;
    this.table = table;
  }

  @Override
  RangeMap<K, V> with(KeyBounds<K> part, boolean inDescendingOrder) {
    return new TableMap<>(source, table, part, inDescendingOrder);
  }

  // ---- single keys

  private K keyToStore(K key) {
    return keyToStore(table.name(), key);
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

  @Override
  long count() {
    return source.read(tx -> tx.count(table, range()));
  }

  @Override
  public void clear() {
    long _ = deleteRange(bounds.range());
  }

  @Override
  public long deleteRange(Range<K> range) {
    return source.write(tx -> tx.deleteRange(table, range));
  }

  @Override
  public NavigableSet<K> takeKeys() {
    return source.write(
        tx -> {
          TableMap<K, V> mine = new TableMap<>(Source.of(tx), table, bounds, descending);
          NavigableSet<K> keys = new TreeSet<>(mine.navigableKeySet());
          mine.clear();
          return keys;
        });
  }

  @Override
  public <A> TableRanges<A, V> as(Table<A, V> other, Range<A> whole) {
    return new TableMap<>(source, other, KeyBounds.all(other.keyCodec(), whole), false);
  }

  @Override
  public Iterator<? extends Map.Entry<K, V>> entries() {
    return source.entries(table, range());
  }

  @Override
  public @Nullable Entry<K, V> first(Range<K> range) {
    return source.read(tx -> first(tx, range));
  }

  private @Nullable Entry<K, V> first(ReadTxn tx, Range<K> range) {
    try (Scan<K, V> found = tx.scan(table, range.limit(1))) {
      Iterator<? extends Map.Entry<K, V>> entries = found.iterator();
      return entries.hasNext() ? entries.next() : null;
    }
  }

  @Override
  @Nullable Entry<K, V> poll(Range<K> range) {
    return source.write(
        tx -> {
          Map.Entry<K, V> found = first(tx, range);
          boolean _ = found != null && tx.delete(table, found.getKey());
          return found;
        });
  }

  /** The transactions in which a map reads and writes its table. */
  interface Source {
    /** Runs calls that read the same state of the table. */
    <R extends @Nullable Object> R read(Function<ReadTxn, R> calls);

    /**
     * Runs calls as one change.
     *
     * @throws UnsupportedOperationException if the table can only be read
     */
    <R extends @Nullable Object> R write(Function<WriteTxn, R> calls);

    /** The entries of a range of a table; its {@code remove} removes from the table. */
    <K, V> Iterator<dev.pando.Entry<K, V>> entries(Table<K, V> table, Range<K> range);

    /**
     * One transaction for all calls.
     *
     * @param tx the transaction; a map of a read transaction cannot be changed
     */
    static Source of(ReadTxn tx) {
      return new Source() {
        @Override
        public <R extends @Nullable Object> R read(Function<ReadTxn, R> calls) {
          return calls.apply(tx);
        }

        @Override
        public <R extends @Nullable Object> R write(Function<WriteTxn, R> calls) {
          if (tx instanceof WriteTxn writing) {
            return calls.apply(writing);
          }
          throw new UnsupportedOperationException(
              "a map of a read transaction cannot be changed; use one of a write transaction: "
                  + tx);
        }

        @Override
        public <K, V> Iterator<dev.pando.Entry<K, V>> entries(Table<K, V> table, Range<K> range) {
          return tx.scan(table, range).iterator();
        }
      };
    }
  }
}
