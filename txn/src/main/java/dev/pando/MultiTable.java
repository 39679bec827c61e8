package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.Objects;

/**
 * The name of a table in which a key has many values, each once and in the order of their codec,
 * and how keys and values become bytes. As a {@link Table} it holds no data.
 *
 * {@snippet :
 * static final MultiTable<String, Long> TAGGED =
 *     MultiTable.of("tagged", Codec.utf8(), Codec.u64());
 *
 * tx.put(TAGGED, "java", 7L);
 * for (long id : tx.values(TAGGED, "java")) { ... }
 * long all = tx.count(TAGGED, "java");
 * tx.values(TAGGED, "java", Range.atLeast(5L).limit(10));
 * tx.scan(TAGGED.pairs()).distinct(1);                     // each key once
 * tx.asMultimap(TAGGED).get("java").add(9L);               // a NavigableSet
 * }
 *
 * <p>It is stored as a table of {@link #pairs}, in the order of their keys and then of their
 * values; a page stores once what its pairs have in common. A key may have millions of values, and
 * whatever works for a table and its ranges works for a multimap, for one key and for its values:
 * scans, cursors, counts, ranks, range deletes. A pair may be as long as a key of a table, see
 * {@link RawTable#maxKey}.
 *
 * <p>The ids of both codecs are stored with the table; a use with other codecs, or as another kind
 * of table, throws {@link IllegalArgumentException} that names both. Immutable and safe for use by
 * many threads.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class MultiTable<K, V> {
  private final Table<Tuple2<K, V>, Present> pairs;
  private final Codec<K> keyCodec;
  private final Codec<V> valueCodec;

  private MultiTable(Table<Tuple2<K, V>, Present> pairs, Codec<K> key, Codec<V> value) {
    this.pairs = pairs;
    this.keyCodec = key;
    this.valueCodec = value;
  }

  /**
   * Describes a table.
   *
   * @param name 1 to 255 bytes in UTF-8, see {@link Table#MAX_NAME}
   * @param key how keys become bytes; must be {@link Codec#ordered}
   * @param value how values become bytes; must be {@link Codec#ordered}
   * @throws IllegalArgumentException if {@link Table#of} refuses the name or a codec, or if the
   *     values' codec is not ordered
   */
  public static <K, V> MultiTable<K, V> of(String name, Codec<K> key, Codec<V> value) {
    Table<K, V> _ = Table.of(name, key, value); // refuses what no table takes
    if (!value.ordered()) {
      throw new IllegalArgumentException(
          "table %s: codec %s is not ordered and cannot encode the values of a multimap"
              .formatted(name, value.id()));
    }
    return new MultiTable<>(Table.of(name, Codec.tuple(key, value), Present.CODEC), key, value);
  }

  /** The description of an index's tree, whose name no other table has. */
  static <K, V> MultiTable<K, V> ofIndex(String tree, Codec<K> key, Codec<V> value) {
    Codec<Tuple2<K, V>> pairs = Codec.tuple(key, value);
    return new MultiTable<>(Table.ofIndex(tree, pairs, Present.CODEC), key, value);
  }

  /** The name, 1 to 255 bytes in UTF-8. */
  public String name() {
    return pairs.name();
  }

  /** How keys become bytes. */
  public Codec<K> keyCodec() {
    return keyCodec;
  }

  /** How values become bytes. */
  public Codec<V> valueCodec() {
    return valueCodec;
  }

  /** The same table as one of pairs, for scans, cursors, counts and range deletes. */
  public Table<Tuple2<K, V>, Present> pairs() {
    return pairs;
  }

  /** The pairs of a key whose values are in a range, with its direction, skip and limit. */
  public Range<Tuple2<K, V>> range(K key, Range<? super V> values) {
    Objects.requireNonNull(key, "the key is null");
    return values.under(keyCodec, key, valueCodec);
  }

  /** The pairs of the keys of a range; its skip and limit count pairs. */
  Range<Tuple2<K, V>> keys(Range<? super K> keys) {
    return keys.ofFirst(keyCodec);
  }

  /** The values of a key, as keys of the table. */
  ValueInPair<K, V> valuesOf(K key) {
    Objects.requireNonNull(key, "the key is null");
    return new ValueInPair<>(pairs.keyCodec(), keyCodec, key, valueCodec);
  }

  Tuple2<K, V> pair(K key, V value) {
    return new Tuple2<>(
        Objects.requireNonNull(key, "the key is null"),
        Objects.requireNonNull(value, "the value is null"));
  }

  /** The name and the ids of both codecs. */
  @Override
  public String toString() {
    return name() + "(" + keyCodec.id() + " -> many " + valueCodec.id() + ")";
  }
}
