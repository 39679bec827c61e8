package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that no value encodes to are refused, with the codec, what stands there and what may. */
class CodecMalformedTest {
  enum Colour {
    RED,
    GREEN
  }

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  record Everything(
      int i,
      long l,
      double d,
      boolean b,
      String s,
      byte[] bytes,
      UUID uuid,
      Instant instant,
      Colour colour) {}

  record Positive(int value) implements Choice {
    Positive {
      if (value <= 0) {
        throw new IllegalStateException("not positive: " + value);
      }
    }
  }

  private static final Codec<Everything> EVERYTHING = Codec.record(Everything.class);

  private static final List<Codec<?>> CODECS =
      List.of(
          Codec.u64(),
          Codec.i32(),
          Codec.f64(),
          Codec.bool(),
          Codec.utf8(),
          Codec.bytes(),
          Codec.uuid(),
          Codec.instant(),
          Codec.nullable(Codec.utf8()),
          Codec.descending(Codec.utf8()),
          Codec.descending(Codec.nullable(Codec.instant())),
          Codec.tuple(Codec.utf8(), Codec.bool()),
          Codec.tuple(Codec.descending(Codec.bytes()), Codec.nullable(Codec.i32()), Codec.utf8()),
          Codec.descending(Codec.tuple(Codec.utf8(), Codec.utf8())),
          Codec.record(Positive.class),
          Codec.record(Colours.class),
          Codec.i16(),
          Codec.i8(),
          Codec.character(),
          Codec.f32(),
          Codec.bigInteger(),
          Codec.bigDecimal(),
          Codec.descending(Codec.bigDecimal()),
          Codec.uri(),
          Codec.unit("one"),
          Codec.enumeration(Colour.class),
          Codec.sealed(Choice.class),
          Codec.optional(Codec.bigInteger()),
          TimeCodec.duration(),
          TimeCodec.localDate(),
          TimeCodec.localTime(),
          TimeCodec.localDateTime(),
          TimeCodec.offsetDateTime(),
          TimeCodec.zonedDateTime(),
          CollectionCodec.list(Codec.utf8()),
          CollectionCodec.set(Codec.i8()),
          Codec.descending(CollectionCodec.set(Codec.i8())),
          CollectionCodec.map(Codec.utf8(), CollectionCodec.list(Codec.bool())),
          CollectionCodec.array(int[].class),
          CollectionCodec.array(char[].class),
          CollectionCodec.array(String.class, Codec.utf8()),
          Codec.descending(CollectionCodec.list(CollectionCodec.array(boolean[].class))),
          Codec.record(RecursiveCodecTest.Node.class),
          Codec.sealed(RecursiveCodecTest.Term.class),
          EVERYTHING);

  sealed interface Choice permits Positive, Colours {}

  record Colours(Colour first, Colour second) implements Choice {}

  @Property
  @Tag("scaled")
  void arbitraryBytesAreDecodedOrRefused(@ForAll("anyBytes") byte[] bytes) {
    for (Codec<?> codec : CODECS) {
      decodeOrRefuse(codec, bytes);
    }
  }

  @Property
  @Tag("scaled")
  void changedAndCutBytesAreDecodedOrRefused(
      @ForAll @Size(max = 3) String text, @ForAll int at, @ForAll byte changed, @ForAll int cut) {
    String valid = text.codePoints().allMatch(c -> c < 0xD800 || c > 0xDFFF) ? text : "";
    byte[] bytes =
        CodecLaws.whole(
            EVERYTHING,
            new Everything(
                1, 2, 3, true, valid, new byte[2], new UUID(1, 2), Instant.EPOCH, Colour.RED));
    bytes[Math.floorMod(at, bytes.length)] = changed;
    decodeOrRefuse(EVERYTHING, bytes);
    decodeOrRefuse(EVERYTHING, Arrays.copyOf(bytes, Math.floorMod(cut, bytes.length)));
  }

  /** What is decoded must encode to the same bytes: no two encodings stand for one value. */
  private static <T> void decodeOrRefuse(Codec<T> codec, byte[] bytes) {
    try {
      T value = codec.decode(CodecLaws.source(bytes));
      assertThat(CodecLaws.whole(codec, value)).as(codec.id()).isEqualTo(bytes);
      assertThat(CodecLaws.whole(codec, codec.decode(CodecLaws.heapSource(bytes))))
          .as(codec.id())
          .isEqualTo(bytes);
    } catch (CodecException e) {
      assertThat(e.codecId()).isNotEmpty();
    }
    try {
      Source source = CodecLaws.source(bytes);
      T value = codec.decodeNested(source);
      long taken = bytes.length - source.remaining();
      assertThat(CodecLaws.nested(codec, value)).isEqualTo(Arrays.copyOf(bytes, (int) taken));
    } catch (CodecException e) {
      assertThat(e.found()).isNotEmpty();
      assertThat(e.allowed()).isNotEmpty();
    }
  }

