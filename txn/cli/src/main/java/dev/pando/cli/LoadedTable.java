package dev.pando.cli;

import dev.pando.MultiTable;
import dev.pando.RawTable;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Tuple2;
import dev.pando.txn.catalog.CatalogEntry;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Loads entries as LMDB has them into a table: those of a dump, or of a file. */
final class LoadedTable {
  /** What the entries are of. */
  interface Source {
    /** The value of a keyword as in the header of a dump; null if it is not there. */
    @Nullable String keyword(String keyword);

    /** Whether a flag, as in the header of a dump, is set. */
    default boolean flag(String keyword) {
      return "1".equals(keyword(keyword));
    }

    /** Where the last entry was read, for messages. */
    String place();
  }

  private static final byte[] NOTHING = {};

  private WriteTxn tx;
  private final Source source;
  private final String name;
  private final @Nullable String givenKeys;
  private final @Nullable String givenValues;
  private final boolean keep;
  private final boolean isMulti;

  /** Whether the dump has the bytes of its integers in the other order. */
  private final boolean keysTurned;

  private final boolean valuesTurned;

  private @Nullable MultiTable<Object, Object> multi;
  private Codec<Object> keyCodec = Codec.parse("bytes");
  private Codec<Object> valueCodec = Codec.parse("bytes");

  /** Whether the entries are the stored ones of a multimap or of blobs. */
  private boolean isPairs;

  private @Nullable RawTable raw;
  private @Nullable Table<?, ?> table;
  private long count;
  private boolean isPurged;

  /** Whether each key was greater than the one before, in a table that was empty. */
  private boolean ascends;

  private byte @Nullable [] last;

  LoadedTable(
      WriteTxn tx,
      Source source,
      String name,
      @Nullable String keys,
      @Nullable String values,
      boolean keep,
      boolean reorder) {
    this.tx = tx;
    this.source = source;
    this.name = name;
    this.givenKeys = keys == null ? source.keyword("pando.key") : keys;
    this.givenValues = values == null ? source.keyword("pando.value") : values;
    this.keep = keep;
    this.isMulti = source.flag("dupsort");
    this.keysTurned = source.flag("integerkey");
    this.valuesTurned = isMulti && source.flag("integerdup");
    if (!reorder && (source.flag("reversekey") || source.flag("reversedup"))) {
      throw Fault.found(
          "%s: its keys or duplicates are ordered from their last byte, which no table is; --reorder takes them in the usual order"
              .formatted(source.place()));
    }
  }

  /** Has the entries of the table removed before the first one is stored. */
  void purgeFirst() {
    isPurged = true;
  }

  /** Goes on in another transaction; other writers may have changed the table since the last. */
  void goOn(WriteTxn next) {
    tx = next;
    if (table != null) {
      boolean _ = tx.create(table);
      RawTable again = tx.raw(table);
      ascends &= again.count() == count;
      raw = again;
    }
  }

  /** Stores an entry; the first one decides the codecs of integers. */
  void add(byte[] key, byte[] value) {
    RawTable to = raw;
    if (to == null) {
      to = create(key, value);
    }
    count += store(to, key, value) ? 1 : 0;
  }

  /** Makes the table also if it has no entry. */
  void finish() {
    if (raw == null) {
      RawTable _ = create(NOTHING, NOTHING);
    }
  }

  /** How many entries were stored. */
  long count() {
    return count;
  }

  private RawTable create(byte[] firstKey, byte[] firstValue) {
    RawTable made = describe(firstKey, firstValue);
    raw = made;
    ascends = made.count() == 0;
    return made;
  }

  private RawTable describe(byte[] firstKey, byte[] firstValue) {
    keyCodec = codec(givenKeys != null ? givenKeys : usual(keysTurned, firstKey));
    if (isMulti) {
      valueCodec = codec(givenValues != null ? givenValues : usual(valuesTurned, firstValue));
      multi = MultiTable.of(name, keyCodec, valueCodec);
      return create(multi.pairs());
    }
    if (givenValues != null && PairTable.isKind(givenValues)) {
      isPairs = true;
      Table<?, ?> pairs = PairTable.described(name, keyCodec.id(), givenValues);
      if (pairs == null) {
        throw Fault.found(
            "%s: found keys of codec %s and values of codec %s, allowed for these values: keys of tuple(codec,codec)"
                .formatted(source.place(), keyCodec.id(), givenValues));
      }
      return create(pairs);
    }
    valueCodec = codec(givenValues != null ? givenValues : "bytes");
    Table<?, ?> plain = Table.of(name, keyCodec, valueCodec);
    return create(source.flag("pando.counted") ? plain.counted() : plain);
  }

  private RawTable create(Table<?, ?> made) {
    boolean _ = tx.create(made);
    if (isPurged) {
      tx.clear(made);
    }
    table = made;
    return tx.raw(made);
  }

  private String usual(boolean turned, byte[] first) {
    if (!turned) {
      return "bytes";
    }
    String codec = first.length == 0 ? "u64" : Turned.codec(first.length);
    if (codec == null) {
      throw Fault.found(
          "%s: an integer of %d bytes, allowed: 4 or 8".formatted(source.place(), first.length));
    }
    return codec;
  }

  /** A codec of an id; of one that is not known, a codec of its bytes. */
  static Codec<Object> codec(String id) {
    try {
      return Codec.parse(id);
    } catch (IllegalArgumentException e) { // one of a program's own
      return Codec.ofOrdered(
          id,
          (value, sink) -> sink.putBytes((byte[]) value),
          source -> source.bytes(source.remaining()));
    }
  }

  private boolean store(RawTable to, byte[] givenKey, byte[] givenValue) {
    byte[] key = turn(givenKey, keysTurned, keyCodec);
    byte[] value = turn(givenValue, valuesTurned, valueCodec);
    try {
      Object decoded = decode(keyCodec, key);
      if (multi != null) {
        Sink pair = new Sink();
        multi.pairs().keyCodec().encode(new Tuple2<>(decoded, decode(valueCodec, value)), pair);
        key = pair.toArray();
        value = NOTHING;
      } else if (isPairs && CatalogEntry.MULTIMAP.equals(givenValues) && value.length > 0) {
        throw Fault.found(
            "%s: found a value of %d bytes, allowed in a multimap's stored pairs: none"
                .formatted(source.place(), value.length));
      } else {
        Object _ = decode(valueCodec, value);
      }
      return put(to, key, value);
    } catch (IllegalArgumentException e) {
      throw Fault.found(source.place() + ": " + e.getMessage(), e);
    }
  }

  private byte[] turn(byte[] bytes, boolean turned, Codec<Object> codec) {
    if (!turned) {
      return bytes;
    }
    if (Turned.isInteger(codec.id()) && !codec.id().equals(Turned.codec(bytes.length))) {
      throw Fault.found(
          "%s: an integer of %d bytes after others of codec %s"
              .formatted(source.place(), bytes.length, codec.id()));
    }
    return Turned.reversed(bytes);
  }

  private Object decode(Codec<Object> codec, byte[] bytes) {
    if (codec.id().equals("bytes")) {
      return bytes;
    }
    return Objects.requireNonNull(Form.decode(codec, bytes));
  }

  private boolean put(RawTable to, byte[] key, byte[] value) {
    if (ascends && (last == null || Arrays.compareUnsigned(last, key) < 0)) {
      to.append(key, value);
      last = key;
      return true;
    }
    ascends = false;
    if (keep && to.contains(key)) {
      return false;
    }
    boolean _ = to.put(key, value);
    return true;
  }
}
