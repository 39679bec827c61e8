package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DefaultTest {
  private enum Colour {
    RED
  }

  private record All(
      int id,
      @Default("-3") int i,
      @Default("4") Long l,
      @Default("1e3") double d,
      @Default("true") boolean b,
      @Default("\u20ac") String text,
      @Default("00112233-4455-6677-8899-aabbccddeeff") UUID uuid,
      @Default("2026-02-28T23:59:59Z") Instant instant,
      @Default("RED") Colour colour) {}

  private record More(
      int id,
      @Default("1.5") float f,
      @Default("-7") short s,
      @Default("8") byte b,
      @Default("x") char c,
      @Default char zero,
      @Default("12345678901234567890") BigInteger big,
      @Default("1.50") BigDecimal decimal,
      @Default("PT1S") Duration duration,
      @Default("2026-02-28") LocalDate date,
      @Default("23:59") LocalTime time,
      @Default("2026-02-28T23:59") LocalDateTime dateTime,
      @Default("2026-02-28T23:59+01:00") OffsetDateTime offset,
      Optional<String> maybe) {}

  private record TwoLetters(int id, @Default("ab") char c) {}

  private record NoZone(int id, @Default("2026-02-28T23:59Z") ZonedDateTime zoned) {}

  private record NoList(int id, @Default List<Integer> list) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  private record Zeros(
      int id,
      @Default Integer i,
      @Default long l,
      @Default Double d,
      @Default Boolean b,
      @Default String text,
      @Default @Nullable UUID uuid,
      @Default byte[] bytes) {}

  private record NoNumber(int id, @Default("x") int i) {}

  private record NoTruth(int id, @Default("yes") boolean b) {}

  private record NoConstant(int id, @Default("BLUE") Colour colour) {}

  private record NoZero(int id, @Default Colour colour) {}

  private record NoText(int id, @Default("a") Tuple2<Integer, Integer> pair) {}

  @SuppressWarnings("ArrayRecordComponent")
  private record NoBytes(int id, @Default("a") byte[] bytes) {}

  private static final byte[] ID_ONLY = {-128, 0, 0, 5};

  @Test
  void everyType() {
    All all = Codec.record(All.class).decode(CodecLaws.source(ID_ONLY));
    assertThat(all)
        .isEqualTo(
            new All(
                5,
                -3,
                4L,
                1000,
                true,
                "\u20ac",
                UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
                Instant.parse("2026-02-28T23:59:59Z"),
                Colour.RED));
  }

  @Test
  void everyOtherType() {
    assertThat(Codec.record(More.class).decode(CodecLaws.source(ID_ONLY)))
        .isEqualTo(
            new More(
                5,
                1.5f,
                (short) -7,
                (byte) 8,
                'x',
                '\0',
                new BigInteger("12345678901234567890"),
                new BigDecimal("1.50"),
                Duration.ofSeconds(1),
                LocalDate.parse("2026-02-28"),
                LocalTime.parse("23:59"),
                LocalDateTime.parse("2026-02-28T23:59"),
                OffsetDateTime.parse("2026-02-28T23:59+01:00"),
                Optional.empty()));
    refused(TwoLetters.class, "c: @Default(\"ab\") is no char: 2 characters, allowed 1");
    for (Class<? extends Record> type : List.of(NoZone.class, NoList.class)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Codec.record(type))
          .withMessageEndingWith("as a missing component does; use Codec.nullable");
    }
  }

  @Test
  void withoutAText() {
    Zeros zeros =
        Codec.record(
                Zeros.class,
                Codec.i32(),
                Codec.i32(),
                Codec.i64(),
                Codec.f64(),
                Codec.bool(),
                Codec.utf8(),
                Codec.nullable(Codec.uuid()),
                Codec.bytes())
            .decode(CodecLaws.source(ID_ONLY));
    assertThat(zeros)
        .usingRecursiveComparison()
        .isEqualTo(new Zeros(5, 0, 0, 0.0, false, "", null, new byte[0]));
  }

  private static void refused(Class<? extends Record> type, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.record(type))
        .withMessage(
            "record dev.pando.codec.DefaultTest$" + type.getSimpleName() + " component " + message);
  }

  @Test
  void textsThatDoNotParse() {
    refused(NoNumber.class, "i: @Default(\"x\") is no int: For input string: \"x\"");
    refused(NoTruth.class, "b: @Default(\"yes\") is no boolean: neither true nor false");
    refused(
        NoConstant.class,
        "colour: @Default(\"BLUE\") is no dev.pando.codec.DefaultTest$Colour: no constant of this"
            + " name");
    refused(
        NoZero.class,
        "colour: @Default(\"\") is no dev.pando.codec.DefaultTest$Colour: component colour is null,"
            + " and its codec enum is not nullable; Codec.nullable makes it so");
    refused(
        NoBytes.class,
        "bytes: @Default(\"a\") is no byte[]: no text stands for a value of this type");
  }

  @Test
  void codecsThatMayWriteNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Codec.record(
                    NoText.class,
                    Codec.i32(),
                    Codec.tuple(Codec.i32(), Codec.nullable(Codec.bytes()))))
        .withMessageContaining("which may write no byte, as a missing component does");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Codec.record(NoText.class, Codec.i32(), Codec.tuple(Codec.i32(), Codec.i32())))
        .withMessageEndingWith("no text stands for a value of this type");
  }
}
