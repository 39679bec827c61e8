package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
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
        pinned("bool", Codec.bool(), true, "01"),
        pinned("utf8", Codec.utf8(), "a\0\u00e9\u20ac\ud83c\udf33", "6100c3a9e282acf09f8cb3"),
        pinned("bytes", Codec.bytes(), new byte[] {0, -1}, "00ff"),
        pinned("uuid", Codec.uuid(), uuid, "00112233445566778899aabbccddeeff"),
        pinned(
            "instant", Codec.instant(), Instant.ofEpochSecond(-1, 5), "7fffffffffffffff00000005"),
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
