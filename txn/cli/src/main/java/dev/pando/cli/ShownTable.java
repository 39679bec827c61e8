package dev.pando.cli;

import dev.pando.BlobTable;
import dev.pando.MultiTable;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.TableStat;
import dev.pando.View;
import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Tuple2;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A table, and how its keys and values are shown. */
final class ShownTable {
  /** What kinds of tables there are; a raw one is shown as its stored bytes. */
  enum Kind {
    PLAIN("table"),
    COUNTED("counted table"),
    MULTI("multimap"),
    BLOB("blobs"),
    RAW("bytes");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * An entry, as objects of {@link Json}.
   *
   * @param key the key
   * @param value the value; of a blob its length
   */
  record Shown(@Nullable Object key, @Nullable Object value) {}

  private static final String BLOB_ID = "blob";
  private static final int LENGTH_AT = 8;
  private static final int HEAD_BYTES = 16;

  private final TableStat stat;
  private final Kind kind;
  private final Form key;
  private final Form value;

  /** The codec of stored keys; null if it is not known. */
  private final @Nullable Codec<Object> stored;

  private ShownTable(TableStat stat, boolean hex) {
    this.stat = stat;
    Form whole = hex ? Form.HEX : Form.of(stat.keyCodec());
    this.stored = whole.codec();
    this.kind = hex ? Kind.RAW : kind(stat, whole);
    switch (kind) {
      case MULTI -> {
        key = Form.of(part(stored, 0));
        value = Form.of(part(stored, 1));
      }
      case BLOB -> {
        key = Form.of(part(stored, 0));
        value = Form.HEX;
      }
      case RAW -> {
        key = Form.HEX;
        value = Form.HEX;
      }
      default -> {
        key = whole;
        value = Form.of(stat.valueCodec());
      }
    }
  }

  private static String part(@Nullable Codec<Object> pairs, int which) {
    return LeadingBytes.component(Objects.requireNonNull(pairs), which).id();
  }

  /** The kind of a table, whether its codecs are known or not. */
  static Kind kind(TableStat stat) {
    if (stat.isMulti()) {
      return Kind.MULTI;
    }
    if (stat.valueCodec().equals(BLOB_ID)) {
      return Kind.BLOB;
    }
    return stat.counted() ? Kind.COUNTED : Kind.PLAIN;
  }

  private static Kind kind(TableStat stat, Form whole) {
    Kind found = kind(stat);
    boolean isPair = found == Kind.MULTI || found == Kind.BLOB;
    return isPair && !whole.isTyped() ? Kind.RAW : found;
  }

  /**
   * A table to be shown.
   *
   * @param hex as the bytes that are stored
   */
  static ShownTable of(TableStat stat, boolean hex) {
    return new ShownTable(stat, hex);
  }

  TableStat stat() {
    return stat;
  }

  Kind kind() {
    return kind;
  }

  /** Of the keys; of a multimap those of its pairs. */
  Form key() {
    return key;
  }

  /** Of the values. */
  Form value() {
    return value;
  }

  /** The codec of stored keys; null if it is not known. */
  @Nullable Codec<Object> stored() {
    return stored;
  }

  /** The table as bytes. */
  RawTable raw(ReadTxn tx) {
    return tx.raw(stat.name());
  }

  /** The table as blobs, if it is one. */
  BlobTable<Object> blobs() {
    return BlobTable.of(stat.name(), Objects.requireNonNull(key.codec()));
  }

  /** The table as a multimap, if it is one. */
  MultiTable<Object, Object> multi() {
    return MultiTable.of(
        stat.name(), Objects.requireNonNull(key.codec()), Objects.requireNonNull(value.codec()));
  }

  /** The description of the whole table; null if a codec is not known. */
  @Nullable Table<?, ?> described() {
    return switch (kind) {
      case MULTI -> multi().pairs();
      case BLOB -> blobs().chunks();
      default -> key.isTyped() && value.isTyped() && kind != Kind.RAW ? stat.table() : null;
    };
  }

  /** Whether an entry is shown: of a blob its head alone. */
  boolean shows(byte[] storedKey) {
    return kind != Kind.BLOB || number(storedKey) == 0;
  }

  /** The number of a blob's chunk, at the end of its key. */
  private static int number(byte[] storedKey) {
    int at = storedKey.length - Integer.BYTES;
    return at < 0 ? -1 : ByteBuffer.wrap(storedKey).getInt(at);
  }

  /** An entry that {@link #shows}. */
  Shown show(View storedKey, View storedValue) {
    return show(storedKey.toArray(), storedValue.toArray());
  }

  /**
   * As {@link #show(View, View)}; a chunk of a blob is shown by its number and length, a value that
   * is null as null.
   */
  Shown show(byte[] storedKey, byte @Nullable [] storedValue) {
    try {
      return switch (kind) {
        case MULTI -> {
          Tuple2<?, ?> pair = pair(storedKey);
          yield new Shown(
              Values.toJson(key.shape(), pair.first()),
              Values.toJson(value.shape(), pair.second()));
        }
        case BLOB ->
            new Shown(
                Values.toJson(key.shape(), pair(storedKey).first()),
                storedValue == null ? null : blob(storedKey, storedValue));
        default ->
            new Shown(key.show(storedKey), storedValue == null ? null : value.show(storedValue));
      };
    } catch (CodecException e) {
      throw undecodable(storedKey, e);
    }
  }

  /** As {@link #show}, of the key alone. */
  @Nullable Object showKey(View storedKey) {
    byte[] bytes = storedKey.toArray();
    try {
      return switch (kind) {
        case MULTI, BLOB -> Values.toJson(key.shape(), pair(bytes).first());
        default -> key.show(bytes);
      };
    } catch (CodecException e) {
      throw undecodable(bytes, e);
    }
  }

  /** The bytes of the value in a pair of a multimap, as its codec writes them alone. */
  byte[] valueBytes(View storedKey) {
    byte[] bytes = storedKey.toArray();
    try {
      return Form.encode(Objects.requireNonNull(value.codec()), pair(bytes).second());
    } catch (CodecException e) {
      throw undecodable(bytes, e);
    }
  }

  private Tuple2<?, ?> pair(byte[] storedKey) {
    return (Tuple2<?, ?>) Form.decode(Objects.requireNonNull(stored), storedKey);
  }

  private static Map<String, Object> blob(byte[] storedKey, byte[] bytes) {
    int number = number(storedKey);
    if (number == 0) {
      return length(bytes);
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("chunk", number);
    shown.put("bytes", bytes.length);
    return shown;
  }

  private static Map<String, Object> length(byte[] bytes) {
    if (bytes.length != HEAD_BYTES) {
      throw new CodecException(BLOB_ID, "a head of " + bytes.length + " bytes", "" + HEAD_BYTES);
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("bytes", ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(LENGTH_AT));
    return shown;
  }

  private Fault undecodable(byte[] storedKey, CodecException e) {
    return Fault.found(
        "table %s, stored key %s: %s; --hex shows the bytes"
            .formatted(stat.name(), Values.hex(storedKey), e.getMessage()),
        e);
  }
}
