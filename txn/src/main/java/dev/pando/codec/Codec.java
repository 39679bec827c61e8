package dev.pando.codec;

import java.lang.invoke.MethodHandles;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.text.Collator;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
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
 * <p>The codecs are here, but for those of dates and times of day in {@link TimeCodec}, of lists,
 * sets, maps and arrays in {@link CollectionCodec}, of JSON in {@link JsonCodec} and of Chronicle
 * Bytes in {@link ChronicleCodec}. {@link #record} chooses them by type.
 *
 * <p>A codec of your own comes from {@link #of(String, BiConsumer, Function)}, or from {@link
 * #map(String, Function, Function)} of another one. Or it implements {@link #id}, {@link #encode}
 * and {@link #decode}, and {@link #ordered} if it is to encode keys:
 *
 * {@snippet :
 * record Celsius(double degrees) {}
 *
 * final class CelsiusCodec implements Codec<Celsius> {
 *   public String id() {
 *     return "celsius";
 *   }
 *   public void encode(Celsius value, Sink sink) {
 *     sink.putIntBE((int) Math.round(value.degrees() * 1000));
 *   }
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
   * The class of all its values, or a supertype of them; by default {@code Object.class}. {@link
   * #record(Class, Codec[])} refuses a codec for a component that cannot have such a value.
   */
  default Class<?> valueType() {
    return Object.class;
  }

  /**
   * Compares the whole forms of two values, byte by byte and unsigned, as a table compares its
   * keys. {@code codec::compare} is a {@link java.util.Comparator}. If the codec is {@link
   * #ordered}, this is the order that it documents.
   *
   * @return less than 0, 0 or more than 0
   * @throws IllegalArgumentException if a value has no encoding
   */
  default int compare(T a, T b) {
    return EncodedOrder.compare(this, a, b);
  }

  /**
   * A codec of the values that two functions convert to and from values of this one, whose bytes it
   * has. Not ordered.
   *
   * @param id the new codec's {@link #id}, which the caller changes whenever a conversion changes
   * @param to converts a value that was read; its exception becomes a {@link CodecException}
   * @param from converts a value to write
   */
  default <U extends @Nullable Object> Codec<U> map(
      String id, Function<? super T, ? extends U> to, Function<? super U, ? extends T> from) {
    return new MappedCodec<>(id, Object.class, this, false, to, from);
  }

  /**
   * As {@link #map(String, Function, Function)}, for conversions that keep the order: the new codec
   * is {@link #ordered}, and encodes keys.
   *
   * @throws IllegalArgumentException if this codec is not ordered
   */
  default <U extends @Nullable Object> Codec<U> mapOrdered(
      String id, Function<? super T, ? extends U> to, Function<? super U, ? extends T> from) {
    return new MappedCodec<>(id, Object.class, this, true, to, from);
  }

  /**
   * The codec of a component of a record, by the component's name; null if this is no codec of
   * records, or of one without such a component.
   */
  default @Nullable Codec<?> component(String name) {
    return null;
  }

  /**
   * Whether this codec also reads values, not keys, that a codec of another id has written. A table
   * with such values may be used with this codec, and the first write stores its id in place of the
   * other. A {@link #record} reads rows of its first components if the others may be missing, a
   * codec with a {@link #sealed} one anywhere in it reads values of fewer classes. By default, a
   * codec of your own reads its own id only.
   *
   * @param storedId as {@link #id} of that codec gave it; for records that grew, with a semicolon
   *     after the components that all rows have
   */
  default boolean reads(String storedId) {
    return id().equals(storedId) || IdTree.readsInside(id(), storedId);
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

  /** Shorts in numeric order, in 2 bytes. Id {@code i16}. */
  static Codec<Short> i16() {
    return NumberCodecs.I16;
  }

  /** Bytes in numeric order, so signed, in 1 byte. Id {@code i8}. */
  static Codec<Byte> i8() {
    return NumberCodecs.I8;
  }

  /** Chars by their number, in 2 bytes; surrogates, too. Id {@code char}. */
  static Codec<Character> character() {
    return NumberCodecs.CHAR;
  }

  /**
   * Doubles in the order of {@link Double#compare}, in 8 bytes: negative infinity first, -0.0
   * before 0.0, positive infinity, then NaN. All NaNs become the same one. Id {@code f64}.
   */
  static Codec<Double> f64() {
    return NumberCodecs.F64;
  }

  /** Floats in 4 bytes, otherwise as {@link #f64}. Id {@code f32}. */
  static Codec<Float> f32() {
    return NumberCodecs.F32;
  }

  /**
   * Integers of any size in numeric order: 1 byte, or 5 for more than 126 bytes, and the number's
   * two's complement. Id {@code bigint}.
   */
  static Codec<BigInteger> bigInteger() {
    return BigIntegerCodec.INTEGERS;
  }

  /**
   * Decimal numbers in numeric order, and equal numbers by their scale: 1.0, which comes before
   * 1.00, becomes 1.0 again. An exponent in 1 byte, or in 9 if it is far from 0; two digits a byte,
   * without zeros at their end; and a byte for 254 such zeros. Id {@code decimal}. A number with
   * more than 1,000,000 zeros at the end of its unscaled digits is refused.
   */
  static Codec<BigDecimal> bigDecimal() {
    return BigDecimalCodec.DECIMALS;
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

  /** URIs as their text, and in its order, as {@link #utf8}. Id {@code uri}. */
  static Codec<URI> uri() {
    return MappedCodec.URIS;
  }

  /**
   * Strings in the order of a language, and strings that are equal in it by their code points. As
   * {@link #collated(Locale, int)} with {@link Collator#TERTIARY}.
   */
  static Codec<String> collated(Locale locale) {
    return collated(locale, Collator.TERTIARY);
  }

  /**
   * Strings in the order of a language: the collation key of {@link Collator} with canonical
   * decomposition, then the string as {@link #utf8}. So different strings stay different keys, and
   * are read as they were. Id {@code collated(de-DE,tertiary)}, with the language tag.
   *
   * <p>Encoding a string takes a lock of the collator, and 1 to 3 bytes for each number of the key,
   * which has two or more a character. A new version of the JDK may bring other rules, and then
   * does not find keys that the old one wrote: after such a change, copy the entries, which can
   * still be scanned, to a new table.
   *
   * @param strength a constant of {@link Collator}: which differences count before code points do
   */
  static Codec<String> collated(Locale locale, int strength) {
    return new CollatedCodec(locale, strength);
  }

  /**
   * All instants from {@link Instant#MIN} to {@link Instant#MAX}, in 12 bytes. Id {@code instant}.
   */
  static Codec<Instant> instant() {
    return InstantCodec.INSTANTS;
  }

  /**
   * Constants of an enum by name, in the order of their names, as {@link #utf8}. Constants may be
   * added and moved; one that is renamed or removed is not read any more. Id {@code enum}.
   */
  static <E extends Enum<E>> Codec<E> enumeration(Class<E> type) {
    return new EnumCodec<>(type);
  }

  /** One value, in no bytes: for a table that is a set of keys. Id {@code unit}. */
  static <T> Codec<T> unit(T value) {
    return new UnitCodec<>(value);
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
   * <p>Without {@code components}, each component is encoded by its type: {@code long}, {@code
   * int}, {@code short}, {@code byte} as {@link #i64}, {@link #i32}, {@link #i16}, {@link #i8},
   * {@code double} and {@code float} as {@link #f64} and {@link #f32}, all other types by the codec
   * of that type, and so on inside records, sealed interfaces, {@code Optional}, {@code List},
   * {@code Set}, {@code Map} and arrays. With {@code components}, there is one codec for each
   * component, in their order: that is how a component becomes nullable, unsigned or descending.
   *
   * {@snippet :
   * record Place(long id, String name, int population) {}
   * record BySize(String country, int population, long id) {}
   *
   * Codec<Place> place = Codec.record(Place.class);
   * Codec<BySize> bySize =
   *     Codec.record(BySize.class, Codec.utf8(), Codec.descending(Codec.i32()), Codec.i64());
   * }
   *
   * <p>The id describes the shape: {@code record(id:i64,name:utf8,population:i32)}. The record
   * class may be renamed and moved; a component that is renamed, moved or given another type makes
   * another codec. {@link Default} says how records that are values get more components. A last
   * string or enum constant is its bytes, or the nested form if it has none or U+0000.
   *
   * <p>Without {@code components}, a record may contain itself, as in {@code record Node(int value,
   * List<Node> children)}; {@code self(1)} in its id is the record around. A component that is the
   * record itself may be null. Values nest in at most 400 codecs: 200 such nodes.
   *
   * <p>Private and nested records are allowed. A record in a named module must be in a package that
   * is open to {@code dev.pando.txn}; or use {@link #record(MethodHandles.Lookup, Class, Codec[])}.
   *
   * @param type the record class
   * @param components nothing, or one codec for each component
   * @throws IllegalArgumentException if a component's type has no codec, if the number of codecs is
   *     wrong, if the {@link #valueType} of one is no type of its component, or if the record
   *     cannot be accessed, with the line to write
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

  /** Values that may be absent; an empty one comes first. Bytes and id of {@link #nullable}. */
  static <T> Codec<Optional<T>> optional(Codec<T> codec) {
    return new OptionalCodec<>(codec);
  }

  /**
   * The values of a sealed interface that permits records, enums, and sealed interfaces of them:
   * the simple name of the class in its nested form, and the value, with components by type.
   * Ordered by name, and then as each class is, if all are. Id {@code sealed(Class:codec,...)}.
   *
   * <p>A class may be added to those that are permitted, but for keys; see {@link #reads}. A record
   * may get more components if the interface is the whole value, and no class contains it.
   *
   * @throws IllegalArgumentException if it permits other classes, or two of the same simple name,
   *     or if one has no codec
   */
  static <T> Codec<T> sealed(Class<T> type) {
    return SealedCodec.of(null, type);
  }

  /**
   * As {@link #sealed(Class)}, for records to which only the caller has access.
   *
   * @param lookup {@link MethodHandles#lookup} called in the module of the records
   */
  static <T> Codec<T> sealed(MethodHandles.Lookup lookup, Class<T> type) {
    return SealedCodec.of(lookup, type);
  }

  /**
   * Values that two functions write and read. Not ordered; the nested form is the default one.
   *
   * @param id the codec's {@link #id}, which the caller changes whenever the bytes change
   * @param encode as {@link #encode}
   * @param decode as {@link #decode}; its exceptions, and a result of null, become {@link
   *     CodecException}s, but for an {@link IllegalStateException}
   */
  static <T> Codec<T> of(
      String id,
      BiConsumer<? super T, ? super Sink> encode,
      Function<? super Source, ? extends T> decode) {
    return new FunctionCodec<>(id, false, encode, decode);
  }

  /**
   * As {@link #of(String, BiConsumer, Function)}, for functions whose bytes are in the order of the
   * values: {@link #ordered}, and so for keys, too.
   */
  static <T> Codec<T> ofOrdered(
      String id,
      BiConsumer<? super T, ? super Sink> encode,
      Function<? super Source, ? extends T> decode) {
    return new FunctionCodec<>(id, true, encode, decode);
  }

  /**
   * The codec of an id, for tools that read and write any table without its classes; see {@link
   * dev.pando.ReadTxn#table}. A record is a {@link Fields}, without the components that a row does
   * not have, and so is a {@link #unit}; a value of a sealed interface is an {@link Alternative};
   * an enum constant is its name, JSON its text. Other values have the types of the codecs here.
   *
   * @param id at most 65,535 characters, and nested at most 64 deep
   * @throws IllegalArgumentException if a part, which the message names, is that of no codec here,
   *     in {@link TimeCodec}, {@link CollectionCodec} or {@link JsonCodec}
   */
  static Codec<Object> parse(String id) {
    return CodecParser.parse(id);
  }
}
