package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.text.Collator;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** Numbers, texts and times: the order of bytes is the order of values, and each value is read. */
@Tag("scaled")
class UsualCodecsTest {
  /** More than this in each direction is rare, and all digits count. */
  private static final int DIGITS = 330;

  @Property
  void smallNumbers(
      @ForAll short a,
      @ForAll short b,
      @ForAll byte c,
      @ForAll byte d,
      @ForAll char e,
      @ForAll char f) {
    CodecLaws.check(Codec.i16(), Short::compare, a, b);
    CodecLaws.check(Codec.i8(), Byte::compare, c, d);
    CodecLaws.check(Codec.character(), Character::compare, e, f);
  }

  @Property
  void f32(@ForAll int a, @ForAll int b) {
    CodecLaws.check(Codec.f32(), Float::compare, Float.intBitsToFloat(a), Float.intBitsToFloat(b));
    for (float special :
        new float[] {0.0f, -0.0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE}) {
      CodecLaws.check(Codec.f32(), Float::compare, special, Float.intBitsToFloat(b));
      CodecLaws.check(Codec.f32(), Float::compare, special, -0.0f);
    }
  }

  @Property
  void bigInteger(@ForAll("integers") BigInteger a, @ForAll("integers") BigInteger b) {
    CodecLaws.check(Codec.bigInteger(), Comparator.naturalOrder(), a, b);
    CodecLaws.check(Codec.bigInteger(), Comparator.naturalOrder(), a, a.add(BigInteger.ONE));
    CodecLaws.check(Codec.bigInteger(), Comparator.naturalOrder(), a, a.negate());
  }

  @Property
  void bigDecimal(@ForAll("decimals") BigDecimal a, @ForAll("decimals") BigDecimal b) {
    Comparator<BigDecimal> order =
        Comparator.<BigDecimal>naturalOrder().thenComparingInt(BigDecimal::scale);
    CodecLaws.check(Codec.bigDecimal(), order, a, b);
    CodecLaws.check(Codec.bigDecimal(), order, a, a.negate());
    CodecLaws.check(Codec.bigDecimal(), order, a, a.stripTrailingZeros());
    BigDecimal finer = new BigDecimal(a.unscaledValue().multiply(BigInteger.TEN.pow(300)), 7);
    CodecLaws.check(Codec.bigDecimal(), order, finer, a);
    CodecLaws.check(Codec.bigDecimal(), order, finer, finer.setScale(9));
  }

  @Property
  void duration(@ForAll long a, @ForAll long b) {
    Duration first = Duration.ofSeconds(a, b & 0xFFFFF);
    CodecLaws.check(TimeCodec.duration(), Comparator.naturalOrder(), first, Duration.ofNanos(b));
    CodecLaws.check(
        TimeCodec.duration(), Comparator.naturalOrder(), Duration.ofNanos(a), Duration.ZERO);
  }

  @Property
  void localDate(@ForAll("dates") LocalDate a, @ForAll("dates") LocalDate b) {
    CodecLaws.check(TimeCodec.localDate(), Comparator.naturalOrder(), a, b);
  }

  @Property
  void localTime(@ForAll("times") LocalTime a, @ForAll("times") LocalTime b) {
    CodecLaws.check(TimeCodec.localTime(), Comparator.naturalOrder(), a, b);
  }

  @Property
  void localDateTime(
      @ForAll("dates") LocalDate a, @ForAll("times") LocalTime b, @ForAll("times") LocalTime c) {
    CodecLaws.check(
        TimeCodec.localDateTime(),
        Comparator.naturalOrder(),
        LocalDateTime.of(a, b),
        LocalDateTime.of(a, c));
  }

