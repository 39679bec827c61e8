package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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

  record Positive(int value) {
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
          EVERYTHING);

  record Colours(Colour first, Colour second) {}

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
