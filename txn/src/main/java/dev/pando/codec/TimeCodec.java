package dev.pando.codec;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Codecs of durations, dates and times of day; {@link Codec#instant} is with the others. All of
 * them are ordered by time, take every value of their class, and refuse bytes that are none.
 * Thread-safe.
 *
 * {@snippet :
 * record Visit(LocalDate day, String patient) {}
 *
 * Codec<Visit> latestFirst =
 *     Codec.record(Visit.class, Codec.descending(TimeCodec.localDate()), Codec.utf8());
 * }
 */
public final class TimeCodec {
  static final Codec<Duration> DURATION = new Durations();
  static final Codec<LocalDate> DATE = new Dates();
  static final Codec<LocalTime> TIME = new Times();
  static final Codec<LocalDateTime> DATE_TIME = new DateTimes();
  static final Codec<OffsetDateTime> OFFSET = new OffsetDateTimes();
  static final Codec<ZonedDateTime> ZONED = new ZonedDateTimes();

  private static final int DATE_SIZE = 5;
  private static final int TIME_SIZE = 6;
  private static final int LAST_NANO = 999_999_999;

  /** Added to a year, so that none is negative. */
  private static final long YEARS = 1_000_000_000;

  private TimeCodec() {}

  /**
   * Durations, shortest first: the seconds in 8 bytes, the nanoseconds in 4. Id {@code duration}.
   */
  public static Codec<Duration> duration() {
    return DURATION;
  }

  /** Dates without a zone: year, month and day in 5 bytes. Id {@code date}. */
  public static Codec<LocalDate> localDate() {
    return DATE;
  }

  /** Times of day: nanoseconds since midnight in 6 bytes. Id {@code time}. */
  public static Codec<LocalTime> localTime() {
    return TIME;
  }

  /**
   * Dates with a time and without a zone: {@link #localDate}, then {@link #localTime}, together 11
   * bytes. Id {@code datetime}.
   */
  public static Codec<LocalDateTime> localDateTime() {
    return DATE_TIME;
  }

  /**
   * Times with their offset from UTC, ordered by instant and then by offset, the smallest first:
   * the bytes of {@link Codec#instant}, then the offset's seconds in 3 bytes. Id {@code
   * offsettime}.
   */
  public static Codec<OffsetDateTime> offsetDateTime() {
    return OFFSET;
  }

  /**
   * Times in a zone, ordered by instant and then by the zone's id, as {@link Codec#utf8} orders it:
   * the bytes of {@link Codec#instant}, then those of the id. What is stored is the instant: if the
   * rules of a zone change later, the instant stays, and its local time changes. A zone that this
   * JVM does not know is a {@link CodecException}. Id {@code zonedtime}.
   */
  public static Codec<ZonedDateTime> zonedDateTime() {
    return ZONED;
  }

  private static final class Durations extends FixedCodec<Duration> {
    Durations() {
      super("duration", Long.BYTES + Integer.BYTES, Duration.class);
    }

    @Override
    public void encode(Duration value, Sink sink) {
      sink.putLongBE(value.getSeconds() ^ Long.MIN_VALUE);
      sink.putIntBE(value.getNano());
    }

    @Override
    Duration get(Source source) {
      long second = source.getLongBE() ^ Long.MIN_VALUE;
      int nano = source.getIntBE();
      if (nano < 0 || nano > LAST_NANO) {
        throw new CodecException(
            id(), "nanosecond " + Integer.toUnsignedString(nano), "0 to " + LAST_NANO);
      }
      return Duration.ofSeconds(second, nano);
    }
  }

  private static final class Dates extends FixedCodec<LocalDate> {
    Dates() {
      super("date", DATE_SIZE, LocalDate.class);
    }

    @Override
    public void encode(LocalDate value, Sink sink) {
      putDate(value, sink);
    }

    @Override
    LocalDate get(Source source) {
      return getDate(id(), source);
    }
  }

  private static final class Times extends FixedCodec<LocalTime> {
    Times() {
      super("time", TIME_SIZE, LocalTime.class);
    }

    @Override
    public void encode(LocalTime value, Sink sink) {
      putTime(value, sink);
    }

    @Override
    LocalTime get(Source source) {
      return getTime(id(), source);
    }
  }

  private static final class DateTimes extends FixedCodec<LocalDateTime> {
    DateTimes() {
      super("datetime", DATE_SIZE + TIME_SIZE, LocalDateTime.class);
    }

    @Override
    public void encode(LocalDateTime value, Sink sink) {
      putDate(value.toLocalDate(), sink);
      putTime(value.toLocalTime(), sink);
    }

    @Override
    LocalDateTime get(Source source) {
      LocalDate date = getDate(id(), source);
      return LocalDateTime.of(date, getTime(id(), source));
    }
  }

  private static final class OffsetDateTimes extends FixedCodec<OffsetDateTime> {
    private static final int FIRST_OFFSET = ZoneOffset.MIN.getTotalSeconds();

    OffsetDateTimes() {
      super("offsettime", InstantCodec.SIZE + 3, OffsetDateTime.class);
    }

    @Override
    public void encode(OffsetDateTime value, Sink sink) {
      InstantCodec.INSTANTS.encode(value.toInstant(), sink);
      int offset = value.getOffset().getTotalSeconds() - FIRST_OFFSET;
      sink.putByte(offset >> 16);
      sink.putShortBE(offset);
    }

    @Override
    OffsetDateTime get(Source source) {
      Instant instant = InstantCodec.INSTANTS.get(source);
      int high = Byte.toUnsignedInt(source.getByte()) << 16;
      int offset = (high | Short.toUnsignedInt(source.getShortBE())) + FIRST_OFFSET;
      try {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.ofTotalSeconds(offset));
      } catch (DateTimeException e) {
        throw new CodecException(
            id(), instant + " with an offset of " + offset + " s", "a time of OffsetDateTime", e);
      }
    }
  }

  private static final class ZonedDateTimes implements Codec<ZonedDateTime> {
    @Override
    public String id() {
      return "zonedtime";
    }

    @Override
    public Class<?> valueType() {
      return ZonedDateTime.class;
    }

    @Override
    public boolean ordered() {
      return true;
    }

    @Override
    public void encode(ZonedDateTime value, Sink sink) {
      InstantCodec.INSTANTS.encode(value.toInstant(), sink);
      Utf8Codec.UTF8.encode(value.getZone().getId(), sink);
    }

    @Override
    public void encodeNested(ZonedDateTime value, Sink sink) {
      InstantCodec.INSTANTS.encode(value.toInstant(), sink);
      Utf8Codec.UTF8.encodeNested(value.getZone().getId(), sink);
    }

    @Override
    public ZonedDateTime decode(Source source) {
      Instant instant = InstantCodec.INSTANTS.decodeNested(source);
      return zoned(instant, Utf8Codec.UTF8.decode(source));
    }

    @Override
    public ZonedDateTime decodeNested(Source source) {
      Instant instant = InstantCodec.INSTANTS.decodeNested(source);
      return zoned(instant, Utf8Codec.UTF8.decodeNested(source));
    }

    private ZonedDateTime zoned(Instant instant, String zone) {
      try {
        ZoneId known = ZoneId.of(zone);
        if (known.getId().equals(zone)) {
          return ZonedDateTime.ofInstant(instant, known);
        }
      } catch (DateTimeException e) {
        throw new CodecException(
            id(),
            instant + " in zone " + zone,
            "a time of ZonedDateTime, in a zone of this JVM",
            e);
      }
      throw new CodecException(id(), "zone " + zone, "the id of a zone");
    }
  }

  private static void putDate(LocalDate date, Sink sink) {
    long bits = (date.getYear() + YEARS) << 9 | date.getMonthValue() << 5 | date.getDayOfMonth();
    sink.putByte((int) (bits >>> Integer.SIZE));
    sink.putIntBE((int) bits);
  }

  private static LocalDate getDate(String id, Source source) {
    long high = Byte.toUnsignedLong(source.getByte()) << Integer.SIZE;
    long bits = high | Integer.toUnsignedLong(source.getIntBE());
    int year = (int) ((bits >>> 9) - YEARS);
    int month = ((int) bits >>> 5) & 0xF;
    int day = (int) bits & 0x1F;
    try {
      return LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      throw new CodecException(
          id, "year " + year + ", month " + month + ", day " + day, "a date of LocalDate", e);
    }
  }

  private static void putTime(LocalTime time, Sink sink) {
    long nano = time.toNanoOfDay();
    sink.putShortBE((int) (nano >>> Integer.SIZE));
    sink.putIntBE((int) nano);
  }

  private static LocalTime getTime(String id, Source source) {
    long high = Short.toUnsignedLong(source.getShortBE()) << Integer.SIZE;
    long nano = high | Integer.toUnsignedLong(source.getIntBE());
    long last = LocalTime.MAX.toNanoOfDay();
    if (nano > last) {
      throw new CodecException(id, "nanosecond " + nano + " of a day", "0 to " + last);
    }
    return LocalTime.ofNanoOfDay(nano);
  }
}