  /** Whose bytes of one value are not always the same: a collation key is not read. */
  @Property
  @Tag("scaled")
  void collationKeysAreNotRead(@ForAll("anyBytes") byte[] bytes) {
    Codec<String> codec = Codec.collated(Locale.ROOT);
    int key = 0;
    while (key < bytes.length && bytes[key] != 0) {
      key++;
    }
    try {
      String text = codec.decode(CodecLaws.source(bytes));
      assertThat(CodecLaws.whole(Codec.utf8(), text))
          .isEqualTo(Arrays.copyOfRange(bytes, key + 1, bytes.length));
    } catch (CodecException e) {
      assertThat(e.codecId()).isIn(codec.id(), "utf8");
    }
  }

  /** A length, or zeros, far beyond the bytes that are there. */
  @Test
  void craftedLengths() {
    refused(
        Codec.bigInteger(),
        "ff7fffffff00",
        "codec bigint: found a number of 2147483647 bytes, allowed 1 to 1");
    refused(
        Codec.bigInteger(),
        "ffffffffff00",
        "codec bigint: found length 4294967295, allowed more than 126");
    refused(
        Codec.bigInteger(),
        "820001",
        "codec bigint: found a number with another sign or length, allowed the shortest form with"
            + " its sign");
    refused(
        Codec.bigDecimal(),
        "c214" + "ff".repeat(4000) + "00",
        "codec decimal: found 1000110 zeros or more, allowed at most 1000000");
    refused(
        Codec.bigDecimal(),
        "fdc000000000000000" + "1400",
        "codec decimal: found exponent 4611686018427387904, allowed -4294967296 to 4294967296");
    refused(Codec.bigDecimal(), "c20100", "codec decimal: found digits 0, allowed 10 to 99");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                CodecLaws.whole(Codec.bigDecimal(), new BigDecimal(BigInteger.TEN.pow(1_000_001))))
        .withMessage(
            "number ends in 1000001 zeros, allowed at most 1000000; call stripTrailingZeros");
  }

  @Test
  void longDecimals() {
    byte[] bytes =
        CodecLaws.whole(Codec.bigDecimal(), new BigDecimal("-" + "1234567".repeat(3_000)));
    assertThat(bytes).hasSizeLessThan(10_600);
    assertThat(Codec.bigDecimal().decode(CodecLaws.source(bytes)))
        .isEqualTo(new BigDecimal("-" + "1234567".repeat(3_000)));
  }

  @Test
  void wrongTimes() {
    refused(
        TimeCodec.localDate(),
        "7735a3d57f",
        "codec date: found year 2026, month 11, day 31, allowed a date of LocalDate");
    refused(
        TimeCodec.localTime(),
        "4e94914f0000",
        "codec time: found nanosecond 86400000000000 of a day, allowed 0 to 86399999999999");
    refused(
        TimeCodec.zonedDateTime(),
        "800000000000000000000000" + "4d617273",
        "codec zonedtime: found 1970-01-01T00:00:00Z in zone Mars, allowed a time of"
            + " ZonedDateTime, in a zone of this JVM");
    refused(
        TimeCodec.zonedDateTime(),
        "800000000000000000000000" + "2b32",
        "codec zonedtime: found zone +2, allowed the id of a zone");
  }

  @Test
  void whatFunctionsThrow() {
    Codec<Integer> mapped = Codec.utf8().map("text", Integer::valueOf, Object::toString);
    refused(
        mapped,
        "78",
        "codec text: found x, which its function refuses: java.lang.NumberFormatException: For"
            + " input string: \"x\", allowed others");
    Codec<Integer> read =
        Codec.of("read", (value, sink) -> sink.putByte(value), source -> 10 / source.getByte());
    refused(
        read,
        "00",
        "codec read: found 1 bytes that its function refuses: java.lang.ArithmeticException: / by"
            + " zero, allowed what it accepts");
  }

  @Provide
  Arbitrary<byte[]> anyBytes() {
    Arbitrary<Byte> telling =
        Arbitraries.of((byte) 0, (byte) 1, (byte) 0xFF, (byte) 0x80, (byte) 65);
    return Arbitraries.oneOf(telling, Arbitraries.bytes()).array(byte[].class).ofMaxSize(40);
  }

  private static void refused(Codec<?> codec, String hex, String message) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decode(CodecLaws.source(HexFormat.of().parseHex(hex))))
        .withMessage(message);
  }

  private static void refusedNested(Codec<?> codec, String hex, String message) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> codec.decodeNested(CodecLaws.source(HexFormat.of().parseHex(hex))))
        .withMessage(message);
  }

  @Test
  void wrongLengths() {
    refused(Codec.u64(), "00", "codec u64: found 1 bytes, allowed 8");
    refused(Codec.u32(), "0000000000", "codec u32: found 5 bytes, allowed 4");
    refused(Codec.uuid(), "", "codec uuid: found 0 bytes, allowed 16");
    refusedNested(Codec.i64(), "00", "codec i64: found 1 bytes, allowed 8 or more");
    refused(
        Codec.tuple(Codec.u32(), Codec.bool()),
        "000000010100",
        "codec bool: found in component second 2 bytes, allowed 1");
    refused(
        Codec.descending(Codec.bool()),
        "ffff",
        "codec descending(bool): found 1 bytes after the end of the value, allowed none");
    refused(
        Codec.nullable(Codec.bool()),
        "0000",
        "codec nullable(bool): found 1 bytes after null, allowed none");
    refused(
        Codec.nullable(Codec.bool()), "", "codec nullable(bool): found 0 bytes, allowed 1 or more");
  }

  @Test
  void wrongValues() {
    refused(Codec.bool(), "02", "codec bool: found 0x02, allowed 0x00 or 0x01");
    refused(
        Codec.nullable(Codec.bool()),
        "05",
        "codec nullable(bool): found 0x05, allowed 0x00 or 0x01");
    refused(
        Codec.f64(),
        "fff8000000000001",
        "codec f64: found NaN 0x7FF8000000000001, allowed only the usual NaN");
    refused(
        Codec.instant(),
        "80000000000000003b9aca00",
        "codec instant: found nanosecond 1000000000, allowed 0 to 999999999");
    refused(
        Codec.instant(),
        "ffffffffffffffff00000000",
        "codec instant: found second 9223372036854775807,"
            + " allowed -31557014167219200 to 31556889864403199");
    refused(
        Codec.record(Positive.class),
        "80000000",
        "codec record(value:i32): found components that dev.pando.codec.CodecMalformedTest$Positive"
            + " refuses: java.lang.IllegalStateException: not positive: 0, allowed what it accepts");
    refused(
        Codec.record(Colours.class),
        "5245440000424c5545",
        "codec enum: found in component second name BLUE, allowed a constant of"
            + " dev.pando.codec.CodecMalformedTest$Colour");
  }

  @Test
  void wrongNestedForms() {
    refusedNested(
        Codec.bytes(),
        "0102",
        "codec bytes: found 2 bytes without an end, allowed bytes that end in 0x0000");
    refusedNested(
        Codec.utf8(),
        "610041",
        "codec utf8: found 0x00 before 0x41, allowed 0x00 or 0xFF after it");
    refusedNested(
        Codec.utf8(),
        "6100",
        "codec utf8: found 0x00 before the end of the bytes, allowed 0x00 or 0xFF after it");
  }

  /** Overlong, cut short, surrogates, beyond U+10FFFF, stray tails; and behind a real U+FFFD. */
  @ParameterizedTest
  @CsvSource({
    "c080, 0",
    "61ff, 1",
    "c3, 0",
    "6161e282, 2",
    "eda080, 0",
    "f4908080, 0",
    "80, 0",
    "efbfbdc0, 3",
    "efbf, 2",
  })
  void malformedUtf8(String hex, int offset) {
    refused(
        Codec.utf8(),
        hex,
        "codec utf8: found malformed bytes at offset " + offset + ", allowed UTF-8");
  }

  @Test
  void aRealReplacementCharacterIsNotMalformed() {
    assertThat(Codec.utf8().decode(CodecLaws.source((byte) 0xEF, (byte) 0xBF, (byte) 0xBD)))
        .isEqualTo("\uFFFD");
  }

  @Test
  void unpairedSurrogates() {
    refusedSurrogate("ab\uD83C", "D83C", 2);
    refusedSurrogate("\uDF33", "DF33", 0);
    refusedSurrogate("\uD83C\uD83C\uDF33", "D83C", 0);
    refusedSurrogate("\u00e9\uD83Cz", "D83C", 1);
  }

  private static void refusedSurrogate(String text, String surrogate, int index) {
    for (Codec<String> codec : List.of(Codec.utf8(), Codec.descending(Codec.utf8()))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CodecLaws.whole(codec, text))
          .withMessage("string has the unpaired surrogate U+%s at index %d", surrogate, index);
    }
  }
}