  @Property
  void offsetDateTime(
      @ForAll("dates") LocalDate a,
      @ForAll("times") LocalTime b,
      @ForAll("offsets") ZoneOffset c,
      @ForAll("offsets") ZoneOffset d) {
    OffsetDateTime first = OffsetDateTime.of(a, b, c);
    CodecLaws.check(
        TimeCodec.offsetDateTime(), Comparator.naturalOrder(), first, OffsetDateTime.of(a, b, d));
    OffsetDateTime middle = first.withYear(2000);
    CodecLaws.check(
        TimeCodec.offsetDateTime(),
        Comparator.naturalOrder(),
        middle,
        middle.withOffsetSameInstant(d));
  }

  @Property
  void zonedDateTime(@ForAll("zones") ZoneId a, @ForAll("zones") ZoneId b, @ForAll int second) {
    Comparator<ZonedDateTime> order =
        Comparator.comparing(ZonedDateTime::toInstant)
            .thenComparing(time -> time.getZone().getId());
    Instant instant = Instant.ofEpochSecond(second, 7);
    ZonedDateTime first = instant.atZone(a);
    CodecLaws.check(TimeCodec.zonedDateTime(), order, first, instant.atZone(b));
    CodecLaws.check(TimeCodec.zonedDateTime(), order, first, instant.plusNanos(1).atZone(b));
    assertThat(again(TimeCodec.zonedDateTime(), first)).isEqualTo(first);
  }

  @Property
  void optional(@ForAll("texts") String a, @ForAll("texts") String b) {
    Comparator<Optional<String>> order =
        Comparator.comparing(
            value -> value.orElse(null), Comparator.nullsFirst(Comparator.naturalOrder()));
    Codec<Optional<String>> codec = Codec.optional(Codec.utf8());
    CodecLaws.check(codec, order, Optional.of(a), Optional.of(b));
    CodecLaws.check(codec, order, Optional.of(a), Optional.empty());
  }

  @Property
  void uri(@ForAll("texts") String a, @ForAll("texts") String b) {
    CodecLaws.check(
        Codec.uri(),
        Comparator.comparing(URI::toString),
        URI.create("x:/a" + a),
        URI.create("x:/a" + b));
  }

  enum Size {
    SMALL,
    LARGE,
    LARGER
  }

  @Property
  void enumeration(@ForAll Size a, @ForAll Size b) {
    CodecLaws.check(Codec.enumeration(Size.class), Comparator.comparing(Size::name), a, b);
  }

  @Property(tries = 1)
  void unit() {
    CodecLaws.check(Codec.unit("one"), Comparator.naturalOrder(), "one", "one");
    assertThat(CodecLaws.whole(Codec.unit("one"), "one")).isEmpty();
  }

