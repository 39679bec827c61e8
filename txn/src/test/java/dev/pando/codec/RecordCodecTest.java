package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "a constant with a body";
      }
    }
  }

  private record Primitives(int i, long l, double d, boolean b) {}

  private record Boxes(Integer i, Long l, Double d, Boolean b) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  private record Objects(
      String s, byte[] bytes, UUID uuid, Instant instant, Colour colour, Primitives primitives) {}

  private record Empty() {}

  private record Note(long id, @Nullable String text) {}

  private record Money(String currency, Thread payer) {}

  private record Unknown<T>(Codec<T> codec) implements Codec<T> {
    @Override
    public String id() {
      return codec.id();
    }

    @Override
    public void encode(T value, Sink sink) {
      codec.encode(value, sink);
    }

    @Override
    public T decode(Source source) {
      return codec.decode(source);
    }
  }

  private record Pair<A, B>(A first, B second) {}

  private record Failing(int id, String name) {
    @Override
    @SuppressWarnings("UnusedMethod") // called by the codec
    public String name() {
      throw new UnsupportedOperationException("accessor");
    }
  }

  private static <R extends Record> R again(Codec<R> codec, R value) {
    R nested = codec.decodeNested(CodecLaws.source(CodecLaws.nested(codec, value)));
    assertThat(CodecLaws.whole(codec, nested)).isEqualTo(CodecLaws.whole(codec, value));
    R onHeap = codec.decode(CodecLaws.heapSource(CodecLaws.whole(codec, value)));
    assertThat(CodecLaws.whole(codec, onHeap)).isEqualTo(CodecLaws.whole(codec, value));
    return codec.decode(CodecLaws.source(CodecLaws.whole(codec, value)));
  }

  @Test
  void everyComponentType() {
    Codec<Objects> codec = Codec.record(Objects.class);
    assertThat(codec.id())
        .isEqualTo(
            "record(s:utf8,bytes:bytes,uuid:uuid,instant:instant,colour:enum,"
                + "primitives:record(i:i32,l:i64,d:f64,b:bool))");
    Primitives primitives = new Primitives(Integer.MIN_VALUE, Long.MAX_VALUE, -0.0, true);
    Objects value =
        new Objects(
            "\0x\0", new byte[] {0, 1}, new UUID(-1, 2), Instant.MAX, Colour.GREEN, primitives);
    assertThat(again(codec, value)).usingRecursiveComparison().isEqualTo(value);
    Boxes boxes = new Boxes(-1, Long.MIN_VALUE, Double.NaN, false);
    assertThat(again(Codec.record(Boxes.class), boxes)).isEqualTo(boxes);
    assertThat(Codec.record(Boxes.class).id()).isEqualTo(Codec.record(Primitives.class).id());
    assertThat(again(Codec.record(Empty.class), new Empty())).isEqualTo(new Empty());
    assertThat(Codec.record(Empty.class).id()).isEqualTo("record()");
  }

  @Test
  void anotherClassOfTheSameShapeReadsTheSameBytes() {
    record Renamed(int i, long l, double d, boolean b) {}
    byte[] bytes = CodecLaws.whole(Codec.record(Primitives.class), new Primitives(1, 2, 3, true));
    assertThat(Codec.record(Renamed.class).decode(CodecLaws.source(bytes)))
        .isEqualTo(new Renamed(1, 2, 3, true));
    assertThat(Codec.record(Renamed.class).id()).isEqualTo(Codec.record(Primitives.class).id());
  }

  @Test
  void givenCodecs() {
    Codec<Note> codec = Codec.record(Note.class, Codec.u64(), Codec.nullable(Codec.utf8()));
    assertThat(codec.id()).isEqualTo("record(id:u64,text:nullable(utf8))");
    assertThat(again(codec, new Note(-1, null))).isEqualTo(new Note(-1, null));
    assertThat(again(codec, new Note(1, ""))).isEqualTo(new Note(1, ""));
    Codec<Primitives> wrapped =
        Codec.record(
            Primitives.class,
            Codec.descending(Codec.i32()),
            Codec.descending(Codec.u64()),
            Codec.nullable(Codec.f64()),
            Codec.descending(Codec.bool()));
    Primitives value = new Primitives(5, 6, 7, false);
    assertThat(again(wrapped, value)).isEqualTo(value);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Note.class, Codec.u64()))
        .withMessage(
            "record dev.pando.codec.RecordCodecTest$Note has 2 components, but 1 codecs are given");
  }

  @Test
  void genericRecordsByGivenCodecs() {
    @SuppressWarnings({"unchecked", "rawtypes"}) // a class literal has no type arguments
    Codec<Pair<String, Long>> codec = (Codec) Codec.record(Pair.class, Codec.utf8(), Codec.i64());
    assertThat(again(codec, new Pair<>("a", 1L))).isEqualTo(new Pair<>("a", 1L));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Pair.class))
        .withMessageStartingWith(
            "record dev.pando.codec.RecordCodecTest$Pair component first: no codec for"
                + " java.lang.Object; there are codecs for int, long,");
  }

  @Test
  void codecsOfOtherTypes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Note.class, Codec.i64(), Codec.bytes()))
        .withMessage(
            "record dev.pando.codec.RecordCodecTest$Note component text is of java.lang.String, but"
                + " the values of its codec bytes are of byte[]; give the codec of the component's"
                + " type");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Note.class, Codec.i32(), Codec.utf8()))
        .withMessageContaining("component id is of long, but the values of its codec i32 are of");
  }

  /** As codecs of the user's own, which need not say what their values are. */
  @Test
  void codecsOfUnknownTypes() {
    Codec<Note> codec = Codec.record(Note.class, Codec.i64(), new Unknown<>(Codec.bytes()));
    assertThat(new Unknown<>(Codec.bytes()).valueType()).isEqualTo(Object.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(codec, new Note(1, "text")))
        .withMessageStartingWith("component text is no value of its codec bytes: ");
    Codec<Note> narrow = Codec.record(Note.class, new Unknown<>(Codec.i32()), Codec.utf8());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(narrow, new Note(1, "text")))
        .withMessageStartingWith("component id is no value of its codec i32: ");
    byte[] bytes =
        CodecLaws.whole(Codec.tuple(Codec.i64(), Codec.bytes()), new Tuple2<>(1L, new byte[0]));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(CodecLaws.source(bytes)));
  }

  @Test
  @SuppressWarnings("NullAway") // null where it is refused
  void nullComponents() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(Codec.record(Note.class), new Note(1, null)))
        .withMessage(
            "component text is null, and its codec utf8 is not nullable;"
                + " Codec.nullable makes it so");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(Codec.record(Boxes.class), new Boxes(1, null, 1.0, true)))
        .withMessageStartingWith("component l is null, and its codec i64 is not nullable");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> CodecLaws.whole(Codec.tuple(Codec.i64(), Codec.utf8()), new Tuple2<>(1L, null)))
        .withMessageStartingWith("component second is null");
    Codec<Tuple2<Long, @Nullable String>> nullLast =
        Codec.tuple(Codec.i64(), Codec.descending(Codec.nullable(Codec.utf8())));
    byte[] bytes = CodecLaws.whole(nullLast, new Tuple2<>(1L, null));
    assertThat(nullLast.decode(CodecLaws.source(bytes)).second()).isNull();
  }

  @Test
  void malformedBytesNameTheComponent() {
    Codec<Primitives> codec = Codec.record(Primitives.class);
    byte[] bytes = CodecLaws.whole(codec, new Primitives(1, 2, 3, true));
    bytes[bytes.length - 1] = 2;
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(CodecLaws.source(bytes)))
        .withMessage("codec bool: found in component b 0x02, allowed 0x00 or 0x01");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(CodecLaws.source(new byte[6])))
        .withMessage("codec i64: found in component l 2 bytes, allowed 8 or more");
  }

  @Test
  void typesWithoutCodec() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Money.class))
        .withMessage(
            "record dev.pando.codec.RecordCodecTest$Money component payer: no codec for"
                + " java.lang.Thread; there are codecs for int, long, short, byte, char, double,"
                + " float, boolean and their boxes, String, BigInteger, BigDecimal, UUID, URI,"
                + " Instant, Duration, LocalDate, LocalTime, LocalDateTime, OffsetDateTime,"
                + " ZonedDateTime, enums, records, sealed interfaces of them, and Optional, List,"
                + " Set, Map and arrays of these; or give the codecs of all components");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(Record.class))
        .withMessage("java.lang.Record is no record class");
  }

  @Test
  void whatAnAccessorThrowsArrivesAsItIs() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> CodecLaws.whole(Codec.record(Failing.class), new Failing(1, "a")))
        .withMessage("accessor");
  }

  @Test
  void withALookup() {
    Codec<Note> codec = Codec.record(MethodHandles.lookup(), Note.class);
    assertThat(again(codec, new Note(4, "four"))).isEqualTo(new Note(4, "four"));
    Codec<Note> given = Codec.record(MethodHandles.lookup(), Note.class, Codec.u64(), Codec.utf8());
    assertThat(given.id()).isEqualTo("record(id:u64,text:utf8)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(MethodHandles.publicLookup(), Note.class))
        .withMessageMatching(
            "record dev.pando.codec.RecordCodecTest\\$Note in .* cannot be accessed with the lookup"
                + " of java.lang.Object; call MethodHandles.lookup\\(\\) in a class of the record's"
                + " own module");
  }

  /** Enough for a wrong order of decoding to show. */
  @Test
  void manyComponents() {
    RecordComponent[] components = Wide.class.getRecordComponents();
    assertThat(components).hasSize(40);
    Codec<Wide> codec = Codec.record(Wide.class);
    byte[] bytes = new byte[8 * 40];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    Wide wide = codec.decode(CodecLaws.source(bytes));
    assertThat(CodecLaws.whole(codec, wide)).isEqualTo(bytes);
    assertThat(List.of(wide.a00(), wide.a39()))
        .containsExactly(0x8001020304050607L, 0xB8393A3B3C3D3E3FL);
  }

  private record Wide(
      long a00,
      long a01,
      long a02,
      long a03,
      long a04,
      long a05,
      long a06,
      long a07,
      long a08,
      long a09,
      long a10,
      long a11,
      long a12,
      long a13,
      long a14,
      long a15,
      long a16,
      long a17,
      long a18,
      long a19,
      long a20,
      long a21,
      long a22,
      long a23,
      long a24,
      long a25,
      long a26,
      long a27,
      long a28,
      long a29,
      long a30,
      long a31,
      long a32,
      long a33,
      long a34,
      long a35,
      long a36,
      long a37,
      long a38,
      long a39) {}
}
