package dev.pando;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.pando.codec.Codec;
import dev.pando.codec.CodecLaws;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.codec.Tuple2;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

/** A range's bytes hold exactly the keys that the range is said to hold. */
class RangeTest {
  /** (country, population, name), the larger population first. */
  record Place(String country, int population, String name) {}

  private static final Codec<Place> PLACE =
      Codec.record(Place.class, Codec.utf8(), Codec.descending(Codec.i32()), Codec.utf8());
  private static final Codec<Tuple2<String, String>> PAIR = Codec.tuple(Codec.utf8(), Codec.utf8());

  private static <K> void check(
      Range<? super K> range, Codec<K> codec, K key, Predicate<K> expected) {
    assertThat(contains(range.encode(codec), CodecLaws.whole(codec, key)))
        .as("%s contains %s", range, LeadingBytes.show(key))
        .isEqualTo(expected.test(key));
  }

  /** What a scan does. */
  private static boolean contains(EncodedRange range, byte[] key) {
    if (range.isEmpty()) {
      return false;
    }
    int toLower = range.lower() == null ? 1 : Arrays.compareUnsigned(key, bytes(range.lower()));
    int toUpper = range.upper() == null ? -1 : Arrays.compareUnsigned(key, bytes(range.upper()));
    return (toLower > 0 || (toLower == 0 && range.lowerInclusive()))
        && (toUpper < 0 || (toUpper == 0 && range.upperInclusive()));
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(JAVA_BYTE);
  }

  @Property
  @Tag("scaled")
  void between(@ForAll("numbers") int a, @ForAll("numbers") int b, @ForAll("numbers") int key) {
    Codec<Integer> codec = Codec.i32();
    check(Range.all(), codec, key, k -> true);
    check(Range.closed(a, b), codec, key, k -> a <= k && k <= b);
    check(Range.closedOpen(a, b), codec, key, k -> a <= k && k < b);
    check(Range.open(a, b), codec, key, k -> a < k && k < b);
    check(Range.openClosed(a, b), codec, key, k -> a < k && k <= b);
    check(Range.atLeast(a), codec, key, k -> a <= k);
    check(Range.greaterThan(a), codec, key, k -> a < k);
    check(Range.atMost(a), codec, key, k -> k <= a);
    check(Range.lessThan(a), codec, key, k -> k < a);
    check(Range.only(a), codec, key, k -> k == a);
    check(Range.closed(a, b), Codec.descending(codec), key, k -> a >= k && k >= b);
  }

  @Property
  @Tag("scaled")
  void betweenStrings(
      @ForAll("strings") String a, @ForAll("strings") String b, @ForAll("keys") String key) {
    Comparator<String> order = Comparator.naturalOrder();
    check(
        Range.open(a, b),
        Codec.utf8(),
        key,
        k -> order.compare(a, k) < 0 && order.compare(k, b) < 0);
    check(Range.only(a), Codec.utf8(), key, a::equals);
    check(Range.atLeast(a), Codec.utf8(), key, k -> order.compare(a, k) <= 0);
    check(Range.lessThan(a), Codec.utf8(), key, k -> order.compare(k, a) < 0);
  }

  @Property
  @Tag("scaled")
  void plainKeysStartWith(@ForAll("strings") String start, @ForAll("keys") String key) {
    for (Codec<String> codec : List.of(Codec.utf8(), Codec.descending(Codec.utf8()))) {
      check(Range.startsWith(start), codec, key, k -> k.startsWith(start));
      check(Range.prefix(start), codec, key, k -> k.startsWith(start));
    }
  }

  @Property
  @Tag("scaled")
  void arraysStartWith(@ForAll("arrays") byte[] start, @ForAll("arrays") byte[] key) {
    Predicate<byte[]> starts =
        k -> k.length >= start.length && Arrays.equals(Arrays.copyOf(k, start.length), start);
    check(Range.startsWith(start), Codec.bytes(), key, starts);
    check(Range.prefix(start), Codec.descending(Codec.bytes()), key, starts);
  }

