package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of a record with fewer components than its codec has. */
class RowShapeTest {
  record Text(String text) {}

  record Maybe(@Nullable String text) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  record Blob(int id, byte[] bytes, @Nullable Integer more) {}

  @SuppressWarnings("ArrayRecordComponent")
  record LastBlob(int id, @Default byte[] bytes) {}

  record Paired(Tuple2<Integer, String> pair, @Nullable Integer more) {}

  record Numbers(Tuple2<Integer, Long> pair, @Nullable Integer more) {}

  record Mandatory(int id, int more) {}

  record Optional(int id, @Default int more) {}

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void aLastStringIsRawOrNested() {
    Codec<Text> codec = Codec.record(Text.class);
    assertThat(hex(CodecLaws.whole(codec, new Text("ab")))).isEqualTo("6162");
    assertThat(hex(CodecLaws.whole(codec, new Text("")))).isEqualTo("0000");
    assertThat(hex(CodecLaws.whole(codec, new Text("a\0")))).isEqualTo("6100ff0000");
    assertThat(hex(CodecLaws.nested(codec, new Text("ab")))).isEqualTo("61620000");
    Codec<Maybe> maybe = Codec.record(Maybe.class, Codec.nullable(Codec.utf8()));
    assertThat(hex(CodecLaws.whole(maybe, new Maybe("")))).isEqualTo("010000");
    assertThat(hex(CodecLaws.whole(maybe, new Maybe(null)))).isEqualTo("00");
    assertThat(hex(CodecLaws.whole(maybe, new Maybe("a")))).isEqualTo("0161");
  }

  @Test
  void otherBytesThanThoseOfALastStringAreRefused() {
    Codec<Text> codec = Codec.record(Text.class);
    refused(codec, "", "0 bytes without an end, allowed bytes that end in 0x0000");
    refused(codec, "61620000", "0x0000 after a string without U+0000, allowed nothing there");
    refused(codec, "000061", "1 bytes after the end, allowed none");
    refused(codec, "6100", "0x00 before the end of the bytes, allowed 0x00 or 0xFF after it");
    refused(codec, "ff", "malformed bytes at offset 0, allowed UTF-8");
  }

