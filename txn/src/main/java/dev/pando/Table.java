package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.StoredId;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Tuple3;
import dev.pando.codec.Utf8;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.StoredIds;
import dev.pando.txn.catalog.TableNames;
import dev.pando.txn.catalog.UsedCodecs;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The name of a table and how its keys and values become bytes. It names the table in every call
 * and holds no data: create it once, as a constant, before or after the database is opened. The
 * first write creates the table itself.
 *
 * {@snippet :
 * static final Table<Long, Order> ORDERS =
 *     Table.of("orders", Codec.u64(), Codec.record(Order.class));
 * }
 *
 * <p>The ids of both codecs are stored with the table; a use with other codecs throws {@link
 * dev.pando.error.CodecMismatchException}, unless that of the values {@linkplain Codec#reads reads}
 * what is there, as that of a record with more components does. Immutable and safe for use by many
 * threads.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class Table<K, V> {
  /** The greatest length of a name, in bytes of UTF-8. */
  public static final int MAX_NAME = 255;

  private static final int MAX_CODEC_ID = 0xFFFF;

  private final String name;
  private final Codec<K> keyCodec;
  private final Codec<V> valueCodec;

  /** The codecs' ids: the catalog compares them at each look-up. */
  private final UsedCodecs used;

  /** What the codecs say of other ids, here that of the values. */
  private record Values(Codec<?> codec) implements StoredIds {
    @Override
    public boolean reads(String stored) {
      return codec.reads(stored);
    }

    @Override
    public String beside(String stored) {
      return StoredId.beside(codec, stored);
    }

    @Override
    public @Nullable String problem(String stored) {
      return StoredId.problem(codec, stored);
    }

    @Override
    public @Nullable String keyProblem(String keyId, String stored) {
      return StoredId.keyProblem(keyId, stored);
    }
  }

  /** The description of an index's tree, whose name no other table has. */
  static <K, V> Table<K, V> ofIndex(String tree, Codec<K> key, Codec<V> value) {
    return new Table<>(tree, key, value, false);
  }

  private Table(String name, Codec<K> keyCodec, Codec<V> valueCodec, boolean counted) {
    this.name = name;
    this.keyCodec = keyCodec;
    this.valueCodec = valueCodec;
    String keyId = counted ? CatalogEntry.countedId(keyCodec.id()) : keyCodec.id();
    this.used =
        new UsedCodecs(
            checkedId(name, keyId), checkedId(name, valueCodec.id()), new Values(valueCodec));
  }

  /**
   * Describes a table.
   *
   * @param name 1 to 255 bytes in UTF-8, see {@link #MAX_NAME}; the first character is not U+0000
   * @param key how keys become bytes; must be {@link Codec#ordered}
   * @param value how values become bytes
   * @throws IllegalArgumentException if the name is empty, too long or no valid Unicode, if the
   *     keys' codec is not ordered, if a codec's id is longer than 65,535 bytes, if the id of the
   *     values' codec is {@code multimap} or {@code blob}, which name the kind of a table, if a
   *     codec is that of a component and refers to the record around it, or if either is {@link
   *     Codec#nullable}, descending or not, whose null could not be distinguished from an absent
   *     key
   * @throws NullPointerException if an argument is null
   */
  public static <K, V> Table<K, V> of(String name, Codec<K> key, Codec<V> value) {
    long length = Utf8.length(Objects.requireNonNull(name, "the name of the table is null"));
    if (length < 1 || length > MAX_NAME) {
      throw new IllegalArgumentException(
          "table name length=" + length + ", allowed 1 to " + MAX_NAME + " bytes of UTF-8");
    }
    if (TableNames.isInternal(name)) {
      throw new IllegalArgumentException(
          "a table name begins with the character 0, which the names of internal trees begin with");
    }
    Objects.requireNonNull(key, "the codec of the keys is null");
    Objects.requireNonNull(value, "the codec of the values is null");
    if (!key.ordered()) {
      throw new IllegalArgumentException(
          "table " + name + ": codec " + key.id() + " is not ordered and cannot encode keys");
    }
    StoredId.checkWhole("table " + name, key);
    StoredId.checkWhole("table " + name, value);
    refuseNullable(name, key);
    refuseNullable(name, value);
    refuseKind(name, value);
    if (CatalogEntry.isCounted(key.id())) {
      throw new IllegalArgumentException(
          "table %s: the codec id %s is that of a counted table's keys; use counted()"
              .formatted(name, key.id()));
    }
    return new Table<>(name, key, value, false);
  }

  /**
   * Describes the same table as a counted one. Its pages have sums of entries, so {@link
   * ReadTxn#count(Table, Range)}, {@link ReadTxn#rank}, {@link ReadTxn#at}, {@link ReadTxn#sample},
   * {@link ReadTxn#split} and {@link WriteTxn#deleteRange} read a page or two a level, where they
   * read a little of each page of other tables. A load takes 1.2 times as long; see DECISIONS.md,
   * 'Counts in branches'.
   *
   * <p>A table is counted, or not, from its first write on. A use as the other kind throws {@link
   * IllegalArgumentException} that names both.
   */
  public Table<K, V> counted() {
    return isCounted() ? this : new Table<>(name, keyCodec, valueCodec, true);
  }

  /** Whether this describes a counted table; the pairs of a {@link MultiTable} are one. */
  public boolean isCounted() {
    return CatalogEntry.hasCounts(keyId(), valueId());
  }

  /** The ids of two codecs are those of kinds of tables; no other codec may have them. */
  private static void refuseKind(String name, Codec<?> value) {
    boolean isOurs = value == Present.CODEC || value == Chunk.CODEC;
    if (!isOurs && CatalogEntry.isKind(value.id())) {
      throw new IllegalArgumentException(
          "table %s: the codec id %s is that of another kind of table, use MultiTable or BlobTable, or give the codec another id"
              .formatted(name, value.id()));
    }
  }

  // ---- indexes

  /**
   * Describes an index by a component of the rows, which are records: {@code PLACES.index("by
   * name", Place::name)}. A row whose component is null has no entry.
   *
   * @param name 1 to 255 bytes in UTF-8
   * @param component a reference to the accessor of a component, whose codec must be ordered
   * @throws IllegalArgumentException if it is no such reference
   */
  public <I> Index<I, K, V> index(String name, IndexFunction<V, I> component) {
    return new IndexMaker<>(this, name, false).of(component);
  }

  /**
   * Describes an index by two components, in their order. Its ranges may name the first one only:
   * {@link Range#prefix}.
   *
   * @throws IllegalArgumentException if one is no reference to the accessor of a component
   */
  public <A, B> Index<Tuple2<A, B>, K, V> index(
      String name, IndexFunction<V, A> first, IndexFunction<V, B> second) {
    return new IndexMaker<>(this, name, false).of(first, second);
  }

  /** As {@link #index(String, IndexFunction, IndexFunction)}, by three components. */
  public <A, B, C> Index<Tuple3<A, B, C>, K, V> index(
      String name,
      IndexFunction<V, A> first,
      IndexFunction<V, B> second,
      IndexFunction<V, C> third) {
    return new IndexMaker<>(this, name, false).of(first, second, third);
  }

  /**
   * Describes an index by what a function makes of a row. A row for which it returns null has no
   * entry.
   *
   * @param name 1 to 255 bytes in UTF-8
   * @param codec how its keys become bytes; must be ordered
   * @param functionId stored with the index; give a function that makes other keys another id
   * @param function must make the same key of the same row each time
   */
  public <I> Index<I, K, V> index(
      String name,
      Codec<I> codec,
      String functionId,
      Function<? super V, ? extends @Nullable I> function) {
    return Index.of(this, name, codec, functionId, function, false, false);
  }

  /** As {@link #index(String, IndexFunction)}; a key has one row at most. */
  public <I> Index<I, K, V> uniqueIndex(String name, IndexFunction<V, I> component) {
    return new IndexMaker<>(this, name, true).of(component);
  }

  /** As {@link #index(String, IndexFunction, IndexFunction)}; a key has one row at most. */
  public <A, B> Index<Tuple2<A, B>, K, V> uniqueIndex(
      String name, IndexFunction<V, A> first, IndexFunction<V, B> second) {
    return new IndexMaker<>(this, name, true).of(first, second);
  }

  /** As {@link #index(String, Codec, String, Function)}; a key has one row at most. */
  public <I> Index<I, K, V> uniqueIndex(
      String name,
      Codec<I> codec,
      String functionId,
      Function<? super V, ? extends @Nullable I> function) {
    return Index.of(this, name, codec, functionId, function, true, false);
  }

  /**
   * Describes an index in which a row has many keys, each once: those that a function returns. A
   * row for which it returns null has no entry.
   *
   * @param functionId stored with the index, as {@code each} of it
   */
  public <I> Index<I, K, V> indexEach(
      String name,
      Codec<I> codec,
      String functionId,
      Function<? super V, ? extends @Nullable Iterable<? extends I>> function) {
    Objects.requireNonNull(function, "the function is null");
    return new Index<>(
        this,
        name,
        codec,
        "each " + functionId,
        (row, consumer) -> {
          Iterable<? extends I> keys = function.apply(row);
          if (keys != null) {
            keys.forEach(consumer);
          }
        },
        false,
        false);
  }

  private static void refuseNullable(String name, Codec<?> codec) {
    if (codec.takesNull()) {
      throw new IllegalArgumentException(
          "table "
              + name
              + ": codec "
              + codec.id()
              + " is for components of keys and values,"
              + " because null is the answer for an absent key");
    }
  }

  /** The catalog keeps ids with a length of 16 bits. */
  private static String checkedId(String name, String id) {
    long length = Utf8.length(id);
    if (length > MAX_CODEC_ID) {
      throw new IllegalArgumentException(
          "table %s: codec id length=%d, allowed at most %d bytes of UTF-8"
              .formatted(name, length, MAX_CODEC_ID));
    }
    return id;
  }

  /** The name, 1 to 255 bytes in UTF-8. */
  public String name() {
    return name;
  }

  /** How keys become bytes. */
  public Codec<K> keyCodec() {
    return keyCodec;
  }

  /** How values become bytes. */
  public Codec<V> valueCodec() {
    return valueCodec;
  }

  /** The id of the codec of the keys. */
  String keyId() {
    return used.keyId();
  }

  /** The id of the codec of the values. */
  String valueId() {
    return used.valueId();
  }

  /** The codecs, as the catalog compares them. */
  UsedCodecs used() {
    return used;
  }

  /** The name and the ids of both codecs. */
  @Override
  public String toString() {
    return name + "(" + keyId() + " -> " + valueId() + ")";
  }
}
