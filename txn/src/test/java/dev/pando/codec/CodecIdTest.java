package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids and bytes stand in files, and so must stay as they are for ever. */
class CodecIdTest {
  static Stream<Arguments> idsAndBytes() {
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    return Stream.of(
        pinned("u64", Codec.u64(), -2L, "fffffffffffffffe"),
        pinned("i64", Codec.i64(), -2L, "7ffffffffffffffe"),
        pinned("u32", Codec.u32(), -2, "fffffffe"),
        pinned("i32", Codec.i32(), -2, "7ffffffe"),
        pinned("f64", Codec.f64(), 1.0, "bff0000000000000"),
        pinned("f64", Codec.f64(), -1.0, "400fffffffffffff"),
        pinned("f64", Codec.f64(), Double.NaN, "fff8000000000000"),
        pinned("i16", Codec.i16(), (short) -2, "7ffe"),
        pinned("i8", Codec.i8(), (byte) -2, "7e"),
        pinned("char", Codec.character(), 'a', "0061"),
        pinned("f32", Codec.f32(), 1.0f, "bf800000"),
        pinned("f32", Codec.f32(), -1.0f, "407fffff"),
        pinned("bigint", Codec.bigInteger(), BigInteger.ZERO, "8100"),
        pinned("bigint", Codec.bigInteger(), BigInteger.valueOf(-256), "7eff00"),
        pinned(
            "bigint",
            Codec.bigInteger(),
            BigInteger.TWO.pow(1015),
            "ff00000080" + "0080" + "00".repeat(126)),
        pinned("decimal", Codec.bigDecimal(), new BigDecimal("12.30"), "c2193c01"),
        pinned("decimal", Codec.bigDecimal(), new BigDecimal("-12.30"), "3de6c301"),
        pinned("decimal", Codec.bigDecimal(), new BigDecimal("0.00"), "80c2"),
        pinned(
            "decimal", Codec.bigDecimal(), new BigDecimal("5E+99"), "fd8000000000000064" + "6400"),
        pinned("bool", Codec.bool(), true, "01"),
        pinned("utf8", Codec.utf8(), "a\0\u00e9\u20ac\ud83c\udf33", "6100c3a9e282acf09f8cb3"),
        pinned("bytes", Codec.bytes(), new byte[] {0, -1}, "00ff"),
        pinned("uuid", Codec.uuid(), uuid, "00112233445566778899aabbccddeeff"),
        pinned(
            "instant", Codec.instant(), Instant.ofEpochSecond(-1, 5), "7fffffffffffffff00000005"),
        pinned("duration", TimeCodec.duration(), Duration.ofNanos(-1), "7fffffffffffffff3b9ac9ff"),
        pinned("date", TimeCodec.localDate(), LocalDate.of(2026, 11, 30), "7735a3d57e"),
        pinned("time", TimeCodec.localTime(), LocalTime.of(0, 0, 1), "00003b9aca00"),
        pinned(
            "datetime",
            TimeCodec.localDateTime(),
            LocalDateTime.of(2026, 11, 30, 0, 0, 1),
            "7735a3d57e00003b9aca00"),
        pinned(
            "offsettime",
            TimeCodec.offsetDateTime(),
            OffsetDateTime.of(1970, 1, 1, 1, 0, 0, 5, ZoneOffset.ofHours(1)),
            "800000000000000000000005" + "010b30"),
        pinned(
            "zonedtime",
            TimeCodec.zonedDateTime(),
            Instant.ofEpochSecond(0, 5).atZone(ZoneId.of("UTC")),
            "800000000000000000000005" + "555443"),
        pinned("uri", Codec.uri(), URI.create("a:b"), "613a62"),
        pinned("enum", Codec.enumeration(Letter.class), Letter.B, "42"),
        pinned("unit", Codec.unit(1), 1, ""),
        pinned("nullable(bool)", Codec.optional(Codec.bool()), Optional.of(true), "0101"),
        pinned("list(bool)", CollectionCodec.list(Codec.bool()), List.of(true, false), "01010100"),
        pinned(
            "set(utf8)", CollectionCodec.set(Codec.utf8()), Set.of("b", "a"), "0161000001620000"),
        pinned(
            "map(i8,bool)",
            CollectionCodec.map(Codec.i8(), Codec.bool()),
            Map.of((byte) 1, true, (byte) 0, false),
            "018000018101"),
        pinned("array(i16)", CollectionCodec.array(short[].class), new short[] {1, -1}, "80017fff"),
        pinned("array(char)", CollectionCodec.array(char[].class), new char[] {'a'}, "0061"),
        pinned("array(bool)", CollectionCodec.array(boolean[].class), new boolean[] {true}, "01"),
        pinned("sealed(Dot:record())", Codec.sealed(Mark.class), new Dot(), "446f740000"),
        pinned(
            "record(value:i8,children:list(self(1)))",
            Codec.record(Node.class),
            new Node((byte) 1, List.of(new Node((byte) 2, List.of()))),
            "81" + "01" + "8200"),
        pinned(
            "record(value:i8,next:nullable(self(1)))",
            Codec.record(Cell.class),
            new Cell((byte) 1, new Cell((byte) 2, null)),
            "81" + "01" + "8200"),
        pinned("mapped", Codec.i8().map("mapped", b -> b + 1, i -> (byte) (i - 1)), 1, "80"),
        pinned(
            "tuple(list(bool),bigint)",
            Codec.tuple(CollectionCodec.list(Codec.bool()), Codec.bigInteger()),
            new Tuple2<>(List.of(true), BigInteger.ONE),
            "0101008101"),
        pinned(
            "tuple(utf8,u32)",
            Codec.tuple(Codec.utf8(), Codec.u32()),
            new Tuple2<>("a\0b", 1),
            "6100ff62000000000001"),
        pinned(
            "tuple(bool,utf8,utf8)",
            Codec.tuple(Codec.bool(), Codec.utf8(), Codec.utf8()),
            new Tuple3<>(false, "", "\0"),
            "00000000"),
        pinned(
            "tuple(u32,bool,bool,bytes)",
            Codec.tuple(Codec.u32(), Codec.bool(), Codec.bool(), Codec.bytes()),
            new Tuple4<>(1, true, false, new byte[] {9}),
            "00000001010009"),
        pinned("descending(u32)", Codec.descending(Codec.u32()), 1, "fffffffe"),
        pinned("descending(utf8)", Codec.descending(Codec.utf8()), "a\0", "9eff00ffff"),
        pinned(
            "tuple(nullable(utf8),descending(nullable(i32)))",
            Codec.tuple(
                Codec.nullable(Codec.utf8()), Codec.descending(Codec.nullable(Codec.i32()))),
            new Tuple2<@Nullable String, @Nullable Integer>("a", null),
            "01610000ff"),
        pinned(
            "record(id:i64,name:utf8,place:record(x:f64,y:f64),big:bool)",
            Codec.record(Shape.class),
            new Shape(1, "n", new Point(0, -0.0), true),
            "8000000000000001" + "6e0000" + "8000000000000000" + "7fffffffffffffff" + "01"));
  }