  private static void refused(Codec<?> codec, String bytes, String why) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(CodecLaws.source(HexFormat.of().parseHex(bytes))))
        .withMessage("codec utf8: found in component text " + why);
  }

  @Property
  void rowsOfEveryShapeAreReadThroughEveryLaterOne(@ForAll long seed) {
    Random random = new Random(seed);
    for (int k = 1; k <= Shapes.count(); k++) {
      List<@Nullable Object> values = Shapes.random(k, random);
      byte[] bytes = CodecLaws.whole(Shapes.codec(k), Shapes.row(values));
      for (int later = k; later <= Shapes.count(); later++) {
        Codec<Record> codec = Shapes.codec(later);
        Source source = CodecLaws.source(bytes);
        Record row = codec.decode(source);
        assertThat(source.remaining()).isZero();
        assertThat(Shapes.values(row))
            .as("%d of %d components, seed %d", k, later, seed)
            .isEqualTo(Shapes.grown(values, later));
      }
    }
  }

  @Test
  void readsIdsOfEarlierShapes() {
    for (int later = 1; later <= Shapes.count(); later++) {
      Codec<Record> codec = Shapes.codec(later);
      assertThat(codec.reads(codec.id())).isTrue();
      for (int k = 1; k < later; k++) {
        String stored = Shapes.codec(k).id();
        assertThat(codec.reads(stored)).as("%d and %d", later, k).isTrue();
        assertThat(Shapes.codec(k).reads(codec.id())).isFalse();
        assertThat(Shapes.codec(k).reads(StoredId.beside(codec, stored))).isFalse();
        assertThat(codec.reads(StoredId.beside(codec, stored))).isTrue();
      }
    }
    assertThat(StoredId.beside(Shapes.codec(4), Shapes.codec(1).id()))
        .isEqualTo("record(name:utf8;note:nullable(utf8),size:i32,place:utf8)");
    assertThat(
            StoredId.beside(Shapes.codec(3), StoredId.beside(Shapes.codec(2), "record(name:utf8)")))
        .isEqualTo("record(name:utf8;note:nullable(utf8),size:i32)");
  }

  @Test
  void doesNotReadOtherIds() {
    Codec<Optional> codec = Codec.record(Optional.class);
    assertThat(codec.reads("record(id:i32)")).isTrue();
    for (String other :
        List.of(
            "record()",
            "record(",
            "record(id:i32",
            "record(id:i32,",
            "record(id:i32))",
            "record(id:i64)",
            "record(ids:i32)",
            "record(id:i32;more:i32;x:i32)",
            "record(;id:i32)",
            "tuple(i32,i32)",
            "")) {
      assertThat(codec.reads(other)).as(other).isFalse();
      assertThat(StoredId.problem(codec, other)).as(other).isNull();
    }
    assertThat(Codec.i32().reads("i32")).isTrue();
    assertThat(Codec.i32().reads("u32")).isFalse();
    assertThat(StoredId.beside(Codec.i32(), "i32")).isEqualTo("i32");
    assertThat(StoredId.problem(Codec.i32(), "u32")).isNull();
  }

  @Test
  void saysWhyKeysAreNotRead() {
    String convert = ", but keys never grow: WriteTxn.convert writes the table with the new codec";
    assertThat(StoredId.keyProblem("record(a:i32,b:i32)", "record(a:i32)"))
        .isEqualTo("record(a:i32) is now record(a:i32,b:i32)" + convert);
    assertThat(StoredId.keyProblem("counted(tuple(i32,u32))", "counted(tuple(i32))"))
        .isEqualTo("tuple(i32) is now tuple(i32,u32)" + convert);
    assertThat(StoredId.keyProblem("sealed(A:enum,B:enum)", "sealed(A:enum)"))
        .isEqualTo("sealed(A:enum) is now sealed(A:enum,B:enum)" + convert);
    for (String other :
        List.of(
            "record(a:i32",
            "record(a:i32))",
            "record(a:i32,",
            "record(b:i32)",
            "record(a:i32,b:i32,c:i32)",
            "record",
            "record(a)",
            "",
            "(",
            "list(".repeat(100) + "i32" + ")".repeat(100))) {
      assertThat(StoredId.keyProblem("record(a:i32,b:i32)", other)).as(other).isNull();
    }
  }

  @Test
  void saysWhyRowsCannotBeRead() {
    Codec<Mandatory> mandatory = Codec.record(Mandatory.class);
    assertThat(mandatory.reads("record(id:i32)")).isFalse();
    assertThat(mandatory.reads("record(id:i32;more:i32)")).isFalse();
    assertThat(StoredId.problem(mandatory, "record(id:i32)"))
        .isEqualTo("component more is missing in them: give it Codec.nullable or @Default");
    Codec<Blob> blob =
        Codec.record(Blob.class, Codec.i32(), Codec.bytes(), Codec.nullable(Codec.i32()));
    assertThat(StoredId.problem(blob, "record(id:i32,bytes:bytes)"))
        .isEqualTo(
            "they end with component bytes, and the bytes of its codec bytes do not show that:"
                + " WriteTxn.convert writes the table with the new codec");
    Codec<Paired> paired =
        Codec.record(
            Paired.class, Codec.tuple(Codec.i32(), Codec.utf8()), Codec.nullable(Codec.i32()));
    assertThat(paired.reads("record(pair:tuple(i32,utf8))")).isFalse();
    Codec<Numbers> numbers =
        Codec.record(
            Numbers.class, Codec.tuple(Codec.i32(), Codec.i64()), Codec.nullable(Codec.i32()));
    assertThat(numbers.reads("record(pair:tuple(i32,i64))")).isTrue();
  }

  record Before<T>(T last) {}

  record After<T>(T last, @Nullable Integer more) {}

  @SuppressWarnings({"unchecked", "rawtypes"}) // the values are of these record classes
  private static <T> void grows(Codec<T> codec, T value) {
    Codec<Before> before = Codec.record(Before.class, codec);
    Codec<After> after = Codec.record(After.class, codec, Codec.nullable(Codec.i32()));
    assertThat(after.reads(before.id())).as(before.id()).isTrue();
    byte[] old = CodecLaws.whole(before, new Before<>(value));
    assertThat(before.decode(CodecLaws.source(old)).last()).isEqualTo(value);
    assertThat(after.decode(CodecLaws.source(old))).isEqualTo(new After<>(value, null));
    byte[] now = CodecLaws.whole(after, new After<>(value, 3));
    assertThat(after.decode(CodecLaws.source(now))).isEqualTo(new After<>(value, 3));
  }

  private static void refusesToGrow(Codec<?> codec) {
    String before = Codec.record(Before.class, codec).id();
    Codec<?> after = Codec.record(After.class, codec, Codec.nullable(Codec.i32()));
    assertThat(after.reads(before)).as(before).isFalse();
    assertThat(StoredId.problem(after, before))
        .contains("do not show that: WriteTxn.convert writes the table with the new codec");
  }

  @Test
  void whatMayFollowWhichCodec() {
    grows(Codec.i8(), (byte) 0);
    grows(Codec.character(), '\0');
    grows(Codec.f32(), 0f);
    grows(Codec.bigInteger(), BigInteger.ZERO);
    grows(Codec.bigInteger(), BigInteger.ONE.shiftLeft(2000));
    grows(Codec.bigDecimal(), BigDecimal.ZERO);
    grows(Codec.bigDecimal(), new BigDecimal("-0.00012"));
    grows(TimeCodec.localDate(), LocalDate.MIN);
    grows(Codec.i64().map("minutes", Duration::ofMinutes, Duration::toMinutes), Duration.ZERO);
    grows(Codec.enumeration(TimeUnit.class), TimeUnit.DAYS);
    grows(Codec.descending(Codec.enumeration(TimeUnit.class)), TimeUnit.DAYS);
    for (String text : new String[] {"", "\0", "a", "a\0b", "\u00ff"}) {
      grows(Codec.optional(Codec.utf8()), java.util.Optional.of(text));
    }
    grows(Codec.optional(Codec.utf8()), java.util.Optional.empty());
    refusesToGrow(Codec.uri());
    refusesToGrow(Codec.collated(Locale.ROOT));
    refusesToGrow(TimeCodec.zonedDateTime());
    refusesToGrow(CollectionCodec.list(Codec.i32()));
    refusesToGrow(CollectionCodec.set(Codec.i32()));
    refusesToGrow(CollectionCodec.map(Codec.i32(), Codec.i32()));
    refusesToGrow(CollectionCodec.array(int[].class));
    refusesToGrow(Codec.nullable(CollectionCodec.list(Codec.i32())));
    refusesToGrow(Codec.optional(Codec.uri()));
    refusesToGrow(Codec.unit("x"));
    refusesToGrow(Codec.utf8().map("lower", text -> text, text -> text));
  }

  @Test
  void optionalAndNullableStringsHaveTheSameBytes() {
    for (String text : new String[] {"", "\0", "a"}) {
      assertThat(
              CodecLaws.whole(
                  Codec.record(Before.class, Codec.optional(Codec.utf8())),
                  new Before<>(java.util.Optional.of(text))))
          .isEqualTo(
              CodecLaws.whole(
                  Codec.record(Before.class, Codec.nullable(Codec.utf8())), new Before<>(text)));
    }
  }

  @Test
  void anEmptyArrayOfBytesIsAMissingOne() {
    Codec<LastBlob> codec = Codec.record(LastBlob.class);
    assertThat(codec.reads("record(id:i32)")).isTrue();
    assertThat(codec.decode(CodecLaws.source(new byte[] {-128, 0, 0, 1})).bytes()).isEmpty();
  }
}