  @Property
  @Tag("scaled")
  void pairs(
      @ForAll("strings") String a,
      @ForAll("strings") String b,
      @ForAll("strings") String x,
      @ForAll("strings") String y) {
    Tuple2<String, String> key = new Tuple2<>(x, y);
    for (Codec<Tuple2<String, String>> codec : List.of(PAIR, Codec.descending(PAIR))) {
      check(Range.prefix(a), codec, key, k -> k.first().equals(a));
      check(Range.prefix(a, b), codec, key, k -> k.equals(new Tuple2<>(a, b)));
      check(Range.startsWith(a), codec, key, k -> k.first().startsWith(a));
      check(
          Range.startsWith(a, b), codec, key, k -> k.first().equals(a) && k.second().startsWith(b));
    }
  }

  @Property
  @Tag("scaled")
  void componentsOfComponents(
      @ForAll("strings") String a, @ForAll("strings") String x, @ForAll("strings") String y) {
    Codec<Tuple2<Tuple2<String, String>, String>> codec =
        Codec.tuple(Codec.descending(PAIR), Codec.nullable(Codec.utf8()));
    Tuple2<Tuple2<String, String>, String> key = new Tuple2<>(new Tuple2<>(x, y), a);
    check(Range.prefix(new Tuple2<>(a, a)), codec, key, k -> k.first().equals(new Tuple2<>(a, a)));
    check(
        Range.startsWith(new Tuple2<>(x, a), y),
        codec,
        key,
        k -> k.first().equals(new Tuple2<>(x, a)) && k.second().startsWith(y));
    check(Range.prefix(new Tuple2<>(x, y), (Object) null), codec, key, k -> false);
  }

  @Property
  @Tag("scaled")
  void records(
      @ForAll("strings") String country,
      @ForAll("numbers") int population,
      @ForAll("strings") String name,
      @ForAll("strings") String otherCountry,
      @ForAll("numbers") int otherPopulation,
      @ForAll("strings") String otherName) {
    Place key = new Place(otherCountry, otherPopulation, otherName);
    check(Range.prefix(country), PLACE, key, k -> k.country().equals(country));
    check(
        Range.prefix(country, population),
        PLACE,
        key,
        k -> k.country().equals(country) && k.population() == population);
    check(
        Range.startsWith(country, population, name),
        PLACE,
        key,
        k ->
            k.country().equals(country)
                && k.population() == population
                && k.name().startsWith(name));
    check(
        Range.prefix(country, population, name),
        PLACE,
        key,
        new Place(country, population, name)::equals);
  }

  @Test
  void reversedAndLimit() {
    EncodedRange range = Range.all().reversed().limit(3).encode(Codec.u64());
    assertThat(range.reversed()).isTrue();
    assertThat(range.limit()).isEqualTo(3);
    assertThat(range.lower()).isNull();
    assertThat(range.upper()).isNull();
    assertThat(range.isEmpty()).isFalse();
    assertThat(Range.all().reversed().reversed().encode(Codec.u64()).reversed()).isFalse();
    assertThat(Range.only(1L).encode(Codec.u64()).limit()).isEqualTo(Long.MAX_VALUE);
    assertThat(Range.all().limit(0).encode(Codec.u64()).isEmpty()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Range.all().limit(-1))
        .withMessage("limit=-1, allowed 0 or more");
  }

  @Test
  void emptyOnes() {
    assertThat(Range.closed(2, 1).encode(Codec.i32()).isEmpty()).isTrue();
    assertThat(Range.open(1, 1).encode(Codec.i32()).isEmpty()).isTrue();
    assertThat(Range.closedOpen(1, 1).encode(Codec.i32()).isEmpty()).isTrue();
    assertThat(Range.lessThan("").encode(Codec.utf8()).isEmpty()).isTrue();
    assertThat(Range.greaterThan("").encode(Codec.utf8()).isEmpty()).isFalse();
    assertThat(Range.startsWith("").encode(Codec.utf8()).isEmpty()).isFalse();
  }

