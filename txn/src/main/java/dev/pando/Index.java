package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.codec.StoredId;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Utf8;
import dev.pando.txn.catalog.IndexRecord;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The name of an index of a table, and how its keys are made from the rows. It holds no data:
 * create it once, as a constant. From then on that the database knows it, by {@link
 * Database#register}, {@link WriteTxn#create(Index)} or {@link Database#build}, each write of the
 * table keeps it: puts, deletes, cursors, batches, range deletes, raw writes, maps.
 *
 * {@snippet :
 * static final Table<Long, Place> PLACES =
 *     Table.of("places", Codec.u64(), Codec.record(Place.class));
 * static final Index<String, Long, Place> BY_NAME = PLACES.index("by name", Place::name);
 *
 * db.register(BY_NAME);                       // when the program starts
 * db.build(BY_NAME, (done, total) -> {});     // once, if the table has rows already
 * for (IndexEntry<String, Long, Place> found : tx.scan(BY_NAME, Range.only("Bern"))) { ... }
 * }
 *
 * <p>A table that is created after its indexes are registered gets them at once. Functions are
 * code, so they are not in the file. A write to a table with an index that the program has not
 * registered is refused with {@link dev.pando.error.IndexNotRegisteredException}; reading,
 * clearing, dropping and renaming the table need no function. After {@link WriteTxn#rename} the
 * index belongs to the new name: register the index of the new description.
 *
 * <p>The ids of codec and function are stored with the index. A use with others throws {@link
 * IllegalArgumentException} that names both. Give a function that makes other keys another id. A
 * function must make the same keys from the same row each time. It may read other things, but must
 * not call the transaction that writes: that throws {@link IllegalStateException}, and the
 * statement does nothing. A row for which it returns null has no entry.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param <I> the keys of the index
 * @param <K> the keys of the table
 * @param <V> the rows
 */
public final class Index<I, K, V> {
  /** Finds the keys of a row. */
  interface Keys<I, V> {
    void forEach(V row, Consumer<? super I> consumer);
  }

  /** The description of an index's tree. */
  private record Described<T>(String tree, T as) {}

  private static final int MOST_ID = 0xFFFF;

  private final Table<K, V> table;
  private final String name;
  private final Codec<I> codec;
  private final String functionId;
  private final Keys<I, V> keys;
  private final boolean unique;
  private final boolean total;

  /** Kept, so that a look-up by description finds it again. */
  private volatile @Nullable Described<MultiTable<I, K>> pairs;

  private volatile @Nullable Described<Table<I, K>> uniques;

  Index(
      Table<K, V> table,
      String name,
      Codec<I> codec,
      String functionId,
      Keys<I, V> keys,
      boolean unique,
      boolean total) {
    this.table = table;
    this.name = checked(table, "name", name, Table.MAX_NAME);
    this.codec = Objects.requireNonNull(codec, "the codec of the index is null");
    this.functionId = checked(table, "function id", functionId, MOST_ID);
    this.keys = keys;
    this.unique = unique;
    this.total = total;
    if (!codec.ordered()) {
      throw new IllegalArgumentException(
          "index %s of table %s: codec %s is not ordered and cannot encode keys"
              .formatted(name, table.name(), codec.id()));
    }
    if (table.valueCodec() == Present.CODEC) {
      throw new IllegalArgumentException(
          "index %s of table %s: the pairs of a multimap have no rows to index"
              .formatted(name, table.name()));
    }
    String where = "index " + name + " of table " + table.name();
    StoredId.checkWhole(where, codec);
    String _ = checked(table, "codec id", codec.id(), MOST_ID);
    if (!unique) {
      checkPairs();
    }
  }

  /** Now: the first write of a table creates the tree of the index, whose id has both ids. */
  private void checkPairs() {
    long length = Utf8.length(Codec.tuple(codec, table.keyCodec()).id());
    if (length > MOST_ID) {
      throw new IllegalArgumentException(
          "index %s of table %s: id length=%d of its codec with that of the table's keys, allowed at most %d bytes of UTF-8; give one of them a shorter id"
              .formatted(name, table.name(), length, MOST_ID));
    }
  }

  private static String checked(Table<?, ?> table, String what, String text, int most) {
    long length = Utf8.length(Objects.requireNonNull(text, what));
    if (length < 1 || length > most) {
      throw new IllegalArgumentException(
          "table %s: %s of an index: length=%d, allowed 1 to %d bytes of UTF-8"
              .formatted(table.name(), what, length, most));
    }
    return text;
  }

  /** An index with one key a row, or none where the function returns null. */
  static <I, K, V> Index<I, K, V> of(
      Table<K, V> table,
      String name,
      Codec<I> codec,
      String functionId,
      Function<? super V, ? extends @Nullable I> function,
      boolean unique,
      boolean total) {
    Objects.requireNonNull(function, "the function is null");
    Keys<I, V> keys =
        (row, consumer) -> {
          I key = function.apply(row);
          if (key != null) {
            consumer.accept(key);
          }
        };
    return new Index<>(table, name, codec, functionId, keys, unique, total);
  }

  /**
   * The same index of fewer rows: those that a predicate does not accept have no entry.
   *
   * @param id of the predicate, stored with the function's id
   */
  public Index<I, K, V> where(String id, Predicate<? super V> predicate) {
    Objects.requireNonNull(predicate, "the predicate is null");
    String both = functionId + " where " + checked(table, "predicate id", id, MOST_ID);
    Keys<I, V> all = keys;
    Keys<I, V> some =
        (row, consumer) -> {
          if (predicate.test(row)) {
            all.forEach(row, consumer);
          }
        };
    return new Index<>(table, name, codec, both, some, unique, false);
  }

  /** The table. */
  public Table<K, V> table() {
    return table;
  }

  /** Whether this is an index of a table with this name and these codecs. */
  boolean isOf(Table<?, ?> other) {
    return table.name().equals(other.name())
        && table.keyId().equals(other.keyId())
        && table.valueId().equals(other.valueId());
  }

  /** The name, 1 to 255 bytes in UTF-8. */
  public String name() {
    return name;
  }

  /** How its keys become bytes. */
  public Codec<I> keyCodec() {
    return codec;
  }

  /** The id of the function that makes its keys, as it is stored. */
  public String functionId() {
    return functionId;
  }

  /** Whether a key has one row at most. */
  public boolean isUnique() {
    return unique;
  }

  /** The record of this index, before its first row is built. */
  IndexRecord record(long serial) {
    return new IndexRecord(serial, name, unique, total, codec.id(), functionId, true, null);
  }

  /** Refuses the record of another index of this name. */
  void check(IndexRecord record) {
    record.check(table.name(), unique, codec.id(), functionId);
  }

  /** The tree of an index that is not unique, as a multimap from its keys to those of the table. */
  MultiTable<I, K> pairs(IndexRecord record) {
    Described<MultiTable<I, K>> known = pairs;
    if (known == null || !known.tree.equals(record.tree())) {
      known =
          new Described<>(
              record.tree(), MultiTable.ofIndex(record.tree(), codec, table.keyCodec()));
      pairs = known;
    }
    return known.as;
  }

  /** The tree of a unique index, as a table from its keys to those of the table. */
  Table<I, K> uniques(IndexRecord record) {
    Described<Table<I, K>> known = uniques;
    if (known == null || !known.tree.equals(record.tree())) {
      known = new Described<>(record.tree(), Table.ofIndex(record.tree(), codec, table.keyCodec()));
      uniques = known;
    }
    return known.as;
  }

  /** The tree of the index as a table. */
  Table<?, ?> tree(IndexRecord record) {
    return unique ? uniques(record) : pairs(record).pairs();
  }

  /**
   * The keys that a row has in the tree of the index, different ones. The tree of a unique index
   * has the table's key as its value; otherwise it follows the index's key.
   *
   * @param key memory with the row's key, {@code length} bytes from {@code at}
   * @param sink memory to encode in
   * @param most bytes of the longest key
   */
  List<byte[]> encode(V row, MemorySegment key, long at, int length, Sink sink, int most) {
    List<byte[]> encoded = new ArrayList<>(1);
    keys.forEach(row, each -> encoded.add(encodeOne(each, key, at, length, sink, most)));
    return encoded.size() > 1 ? distinct(encoded) : encoded;
  }

  private byte[] encodeOne(I each, MemorySegment key, long at, int length, Sink sink, int most) {
    Objects.requireNonNull(each, "a key of index " + name + " is null");
    sink.clear();
    if (unique) {
      codec.encode(each, sink);
    } else {
      codec.encodeNested(each, sink); // as in a tuple
      sink.putSegment(key, at, length);
    }
    int bytes = sink.length();
    if (bytes > most) {
      throw new IllegalArgumentException(
          "index %s of table %s: key length=%d%s, allowed 0 to %d bytes"
              .formatted(
                  name, table.name(), bytes, unique ? "" : " with the key of the row", most));
    }
    byte[] copy = new byte[bytes];
    MemorySegment.copy(sink.segment(), 0, MemorySegment.ofArray(copy), 0, bytes);
    return copy;
  }

  private static List<byte[]> distinct(List<byte[]> keys) {
    TreeSet<byte[]> different = new TreeSet<>(Arrays::compareUnsigned);
    different.addAll(keys);
    return new ArrayList<>(different);
  }

  /** Bytes to decode. */
  static Source source(byte[] bytes) {
    Source source = new Source();
    source.reset(MemorySegment.ofArray(bytes), 0, bytes.length);
    return source;
  }

  /** The pairs of an index as entries. */
  static <I, K> Entry<I, K> entry(Entry<Tuple2<I, K>, Present> pair) {
    return new Entry<>(pair.key().first(), pair.key().second());
  }

  /** The table, the name, and the ids of codec and function. */
  @Override
  public String toString() {
    return "%s of %s(%s, %s%s)"
        .formatted(name, table.name(), codec.id(), functionId, unique ? ", unique" : "");
  }
}
