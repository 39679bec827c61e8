package dev.pando.codec;

import java.lang.invoke.MethodHandles;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Converts the values of one type to bytes and back. Codecs are immutable and safe for use by many
 * threads. A codec of your own must be so, too. A codec may call the transaction for which it
 * works: read at any time, and write while it encodes.
 *
 * <p>Every value has two forms. The <em>whole</em> form, for a key or a value of a table, may use
 * its length: it ends where the bytes end. The <em>nested</em> form, for a component of a tuple or
 * a record that is not the last one, finds its own end. A codec that writes a fixed number of bytes
 * has the same bytes for both. The default nested form works for every codec: it is the whole form
 * with each byte 0x00 followed by a 0xFF, and two bytes 0x00 at the end, which keeps the order of
 * the whole form (after FoundationDB's tuple layer).
 *
 * <p>A codec of your own implements {@link #id}, {@link #encode} and {@link #decode}, and {@link
 * #ordered} if it is to encode keys:
 *
 * {@snippet :
 * record Celsius(double degrees) {}
 *
 * final class CelsiusCodec implements Codec<Celsius> {
 *   public String id() {
 *     return "celsius";
 *   }
 *
 *   public void encode(Celsius value, Sink sink) {
 *     sink.putIntBE((int) Math.round(value.degrees() * 1000));
 *   }
 *
 *   public Celsius decode(Source source) {
 *     return new Celsius(source.getIntBE() / 1000.0);
 *   }
 * }
 * }
 *
 * @param <T> the values
 */
public interface Codec<T extends @Nullable Object> {
  /**
   * Names the form of the bytes. It is stored with every table that uses the codec, and compared
   * when the table is used again. Two codecs have the same id exactly if each can decode the bytes
   * of the other. At most 65535 bytes of UTF-8.
   */
  String id();

  /**
   * Writes a value in its whole form.
   *
   * @throws IllegalArgumentException if the value has no encoding
   */
  void encode(T value, Sink sink);

  /**
   * Reads a value from all bytes that are left of a source. Bytes that are left when it returns are
   * an error: they were written by another codec. One that ignores bytes on purpose skips them with
   * {@link Source#skip}.
   *
   * @throws CodecException if those bytes are not the whole form of a value
   */
  T decode(Source source);

  /**
   * Whether the unsigned order of the encoded bytes, in both forms, is the order that the codec
   * documents for its values. Only such codecs encode keys. False unless overridden.
   */
  default boolean ordered() {
    return false;
  }

  /** Whether null is one of its values, as with {@link #nullable}; false by default. */
  default boolean takesNull() {
    return false;
  }

  /**
   * Writes a value in its nested form. An override must make sure that no value's nested form is
   * the beginning of another's.
   *
   * @throws IllegalArgumentException if the value has no encoding
   */
  default void encodeNested(T value, Sink sink) {
    int start = sink.length();
    encode(value, sink);
    NestedForm.close(sink, start);
  }

  /**
   * Reads a value from the bytes of a source that its nested form takes.
   *
   * @throws CodecException if the source does not begin with the nested form of a value
   */
  default T decodeNested(Source source) {
    Source whole = NestedForm.open(source, id());
    long length = whole.remaining();
    T value = decode(whole);
    if (whole.remaining() != 0) {
      throw CodecException.notAllRead(id(), "a component", whole.remaining(), length);
    }
    return value;
  }

  /**
   * Longs as unsigned numbers, in 8 bytes: 0 comes first and -1, which means 2<sup>64</sup> - 1,
   * last. Every long has an encoding. Id {@code u64}.
   */
  static Codec<Long> u64() {
    return NumberCodecs.U64;
  }

  /** Longs in numeric order, in 8 bytes. Id {@code i64}. */
  static Codec<Long> i64() {
    return NumberCodecs.I64;
  }

  /**
   * Ints as unsigned numbers, in 4 bytes: 0 comes first and -1, which means 2<sup>32</sup> - 1,
   * last. Every int has an encoding. Id {@code u32}.
   */
  static Codec<Integer> u32() {
    return NumberCodecs.U32;
  }

  /** Ints in numeric order, in 4 bytes. Id {@code i32}. */
  static Codec<Integer> i32() {
    return NumberCodecs.I32;
  }

  /**
   * Doubles in the order of {@link Double#compare}, in 8 bytes: negative infinity first, -0.0
   * before 0.0, positive infinity, then NaN. All NaNs become the same one. Id {@code f64}.
   */
  static Codec<Double> f64() {
    return NumberCodecs.F64;
  }

  /** False, then true, in 1 byte. Id {@code bool}. */
  static Codec<Boolean> bool() {
    return NumberCodecs.BOOL;
  }

  /**
   * Strings as UTF-8, in the order of their code points. (That is {@link String#compareTo}'s order
   * except where characters beyond U+FFFF meet those from U+E000 to U+FFFF.) A string with an
   * unpaired surrogate is refused with an {@link IllegalArgumentException} that names its index. Id
   * {@code utf8}.
   */
  static Codec<String> utf8() {
    return Utf8Codec.UTF8;
  }

  /**
   * Arrays of bytes as they are, in the order of {@code Arrays.compareUnsigned}. Id {@code bytes}.
   */
  static Codec<byte[]> bytes() {
    return BytesCodec.BYTES;
  }

  /**
   * UUIDs in 16 bytes, the most significant first, in unsigned order, which is the order of their
   * usual text. Not the order of {@link UUID#compareTo}, which takes both halves as signed numbers.
   * Id {@code uuid}.
   */
  static Codec<UUID> uuid() {
    return UuidCodec.UUIDS;
  }

  /**
   * All instants from {@link Instant#MIN} to {@link Instant#MAX}, in 12 bytes. Id {@code instant}.
   */
  static Codec<Instant> instant() {
    return InstantCodec.INSTANTS;
  }

  /**
   * Pairs, ordered by their first component and then by their second. Ordered if both are. Id
   * {@code tuple(first,second)}.
   */
  static <A extends @Nullable Object, B extends @Nullable Object> Codec<Tuple2<A, B>> tuple(
      Codec<A> first, Codec<B> second) {
    return new Tuple2Codec<>(first, second);
  }

  /** Triples, ordered by their first component, then their second, then their third. */
  static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      Codec<Tuple3<A, B, C>> tuple(Codec<A> first, Codec<B> second, Codec<C> third) {
    return new Tuple3Codec<>(first, second, third);
  }

  /** Quadruples, ordered by their first component, then their second, third and fourth. */
  static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      Codec<Tuple4<A, B, C, D>> tuple(
          Codec<A> first, Codec<B> second, Codec<C> third, Codec<D> fourth) {
    return new Tuple4Codec<>(first, second, third, fourth);
  }

  /**
   * Records, component by component, ordered by the first component, then by the next, and so on.
   *
   * <p>Without {@code components}, each component is encoded by its type: {@code int} and {@code
   * Integer} as {@link #i32}, {@code long} as {@link #i64}, {@code double} as {@link #f64}, {@code
   * boolean} as {@link #bool}, {@code String} as {@link #utf8}, {@code byte[]} as {@link #bytes},
   * {@code UUID} as {@link #uuid}, {@code Instant} as {@link #instant}, a record in the same way,
   * and an enum constant by its name, ordered by name. With {@code components}, there is one codec
   * for each component, in their order: that is how a component becomes nullable, unsigned or
   * descending.
   *
   * {@snippet :
   * record Place(long id, String name, int population) {}
   * record BySize(String country, int population, long id) {}
   *
   * Codec<Place> place = Codec.record(Place.class);
   * Codec<BySize> bySize =
   *     Codec.record(
   *         BySize.class, Codec.utf8(), Codec.descending(Codec.i32()), Codec.i64());
   * }
   *
   * <p>The id describes the shape: {@code record(id:i64,name:utf8,population:i32)}. The record
   * class may be renamed and moved; a component that is renamed, added, moved or given another type
   * makes another codec.
   *
   * <p>Private and nested records are allowed. A record in a named module must be in a package that
   * is open to {@code dev.pando.txn}; or use {@link #record(MethodHandles.Lookup, Class, Codec[])}.
   *
   * @param type the record class
   * @param components nothing, or one codec for each component
   * @throws IllegalArgumentException if a component's type has no codec, if the number of codecs is
   *     wrong, or if the record cannot be accessed, with the line to write
   */
  static <R extends Record> Codec<R> record(Class<R> type, Codec<?>... components) {
    return RecordCodec.of(null, type, components);
  }

  /**
   * As {@link #record(Class, Codec[])}, for a record to which only the caller has access.
   *
   * @param lookup {@link MethodHandles#lookup} called in the module of the record
   * @param type the record class
   * @param components nothing, or one codec for each component
   */
  static <R extends Record> Codec<R> record(
      MethodHandles.Lookup lookup, Class<R> type, Codec<?>... components) {
    return RecordCodec.of(lookup, type, components);
  }

  /**
   * The same values in the opposite order. Id {@code descending(codec)}.
   *
   * @param codec must be {@link #ordered}
   */
  static <T extends @Nullable Object> Codec<T> descending(Codec<T> codec) {
    return new DescendingCodec<>(codec);
  }

  /**
   * The same values, and null before them all. For components of tuples and records. Id {@code
   * nullable(codec)}.
   */
  static <T> Codec<@Nullable T> nullable(Codec<T> codec) {
    return new NullableCodec<>(codec);
  }
}