  @Test
  void nothingLiesBehindAllOnes() {
    EncodedRange range = Range.prefix(new byte[] {-1, -1}).encode(Codec.bytes());
    assertThat(range.upper()).isNull();
    assertThat(bytes(Objects.requireNonNull(range.lower()))).containsExactly(-1, -1);
    EncodedRange carried = Range.prefix(new byte[] {4, -1}).encode(Codec.bytes());
    assertThat(bytes(Objects.requireNonNull(carried.upper()))).containsExactly(5);
  }

  @Test
  @SuppressWarnings("NullAway") // null where it is refused
  void misuse() {
    refused(
        Range.prefix(1),
        Codec.utf8(),
        "range gives 1 of java.lang.Integer, which is no value of codec utf8");
    refused(
        Range.prefix("JP", "x"),
        PLACE,
        "range gives x of java.lang.String, which is no value of codec descending(i32)");
    refused(
        Range.startsWith("JP", 5),
        PLACE,
        "keys of codec descending(i32) start with nothing shorter than themselves");
    refused(
        Range.prefix(5L),
        Codec.u64(),
        "keys of codec u64 start with nothing shorter than themselves");
    refused(
        Range.prefix("a", "b"),
        Codec.utf8(),
        "2 components given, but keys of codec utf8 have none");
    refused(Range.prefix("a", "b", "c"), PAIR, "3 components given, codec tuple(utf8,utf8) has 2");
    refused(
        Range.prefix("a", (Object) null),
        PAIR,
        "component second is null, and its codec utf8 is not nullable; Codec.nullable makes it so");
    refused(Range.startsWith("a", (Object) null), PAIR, "no key of codec utf8 starts with null");
    refused(
        Range.only("a"),
        PLACE,
        "range gives a of java.lang.String, which is no value of codec " + PLACE.id());
    assertThatNullPointerException()
        .isThrownBy(() -> Range.closed(null, 1))
        .withMessage("a bound of a range is null");
  }

  @SuppressWarnings("unchecked") // what a caller with raw types would do
  private static void refused(Range<?> range, Codec<?> codec, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ((Range<Object>) range).encode((Codec<Object>) codec))
        .withMessage(message);
  }

  @Test
  void inWords() {
    assertThat(Range.closedOpen(1, 9).reversed().limit(5)).hasToString("[1, 9) reversed limit 5");
    assertThat(Range.greaterThan("a")).hasToString("(a, last)");
    assertThat(Range.all()).hasToString("(first, last)");
    assertThat(Range.atMost(new byte[] {1, -1})).hasToString("(first, 0x01ff]");
    assertThat(Range.prefix("JP", 5)).hasToString("prefix[JP, 5]");
    assertThat(Range.startsWith("San Fr")).hasToString("startsWith[San Fr]");
  }

  @Provide
  Arbitrary<Integer> numbers() {
    return Arbitraries.of(Integer.MIN_VALUE, -2, -1, 0, 1, 255, 256, Integer.MAX_VALUE);
  }

  @Provide
  Arbitrary<String> strings() {
    return Arbitraries.of('\0', '\1', 'a', '\u007f', '\u00ff', '\uffff')
        .list()
        .ofMaxSize(3)
        .map(list -> list.stream().map(String::valueOf).reduce("", String::concat));
  }

  @Provide
  Arbitrary<String> keys() {
    return strings().filter(key -> !key.isEmpty());
  }

  @Provide
  Arbitrary<byte[]> arrays() {
    return Arbitraries.of((byte) 0, (byte) 1, (byte) 0xFE, (byte) 0xFF)
        .array(byte[].class)
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Test
  void leadingComponents() {
    Codec<Tuple2<String, Integer>> codec = Codec.tuple(Codec.utf8(), Codec.i32());
    assertThat(LeadingBytes.components(codec)).isEqualTo(2);
    assertThat(LeadingBytes.components(Codec.utf8())).isZero();
    Sink sink = new Sink();
    codec.encode(new Tuple2<>("ab", 7), sink);
    Source source = new Source();
    source.reset(sink.segment(), 0, sink.length());
    LeadingBytes.skip(codec, 1, source);
    assertThat(source.remaining()).isEqualTo(4);
    LeadingBytes.skip(codec, 0, source);
    assertThat(source.remaining()).isEqualTo(4);
  }
}
