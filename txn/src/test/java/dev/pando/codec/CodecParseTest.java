package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecParseTest {
  private enum Colour {
    RED
  }

  private record Inner(int i, double d) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  private record Everything(
      int i,
      long l,
      double d,
      boolean b,
      String text,
      byte[] bytes,
      UUID uuid,
      Instant instant,
      Inner inner,
      Colour colour) {}

  /** The value that the codec of an id decodes, which encodes to the same bytes. */
  static <T> Object parsed(Codec<T> codec, T value) {
    Codec<Object> parsed = Codec.parse(codec.id());
    assertThat(parsed.id()).isEqualTo(codec.id());
    assertThat(parsed.ordered()).isEqualTo(codec.ordered());
    byte[] whole = CodecLaws.whole(codec, value);
    Object again = parsed.decode(CodecLaws.source(whole));
    assertThat(CodecLaws.whole(parsed, again)).isEqualTo(whole);
    byte[] nested = CodecLaws.nested(codec, value);
    assertThat(CodecLaws.nested(parsed, parsed.decodeNested(CodecLaws.source(nested))))
        .isEqualTo(nested);
    return again;
  }

  @Test
  void everyId() {
    assertThat(parsed(Codec.u64(), -1L)).isEqualTo(-1L);
    assertThat(parsed(Codec.i64(), -1L)).isEqualTo(-1L);
    assertThat(parsed(Codec.u32(), -1)).isEqualTo(-1);
    assertThat(parsed(Codec.i32(), -1)).isEqualTo(-1);
    assertThat(parsed(Codec.f64(), -1.5)).isEqualTo(-1.5);
    assertThat(parsed(Codec.bool(), true)).isEqualTo(true);
    assertThat(parsed(Codec.utf8(), "a\0")).isEqualTo("a\0");
    assertThat(parsed(Codec.bytes(), new byte[] {0, 1})).isEqualTo(new byte[] {0, 1});
    assertThat(parsed(Codec.uuid(), new UUID(1, 2))).isEqualTo(new UUID(1, 2));
    assertThat(parsed(Codec.instant(), Instant.MAX)).isEqualTo(Instant.MAX);
    assertThat(parsed(Codec.descending(Codec.utf8()), "a")).isEqualTo("a");
    assertThat(parsed(Codec.tuple(Codec.i32(), Codec.utf8()), new Tuple2<>(1, "b")))
        .isEqualTo(new Tuple2<>(1, "b"));
    assertThat(
            parsed(
                Codec.tuple(Codec.i32(), Codec.utf8(), Codec.nullable(Codec.bool())),
                new Tuple3<>(1, "b", null)))
        .isEqualTo(new Tuple3<>(1, "b", null));
    assertThat(
            parsed(
                Codec.tuple(Codec.i32(), Codec.utf8(), Codec.bool(), Codec.u64()),
                new Tuple4<>(1, "b", true, 9L)))
        .isEqualTo(new Tuple4<>(1, "b", true, 9L));
  }

  @Test
  void everyIdOfOtherTypes() {
    assertThat(parsed(Codec.f32(), -1.5f)).isEqualTo(-1.5f);
    assertThat(parsed(Codec.i16(), (short) -1)).isEqualTo((short) -1);
    assertThat(parsed(Codec.i8(), (byte) -1)).isEqualTo((byte) -1);
    assertThat(parsed(Codec.character(), 'x')).isEqualTo('x');
    assertThat(parsed(Codec.bigInteger(), BigInteger.TEN)).isEqualTo(BigInteger.TEN);
    assertThat(parsed(Codec.bigDecimal(), new BigDecimal("-1.50")))
        .isEqualTo(new BigDecimal("-1.50"));
    assertThat(parsed(Codec.uri(), URI.create("a:b"))).isEqualTo(URI.create("a:b"));
    ZonedDateTime time = Instant.EPOCH.atZone(ZoneId.of("UTC"));
    assertThat(parsed(TimeCodec.zonedDateTime(), time)).isEqualTo(time);
    assertThat(parsed(TimeCodec.offsetDateTime(), OffsetDateTime.MAX))
        .isEqualTo(OffsetDateTime.MAX);
    assertThat(parsed(TimeCodec.localDateTime(), LocalDateTime.MIN)).isEqualTo(LocalDateTime.MIN);
    assertThat(parsed(TimeCodec.localDate(), LocalDate.EPOCH)).isEqualTo(LocalDate.EPOCH);
    assertThat(parsed(TimeCodec.localTime(), LocalTime.NOON)).isEqualTo(LocalTime.NOON);
    assertThat(parsed(TimeCodec.duration(), Duration.ZERO)).isEqualTo(Duration.ZERO);
    assertThat(parsed(Codec.enumeration(Colour.class), Colour.RED)).isEqualTo("RED");
    assertThat(parsed(Codec.collated(Locale.GERMANY), "\u00e4")).isEqualTo("\u00e4");
    assertThat(parsed(Codec.optional(Codec.i32()), Optional.of(4))).isEqualTo(4);
    assertThat(parsed(CollectionCodec.list(Codec.utf8()), List.of("a", "")))
        .isEqualTo(List.of("a", ""));
    assertThat(parsed(CollectionCodec.set(Codec.i32()), Set.of(2, 1))).isEqualTo(Set.of(1, 2));
    assertThat(parsed(CollectionCodec.map(Codec.utf8(), Codec.i32()), Map.of("a", 1)))
        .isEqualTo(Map.of("a", 1));
    assertThat(parsed(CollectionCodec.array(int[].class), new int[] {1, 2}))
        .isEqualTo(new int[] {1, 2});
    assertThat(parsed(CollectionCodec.array(boolean[].class), new boolean[] {true}))
        .isEqualTo(new boolean[] {true});
  }

  @Test
  void idsThatAreAlmostRight() {
    refused(
        "array(utf8)", "codec id array(utf8): array(utf8) is not known: there are no such arrays");
    for (String id : List.of("collated(de,loud)", "collated(!,primary)", "collated(de)")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Codec.parse(id))
          .withMessageStartingWith("codec id " + id);
    }
  }

  @Test
  void aRecord() {
    Everything value =
        new Everything(
            1,
            2,
            0.5,
            true,
            "x\0",
            new byte[] {1},
            new UUID(1, 2),
            Instant.EPOCH,
            new Inner(3, 4),
            Colour.RED);
    Fields fields = (Fields) parsed(Codec.record(Everything.class), value);
    assertThat(fields.toString())
        .isEqualTo(
            "{i=1, l=2, d=0.5, b=true, text=x\0, bytes=0x01,"
                + " uuid=00000000-0000-0001-0000-000000000002, instant=1970-01-01T00:00:00Z,"
                + " inner={i=3, d=4.0}, colour=RED}");
    Codec<Object> parsed = Codec.parse(Codec.record(Everything.class).id());
    byte[] bytes = CodecLaws.whole(parsed, fields.with("i", 8).with("colour", "RED"));
    assertThat(Codec.record(Everything.class).decode(CodecLaws.source(bytes)).i()).isEqualTo(8);
  }

  @Property
  void rowsOfEveryLength(@ForAll long seed) {
    Random random = new Random(seed);
    Codec<Object> parsed =
        Codec.parse(StoredId.beside(Shapes.codec(Shapes.count()), Shapes.codec(1).id()));
    for (int k = 1; k <= Shapes.count(); k++) {
      List<@Nullable Object> values = Shapes.random(k, random);
      byte[] bytes = CodecLaws.whole(Shapes.codec(k), Shapes.row(values));
      Fields fields = (Fields) parsed.decode(CodecLaws.source(bytes));
      List<@Nullable Object> found = new ArrayList<>(fields.asMap().values());
      assertThat(found).as("seed %d", seed).hasSize(k);
      assertThat(found.subList(0, Math.min(k, 4))).isEqualTo(values.subList(0, Math.min(k, 4)));
      assertThat(CodecLaws.whole(parsed, fields)).isEqualTo(bytes);
    }
  }

  @Test
  void partsOfATuple() {
    Codec<Object> codec = Codec.parse("tuple(i32,utf8)");
    assertThat(LeadingBytes.components(codec)).isEqualTo(2);
    assertThat(LeadingBytes.component(codec, 1).id()).isEqualTo("utf8");
  }

  @Test
  void fields() {
    Fields fields = Fields.of(Map.of("a", 1));
    assertThat(fields.has("a")).isTrue();
    assertThat(fields.has("b")).isFalse();
    assertThat(fields.get("a")).isEqualTo(1);
    assertThat(fields.with("b", null).get("b")).isNull();
    assertThat(fields.with("b", null).asMap()).containsOnlyKeys("a", "b");
    assertThat(fields.with("a", new byte[] {1}))
        .isEqualTo(Fields.of(Map.of("a", new byte[] {1})))
        .hasSameHashCodeAs(Fields.of(Map.of("a", new byte[] {1})))
        .isNotEqualTo(fields);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fields.get("b"))
        .withMessage("there is no component b, but [a]");
  }

  @Test
  void fieldsOfOtherRecords() {
    Codec<Object> codec = Codec.parse("record(a:i32;b:i32,c:i32)");
    Fields first = Fields.of(Map.of("a", 1));
    for (Fields wrong :
        List.of(
            Fields.of(Map.of("b", 1)),
            first.with("c", 3),
            first.with("b", 2).with("c", 3).with("d", 4))) {
      assertThatIllegalArgumentException().isThrownBy(() -> CodecLaws.whole(codec, wrong));
    }
    assertThat(CodecLaws.whole(codec, first.with("b", 2))).hasSize(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(Codec.parse("record(a:i32,b:i32)"), first));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(codec, Fields.of(Map.of("a", "text"))))
        .withMessageStartingWith("component a is no value of its codec i32");
  }

  @Test
  void valuesOfASealedInterface() {
    Codec<Object> parsed = Codec.parse("sealed(Dot:record(x:i32),None:enum)");
    Alternative dot = new Alternative("Dot", Fields.of(Map.of("x", 1)));
    assertThat(dot).hasToString("Dot{x=1}");
    assertThat(dot.name()).isEqualTo("Dot");
    assertThat(dot.value()).isEqualTo(Fields.of(Map.of("x", 1)));
    Alternative none = new Alternative("None", "NONE");
    assertThat(none).hasToString("None NONE");
    for (Alternative value : List.of(dot, none)) {
      assertThat(parsed.decode(CodecLaws.source(CodecLaws.whole(parsed, value)))).isEqualTo(value);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(parsed, new Alternative("Line", "x")))
        .withMessage("class Line, allowed [Dot, None]");
    byte[] line = CodecLaws.nested(Codec.utf8(), "Line");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> parsed.decode(CodecLaws.source(line)))
        .withMessageEndingWith("found class Line, allowed [Dot, None]");
  }

  @Test
  void idsOfSealedInterfacesAndReferences() {
    refused("sealed", "codec id sealed: found '' at 6, allowed an opening parenthesis");
    refused("sealed()", "codec id sealed(): found ')' at 7, allowed a colon");
    refused(
        "sealed(B:enum,A:enum)",
        "codec id sealed(B:enum,A:enum): A:enum is not known: the name of the class is not greater"
            + " than the one before");
    refused(
        "list(sealed(A:record(x:i32;y:i32)))",
        "codec id list(sealed(A:record(x:i32;y:i32))): found ';y:i32)))' at 26, allowed a comma or"
            + " a closing parenthesis");
    for (String self : List.of("self(2)", "self(0)", "self(x)", "self(01)", "self(100)")) {
      refused(
          "record(a:list(" + self + "))",
          "codec id record(a:list(%s)): %s is not known: it takes the number of a record or a"
                  .formatted(self, self)
              + " sealed interface around it, from 1 on");
    }
    String id = "sealed(A:record(a:list(self(1)),b:list(self(2))))";
    assertThat(Codec.parse(id).id()).isEqualTo(id);
  }

  private static void refused(String id, String message) {
    assertThatIllegalArgumentException().isThrownBy(() -> Codec.parse(id)).withMessage(message);
  }

  @Test
  void unknownIds() {
    refused(
        "tuple(i32,celsius)",
        "codec id tuple(i32,celsius): celsius is not known: no codec is known by its name");
    refused("", "codec id :  is not known: no codec is known by its name");
    refused("i32(u32)", "codec id i32(u32): i32(u32) is not known: it takes 0 codecs");
    refused("tuple(i32)", "codec id tuple(i32): tuple(i32) is not known: it takes 2 to 4 codecs");
    refused("i32)", "codec id i32): found ')' at 3, allowed the end");
    refused(
        "tuple(i32,i32",
        "codec id tuple(i32,i32: found '' at 13, allowed a comma or a closing parenthesis");
    refused("record(a)", "codec id record(a): found ')' at 8, allowed a colon");
    refused("record", "codec id record: found '' at 6, allowed an opening parenthesis");
    refused(
        "record(a:i32,a:i32)",
        "codec id record(a:i32,a:i32): a:i32 is not known: the name of the component is empty, or"
            + " there twice");
    refused(
        "record(;a:i32)",
        "codec id record(;a:i32): record(;a:i32) is not known: no row has a" + " component");
    refused(
        "tuple(i32,record(a:i32;b:i32))",
        "codec id tuple(i32,record(a:i32;b:i32)): found ';b:i32))' at 22, allowed a comma or a"
            + " closing parenthesis");
  }

  @Test
  void deepAndLongIds() {
    String deep = "nullable(".repeat(63) + "i32" + ")".repeat(63);
    assertThat(Codec.parse(deep).id()).isEqualTo(deep);
    refused("nullable(" + deep + ")", "codec id of 643 characters: it is nested deeper than 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.parse("record(a:".repeat(7000)))
        .withMessageEndingWith("it is nested deeper than 64");
    refused("x".repeat(70_000), "codec id length=70000, allowed at most 65535 characters");
    StringBuilder wide = new StringBuilder("record(a:i32;");
    for (int i = 0; i < 6000; i++) {
      wide.append("c").append(i).append(":i32").append(i < 5999 ? "," : ")");
    }
    assertThat(Codec.parse(wide.toString()).id()).isEqualTo(wide.toString());
    String records = "record(a:i32,b:".repeat(63) + "utf8" + ")".repeat(63);
    assertThat(Codec.parse(records).id()).isEqualTo(records);
  }

  /** What comes after the last component would not be told from a longer row. */
  @Test
  void noShortRowIsWrittenThatCannotBeRead() {
    Codec<Object> codec = Codec.parse("record(a:u64;b:bytes,c:nullable(i32))");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("a", 1L);
    Object shortest = Fields.of(values);
    assertThat(codec.decode(CodecLaws.source(CodecLaws.whole(codec, shortest))))
        .isEqualTo(shortest);
    values.put("b", new byte[] {5, 0, 0});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(codec, Fields.of(values)))
        .withMessageContaining("ends after b");
  }
}
