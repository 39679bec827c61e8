package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Utf8;
import dev.pando.txn.catalog.CatalogEntry;
import java.util.Objects;

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
 * IllegalArgumentException}. Immutable and safe for use by many threads.
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

  /** Of the codecs: the catalog compares them at each look-up. */
  private final String keyId;

  private final String valueId;

  private Table(String name, Codec<K> keyCodec, Codec<V> valueCodec, boolean counted) {
    this.name = name;
    this.keyCodec = keyCodec;
    this.valueCodec = valueCodec;
    this.keyId = checkedId(name, counted ? CatalogEntry.countedId(keyCodec.id()) : keyCodec.id());
    this.valueId = checkedId(name, valueCodec.id());
  }

  /**
   * Describes a table.
   *
   * @param name 1 to 255 bytes in UTF-8, see {@link #MAX_NAME}
   * @param key how keys become bytes; must be {@link Codec#ordered}
   * @param value how values become bytes
   * @throws IllegalArgumentException if the name is empty, too long or no valid Unicode, if the
   *     keys' codec is not ordered, if a codec's id is longer than 65,535 bytes, if the id of the
   *     values' codec is {@code multimap} or {@code blob}, which name the kind of a table, or if
   *     either is {@link Codec#nullable}, descending or not, whose null could not be distinguished
   *     from an absent key
   * @throws NullPointerException if an argument is null
   */
  public static <K, V> Table<K, V> of(String name, Codec<K> key, Codec<V> value) {
    long length = Utf8.length(Objects.requireNonNull(name, "the name of the table is null"));
    if (length < 1 || length > MAX_NAME) {
      throw new IllegalArgumentException(
          "table name length=" + length + ", allowed 1 to " + MAX_NAME + " bytes of UTF-8");
    }
    Objects.requireNonNull(key, "the codec of the keys is null");
    Objects.requireNonNull(value, "the codec of the values is null");
    if (!key.ordered()) {
      throw new IllegalArgumentException(
          "table " + name + ": codec " + key.id() + " is not ordered and cannot encode keys");
    }
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
    return CatalogEntry.hasCounts(keyId, valueId);
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
    return keyId;
  }

  /** The id of the codec of the values. */
  String valueId() {
    return valueId;
  }

  /** The name and the ids of both codecs. */
  @Override
  public String toString() {
    return name + "(" + keyId + " -> " + valueId + ")";
  }
}
