package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;

/** Encoded bytes have the order of the values, and become the same values again. */
@Tag("scaled")
class CodecOrderTest {
  /** By code points, which String.compareTo is not. */
  private static final Comparator<String> CODE_POINTS =
      (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

  @Property
  void u64(@ForAll long a, @ForAll long b) {
    CodecLaws.check(Codec.u64(), Long::compareUnsigned, a, b);
  }

  @Property
  void i64(@ForAll long a, @ForAll long b) {
    CodecLaws.check(Codec.i64(), Long::compare, a, b);
  }

  @Property
  void u32(@ForAll int a, @ForAll int b) {
    CodecLaws.check(Codec.u32(), Integer::compareUnsigned, a, b);
  }

  @Property
  void i32(@ForAll int a, @ForAll int b) {
    CodecLaws.check(Codec.i32(), Integer::compare, a, b);
  }

  @Property
  void f64(@ForAll("doubles") double a, @ForAll("doubles") double b) {
    CodecLaws.check(Codec.f64(), Double::compare, a, b);
  }

  @Property(tries = 20)
  void bool(@ForAll boolean a, @ForAll boolean b) {
    CodecLaws.check(Codec.bool(), Boolean::compare, a, b);
  }

  @Property
  void utf8(@ForAll("strings") String a, @ForAll("strings") String b) {
    CodecLaws.check(Codec.utf8(), CODE_POINTS, a, b);
    CodecLaws.check(Codec.utf8(), CODE_POINTS, a, a + b);
  }

  @Property
  void bytes(@ForAll("byteArrays") byte[] a, @ForAll("byteArrays") byte[] b) {
    CodecLaws.check(Codec.bytes(), Arrays::compareUnsigned, a, b);
    CodecLaws.check(Codec.bytes(), Arrays::compareUnsigned, a, CodecLaws.join(a, b));
  }

  @Property
  void uuid(@ForAll long a, @ForAll long b, @ForAll long c) {
    Comparator<UUID> byText = Comparator.comparing(UUID::toString);
    CodecLaws.check(Codec.uuid(), byText, new UUID(a, b), new UUID(c, a));
    CodecLaws.check(Codec.uuid(), byText, new UUID(a, b), new UUID(a, c));
  }

  @Property
  void instant(@ForAll("instants") Instant a, @ForAll("instants") Instant b) {
    CodecLaws.check(Codec.instant(), Comparator.<Instant>naturalOrder(), a, b);
  }

  @Property
  @SuppressWarnings("NullAway") // the laws are not written for T that includes null
  void nullable(
      @ForAll("stringsOrNull") @Nullable String a, @ForAll("stringsOrNull") @Nullable String b) {
    CodecLaws.check(Codec.nullable(Codec.utf8()), Comparator.nullsFirst(CODE_POINTS), a, b);
  }

  @Property
  void aCodecOfTheUsersOwn(@ForAll("strings") String a, @ForAll("strings") String b) {
    CodecLaws.check(new PlainUtf8(), CODE_POINTS, a, b);
  }

  @Property
  void tuple4(
      @ForAll("strings") String a, @ForAll("strings") String b, @ForAll int c, @ForAll boolean d) {
    Comparator<Tuple4<String, byte[], Integer, String>> order =
        Comparator.<Tuple4<String, byte[], Integer, String>, String>comparing(
                Tuple4::first, CODE_POINTS.reversed())
            .thenComparing(Tuple4::second, Arrays::compareUnsigned)
            .thenComparing(Tuple4::third)
            .thenComparing(Tuple4::fourth, CODE_POINTS);
    CodecLaws.check(
        Codec.tuple(Codec.descending(Codec.utf8()), Codec.bytes(), Codec.i32(), Codec.utf8()),
        order,
        new Tuple4<>(a, new byte[] {0}, c, b),
        new Tuple4<>(d ? a : b, new byte[] {0, 0}, -c, a));
  }

  @Property
  void tuplesInTuples(
      @ForAll("strings") String a, @ForAll("strings") String b, @ForAll("strings") String c) {
    Comparator<Tuple2<String, String>> pairs =
        Comparator.<Tuple2<String, String>, String>comparing(Tuple2::first, CODE_POINTS)
            .thenComparing(Tuple2::second, CODE_POINTS);
    Comparator<Tuple3<String, Tuple2<String, String>, Long>> order =
        Comparator.<Tuple3<String, Tuple2<String, String>, Long>, String>comparing(
                Tuple3::first, CODE_POINTS)
            .thenComparing(Tuple3::second, pairs)
            .thenComparing(Tuple3::third);
    CodecLaws.check(
        Codec.tuple(Codec.utf8(), Codec.tuple(Codec.utf8(), Codec.utf8()), Codec.i64()),
        order,
        new Tuple3<>(a, new Tuple2<>(b, c), 1L),
        new Tuple3<>(a, new Tuple2<>(b, a), -1L));
  }

  @Property
  void records(@ForAll("strings") String a, @ForAll("strings") String b, @ForAll int c) {
    record Place(String country, int population, String name) {}
    Comparator<Place> order =
        Comparator.comparing(Place::country, CODE_POINTS)
            .thenComparingInt(Place::population)
            .thenComparing(Place::name, CODE_POINTS);
    CodecLaws.check(Codec.record(Place.class), order, new Place(a, c, b), new Place(b, -c, a));
    CodecLaws.check(Codec.record(Place.class), order, new Place(a, c, b), new Place(a, c, a));
  }

  @Property
  void everyNaNIsOne(@ForAll long bits) {
    double value = Double.longBitsToDouble(bits);
    byte[] encoded = CodecLaws.whole(Codec.f64(), value);
    assertThat(Codec.f64().decode(CodecLaws.source(encoded))).isEqualTo(Double.valueOf(value));
  }

  @Provide
  Arbitrary<Double> doubles() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(Double::longBitsToDouble),
        Arbitraries.of(
            0.0,
            -0.0,
            1.0,
            -1.0,
            Double.NaN,
            Double.MIN_VALUE,
            -Double.MIN_VALUE,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY));
  }

  /** Few different characters, so that strings are often equal or the beginning of each other. */
  @Provide
  Arbitrary<String> strings() {
    Arbitrary<Integer> near =
        Arbitraries.of(
            0, 1, 0x61, 0x7F, 0x80, 0xFF, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000,
            0x10FFFF);
    Arbitrary<Integer> any =
        Arbitraries.integers().between(0, 0x10FFFF).filter(c -> c < 0xD800 || c > 0xDFFF);
    return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, near), net.jqwik.api.Tuple.of(1, any))
        .list()
        .ofMaxSize(6)
        .map(points -> points.stream().map(Character::toString).reduce("", String::concat));
  }

  @Provide
  Arbitrary<@Nullable String> stringsOrNull() {
    return strings().injectNull(0.2);
  }

  @Provide
  Arbitrary<byte[]> byteArrays() {
    return Arbitraries.of((byte) 0, (byte) 1, (byte) 0x7F, (byte) 0x80, (byte) 0xFE, (byte) 0xFF)
        .array(byte[].class)
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<Instant> instants() {
    return Arbitraries.oneOf(
        Arbitraries.of(Instant.MIN, Instant.MAX, Instant.EPOCH, Instant.EPOCH.minusNanos(1)),
        Arbitraries.longs()
            .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())
            .flatMap(
                second ->
                    Arbitraries.longs()
                        .between(0, 999_999_999)
                        .map(nano -> Instant.ofEpochSecond(second, nano))));
  }

  /** Only what every codec must have, so that the default nested form is at work. */
  private static final class PlainUtf8 implements Codec<String> {
    @Override
    public String id() {
      return "plain";
    }

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(String value, Sink sink) {
      Codec.utf8().encode(value, sink);
    }

    @Override
    public String decode(Source source) {
      Source inPlace = new Source();
      inPlace.reset(source.segment(), source.offset(), source.remaining());
      source.skip(source.remaining());
      return Codec.utf8().decode(inPlace);
    }
  }
}
