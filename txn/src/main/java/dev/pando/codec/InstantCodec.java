package dev.pando.codec;

import java.time.Instant;

/** Instants: the second as a signed long, then the nanosecond as an int. */
final class InstantCodec extends FixedCodec<Instant> {
  static final InstantCodec INSTANTS = new InstantCodec();

  /** Bytes of every instant. */
  static final int SIZE = Long.BYTES + Integer.BYTES;

  private static final long FIRST_SECOND = Instant.MIN.getEpochSecond();
  private static final long LAST_SECOND = Instant.MAX.getEpochSecond();
  private static final int LAST_NANO = 999_999_999;

  private InstantCodec() {
    super("instant", SIZE, Instant.class);
  }

  @Override
  public void encode(Instant value, Sink sink) {
    sink.putLongBE(value.getEpochSecond() ^ Long.MIN_VALUE);
    sink.putIntBE(value.getNano());
  }

  @Override
  Instant get(Source source) {
    long second = source.getLongBE() ^ Long.MIN_VALUE;
    int nano = source.getIntBE();
    if (second < FIRST_SECOND || second > LAST_SECOND) {
      throw new CodecException(id(), "second " + second, FIRST_SECOND + " to " + LAST_SECOND);
    }
    if (nano < 0 || nano > LAST_NANO) {
      throw new CodecException(
          id(), "nanosecond " + Integer.toUnsignedString(nano), "0 to " + LAST_NANO);
    }
    return Instant.ofEpochSecond(second, nano);
  }
}