  enum Letter {
    A,
    B
  }

  sealed interface Mark permits Dot {}

  record Dot() implements Mark {}

  record Node(byte value, List<Node> children) {}

  record Cell(byte value, @Nullable Cell next) {}

  record Point(double x, double y) {}

  record Shape(long id, String name, Point place, boolean big) {}

  private static <T> Arguments pinned(String id, Codec<T> codec, T value, String bytes) {
    return Arguments.of(id, codec, value, bytes);
  }

  @ParameterizedTest
  @MethodSource("idsAndBytes")
  <T> void idAndBytes(String id, Codec<T> codec, T value, String bytes) {
    assertThat(codec.id()).isEqualTo(id);
    assertThat(HexFormat.of().formatHex(CodecLaws.whole(codec, value))).isEqualTo(bytes);
  }

  @Test
  void orderedExactlyIfAllPartsAre() {
    Codec<String> unordered = new Unordered();
    Codec<Long> ordered = Codec.u64();
    assertThat(unordered.ordered()).isFalse();
    assertThat(Codec.tuple(ordered, ordered).ordered()).isTrue();
    assertThat(Codec.tuple(ordered, unordered).ordered()).isFalse();
    assertThat(Codec.tuple(unordered, ordered, ordered).ordered()).isFalse();
    assertThat(Codec.nullable(unordered).ordered()).isFalse();
    record Two(long id, String name) {}
    assertThat(Codec.record(Two.class).ordered()).isTrue();
    assertThat(Codec.record(Two.class, ordered, unordered).ordered()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.descending(unordered))
        .withMessage("codec unordered has no order to reverse");
  }

  /** Of a class that was there twice, both parts were taken for the first one of the other id. */
  @Test
  void namesThatAreEmptyOrThereTwiceAreRefused() {
    for (String id :
        List.of(
            "sealed(a:i32,a:i32)",
            "record(a:utf8,a:i32)",
            "record(a:utf8;b:i32;a:i32)",
            "list(record(a:i8,b:i8,b:i8))",
            "record(:i8)",
            "record(a:i8,:i8)")) {
      assertThat(IdTree.parse(id)).as(id).isNull();
      assertThatIllegalArgumentException().isThrownBy(() -> Codec.parse(id));
    }
    assertThat(IdTree.readsInside("sealed(a:i32,b:utf8)", "sealed(a:i32,a:i32)")).isFalse();
    assertThat(IdTree.readsInside("sealed(a:i32,b:utf8)", "sealed(a:i32)")).isTrue();
    assertThat(IdTree.parse("record(a:record(a:i8),b:i8)")).isNotNull();
    assertThat(IdTree.parse("record()")).isNotNull();
  }

  @Test
  void idOfACollation() {
    assertThat(Codec.collated(Locale.GERMANY).id()).isEqualTo("collated(de-DE,tertiary)");
    assertThat(Codec.collated(Locale.ROOT, Collator.PRIMARY).id())
        .isEqualTo("collated(und,primary)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.collated(Locale.ROOT, 9))
        .withMessage("strength 9, allowed the four constants of java.text.Collator");
  }

  @Test
  void anUnorderedCodecNestsAllTheSame() {
    Codec<Tuple2<String, Integer>> codec = Codec.tuple(new Unordered(), Codec.u32());
    for (String text : List.of("", "a", "a\0", "\0\0")) {
      byte[] bytes = CodecLaws.whole(codec, new Tuple2<>(text, 5));
      assertThat(codec.decode(CodecLaws.source(bytes))).isEqualTo(new Tuple2<>(text, 5));
    }
  }

  private static final class Unordered implements Codec<String> {
    @Override
    public String id() {
      return "unordered";
    }

    @Override
    public void encode(String value, Sink sink) {
      Codec.utf8().encode(value, sink);
    }

    @Override
    public String decode(Source source) {
      return Codec.utf8().decode(source);
    }
  }
}