  /**
   * Bytes are compared as the collator compares, and as code points where it finds no difference.
   */
  @Property
  void collated(@ForAll("words") String a, @ForAll("words") String b) {
    for (Locale locale : List.of(Locale.GERMAN, Locale.of("sv"), Locale.ROOT)) {
      for (int strength :
          new int[] {Collator.PRIMARY, Collator.SECONDARY, Collator.TERTIARY, Collator.IDENTICAL}) {
        Collator collator = Collator.getInstance(locale);
        collator.setStrength(strength);
        collator.setDecomposition(Collator.CANONICAL_DECOMPOSITION);
        Comparator<String> order =
            Comparator.<String, java.text.CollationKey>comparing(collator::getCollationKey)
                .thenComparing(
                    (x, y) -> Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray()));
        CodecLaws.check(Codec.collated(locale, strength), order, a, b);
      }
    }
  }

  @Property
  void functions(@ForAll int a, @ForAll int b, @ForAll("texts") String text) {
    Codec<Integer> codec =
        Codec.ofOrdered("mine", (value, sink) -> sink.putIntBE(value), source -> source.getIntBE());
    CodecLaws.check(codec, Integer::compareUnsigned, a, b);
    assertThat(Integer.signum(codec.compare(a, b))).isEqualTo(Integer.compareUnsigned(a, b));
    Codec<Integer> plain =
        Codec.of("mine", (value, sink) -> sink.putIntBE(value), source -> source.getIntBE());
    assertThat(plain.ordered()).isFalse();
    assertThat(again(Codec.tuple(plain, Codec.utf8()), new Tuple2<>(a, text)))
        .isEqualTo(new Tuple2<>(a, text));
  }

  record Celsius(int milli) {}

  @Property
  void mapped(@ForAll int a, @ForAll int b) {
    Codec<Celsius> ordered = Codec.i32().mapOrdered("celsius", Celsius::new, Celsius::milli);
    CodecLaws.check(
        ordered, Comparator.comparingInt(Celsius::milli), new Celsius(a), new Celsius(b));
    Codec<Celsius> unordered = Codec.i32().map("celsius", Celsius::new, Celsius::milli);
    assertThat(unordered.ordered()).isFalse();
    assertThat(again(unordered, new Celsius(a))).isEqualTo(new Celsius(a));
  }

  private static <T> T again(Codec<T> codec, T value) {
    T nested = codec.decodeNested(CodecLaws.source(CodecLaws.nested(codec, value)));
    assertThat(nested).isEqualTo(value);
    return codec.decode(CodecLaws.source(CodecLaws.whole(codec, value)));
  }

  @Provide
  Arbitrary<BigInteger> integers() {
    Arbitrary<BigInteger> near =
        Combinators.combine(
                Arbitraries.integers().between(0, 1100), Arbitraries.integers().between(-2, 2))
            .as((bits, add) -> BigInteger.TWO.pow(bits).add(BigInteger.valueOf(add)));
    return Arbitraries.oneOf(near, near.map(BigInteger::negate), Arbitraries.bigIntegers());
  }

  @Provide
  Arbitrary<BigDecimal> decimals() {
    Arbitrary<Integer> scales =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-DIGITS, DIGITS),
            Arbitraries.of(0, 1, 2, 3, 59, 60, 61, 62, -59, -60, -61));
    Arbitrary<BigInteger> unscaled =
        Arbitraries.oneOf(
            integers(),
            Arbitraries.integers().between(-1200, 1200).map(BigInteger::valueOf),
            Combinators.combine(
                    Arbitraries.integers().between(-12, 12),
                    Arbitraries.integers().between(0, DIGITS))
                .as((n, zeros) -> BigInteger.valueOf(n).multiply(BigInteger.TEN.pow(zeros))));
    return Combinators.combine(unscaled, scales).as(BigDecimal::new);
  }

  @Provide
  Arbitrary<LocalDate> dates() {
    return Arbitraries.oneOf(
        Arbitraries.of(LocalDate.MIN, LocalDate.MAX, LocalDate.EPOCH, LocalDate.of(0, 2, 29)),
        Arbitraries.longs().between(-800_000, 800_000).map(LocalDate::ofEpochDay),
        Arbitraries.longs()
            .between(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay())
            .map(LocalDate::ofEpochDay));
  }

  @Provide
  Arbitrary<LocalTime> times() {
    return Arbitraries.oneOf(
        Arbitraries.of(LocalTime.MIDNIGHT, LocalTime.MAX, LocalTime.NOON),
        Arbitraries.longs().between(0, LocalTime.MAX.toNanoOfDay()).map(LocalTime::ofNanoOfDay));
  }

  @Provide
  Arbitrary<ZoneOffset> offsets() {
    return Arbitraries.integers().between(-64_800, 64_800).map(ZoneOffset::ofTotalSeconds);
  }

  @Provide
  Arbitrary<ZoneId> zones() {
    return Arbitraries.of(
            "Europe/Berlin", "Europe/London", "UTC", "Z", "+02:00", "America/New_York")
        .map(ZoneId::of);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars('a', 'b', '/').ofMaxLength(4);
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings()
        .withChars('a', 'A', 'ä', 'o', 'ö', 'z', 'ß', 's', '-', ' ', '\0', '\u0301', '中')
        .ofMaxLength(4);
  }
}
