package dev.pando.codec;

import java.math.BigInteger;

/**
 * Integers of any size: their length, and their two's complement in as few bytes as possible. More
 * bytes are a greater magnitude, so the first byte counts up from 0x80 for positive numbers and
 * down for negative ones. Both forms are the same.
 */
final class BigIntegerCodec implements RowEndCodec<BigInteger> {
  static final BigIntegerCodec INTEGERS = new BigIntegerCodec();

  /** The first byte of a number of no bytes, which there is not. */
  private static final int MIDDLE = 0x80;

  /** The most bytes that the first byte counts. */
  private static final int MAX_SHORT = 0x7E;

  /** The first bytes of longer numbers; the length follows in four bytes. */
  private static final int LONG_POSITIVE = 0xFF;

  private static final int LONG_NEGATIVE = 0x01;

  private BigIntegerCodec() {}

  @Override
  public String id() {
    return "bigint";
  }

  @Override
  public Class<?> valueType() {
    return BigInteger.class;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public Codec<BigInteger> last() {
    return this;
  }

  @Override
  public Codec<BigInteger> either() {
    return this;
  }

  @Override
  public void encode(BigInteger value, Sink sink) {
    byte[] bytes = value.toByteArray();
    int direction = value.signum() < 0 ? -1 : 1;
    if (bytes.length <= MAX_SHORT) {
      sink.putByte(MIDDLE + direction * bytes.length);
    } else if (direction > 0) {
      sink.putByte(LONG_POSITIVE);
      sink.putIntBE(bytes.length);
    } else {
      sink.putByte(LONG_NEGATIVE);
      sink.putIntBE(~bytes.length);
    }
    sink.putBytes(bytes);
  }

  @Override
  public void encodeNested(BigInteger value, Sink sink) {
    encode(value, sink);
  }

  @Override
  public BigInteger decode(Source source) {
    BigInteger value = decodeNested(source);
    if (source.remaining() != 0) {
      throw new CodecException(
          id(), source.remaining() + " bytes after the end of the number", "none");
    }
    return value;
  }

  @Override
  public BigInteger decodeNested(Source source) {
    if (source.remaining() == 0) {
      throw new CodecException(id(), "0 bytes", "2 or more");
    }
    int first = Byte.toUnsignedInt(source.getByte());
    long length =
        switch (first) {
          case LONG_POSITIVE -> longLength(source, 0);
          case LONG_NEGATIVE -> longLength(source, -1);
          default -> Math.abs(first - MIDDLE);
        };
    if (first == 0 || length == 0 || length > source.remaining()) {
      throw new CodecException(
          id(), "a number of " + length + " bytes", "1 to " + source.remaining());
    }
    byte[] bytes = source.bytes(length);
    boolean negative = bytes[0] < 0;
    boolean minimal = bytes.length == 1 || (bytes[0] != 0 && bytes[0] != -1) || isSign(bytes);
    if (negative != first < MIDDLE || !minimal) {
      throw new CodecException(
          id(), "a number with another sign or length", "the shortest form with its sign");
    }
    try {
      return new BigInteger(bytes);
    } catch (ArithmeticException e) {
      throw new CodecException(id(), "a number of " + length + " bytes", "what BigInteger has", e);
    }
  }

  /** Whether the first byte, 0 or -1, is needed, as the second one alone has another sign. */
  private static boolean isSign(byte[] bytes) {
    return bytes[1] < 0 != bytes[0] < 0;
  }

  private long longLength(Source source, int mask) {
    if (source.remaining() < Integer.BYTES) {
      throw new CodecException(id(), source.remaining() + " bytes of a length", "4 or more");
    }
    int length = source.getIntBE() ^ mask;
    if (length <= MAX_SHORT) {
      throw new CodecException(
          id(), "length " + Integer.toUnsignedString(length), "more than " + MAX_SHORT);
    }
    return length;
  }
}
