package dev.pando.codec;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Decimal numbers in numeric order, and numbers that are equal by their scale. A number other than
 * zero is 0.d1d2... times a power of ten: the exponent, the digits without zeros at their end, and
 * how many of these zeros there were. Both forms are the same.
 *
 * <p>Two digits are one byte: twice their number, and 1 more if other digits follow. The exponent
 * and the digits of a negative number are inverted; the zeros are not, so that 1.0 comes before
 * 1.00, and -1.0 before -1.00.
 */
final class BigDecimalCodec implements RowEndCodec<BigDecimal> {
  static final BigDecimalCodec DECIMALS = new BigDecimalCodec();

  /** The most zeros at the end of a number's digits. It bounds the work for crafted bytes. */
  static final int MAX_ZEROS = 1_000_000;

  /** The first byte of zero. Its scale follows. */
  private static final int ZERO = 0x80;

  /** An exponent of 0; those up to {@link #NEAR} from it are one byte. */
  private static final int MIDDLE = 0xC0;

  private static final int NEAR = 60;

  /** The first bytes of all other exponents; eight bytes follow. */
  private static final int BELOW = MIDDLE - NEAR - 1;

  private static final int ABOVE = MIDDLE + NEAR + 1;

  /** A byte of zeros after which another one follows. */
  private static final int MORE_ZEROS = 0xFF;

  /** Digits that are converted at once; the JDK's time grows with their square. */
  private static final int DIRECT = 1000;

  private BigDecimalCodec() {}

  @Override
  public String id() {
    return "decimal";
  }

  @Override
  public Class<?> valueType() {
    return BigDecimal.class;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public Codec<BigDecimal> last() {
    return this;
  }

  @Override
  public Codec<BigDecimal> either() {
    return this;
  }

  @Override
  public void encode(BigDecimal value, Sink sink) {
    int sign = value.signum();
    if (sign == 0) {
      sink.putByte(ZERO);
      putExponent(value.scale(), sink);
      return;
    }
    String digits = value.unscaledValue().abs().toString();
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    if (digits.length() - end > MAX_ZEROS) {
      throw new IllegalArgumentException(
          "number ends in %d zeros, allowed at most %d; call stripTrailingZeros"
              .formatted(digits.length() - end, MAX_ZEROS));
    }
    int start = sink.length();
    putExponent((long) digits.length() - value.scale(), sink);
    for (int at = 0; at < end; at += 2) {
      int pair = 10 * (digits.charAt(at) - '0') + (at + 1 < end ? digits.charAt(at + 1) - '0' : 0);
      sink.putByte(2 * pair + (at + 2 < end ? 1 : 0));
    }
    if (sign < 0) {
      sink.invertFrom(start);
    }
    int zeros = digits.length() - end;
    for (; zeros >= MORE_ZEROS; zeros -= MORE_ZEROS) {
      sink.putByte(MORE_ZEROS);
    }
    sink.putByte(zeros);
  }

  @Override
  public void encodeNested(BigDecimal value, Sink sink) {
    encode(value, sink);
  }

  @Override
  public BigDecimal decode(Source source) {
    BigDecimal value = decodeNested(source);
    if (source.remaining() != 0) {
      throw new CodecException(
          id(), source.remaining() + " bytes after the end of the number", "none");
    }
    return value;
  }

  @Override
  public BigDecimal decodeNested(Source source) {
    need(1, source);
    int first = Byte.toUnsignedInt(source.peek(0));
    if (first == ZERO) {
      source.skip(1);
      return new BigDecimal(BigInteger.ZERO, scale(getExponent(source)));
    }
    boolean negative = first < ZERO;
    if (negative) {
      source.invert();
    }
    long exponent;
    String digits;
    try {
      exponent = getExponent(source);
      digits = getDigits(source);
    } finally {
      if (negative) {
        source.invert();
      }
    }
    int zeros = getZeros(source);
    int scale = scale(digits.length() - exponent + zeros);
    BigInteger unscaled = integer(digits, 0, digits.length());
    if (zeros > 0) {
      unscaled = unscaled.multiply(BigInteger.TEN.pow(zeros));
    }
    return new BigDecimal(negative ? unscaled.negate() : unscaled, scale);
  }

  private static void putExponent(long exponent, Sink sink) {
    if (Math.abs(exponent) <= NEAR) {
      sink.putByte(MIDDLE + (int) exponent);
    } else {
      sink.putByte(exponent < 0 ? BELOW : ABOVE);
      sink.putLongBE(exponent ^ Long.MIN_VALUE);
    }
  }

  private long getExponent(Source source) {
    need(1, source);
    int first = Byte.toUnsignedInt(source.getByte());
    if (first > BELOW && first < ABOVE) {
      return (long) first - MIDDLE;
    }
    if (first != BELOW && first != ABOVE) {
      throw new CodecException(id(), String.format("0x%02X", first), "an exponent");
    }
    need(Long.BYTES, source);
    long exponent = source.getLongBE() ^ Long.MIN_VALUE;
    long limit = 2L * Integer.MAX_VALUE + 2;
    if (first == BELOW ? exponent >= -NEAR : exponent <= NEAR) {
      throw new CodecException(id(), "exponent " + exponent + " in 9 bytes", "one byte for it");
    }
    if (Math.abs(exponent) > limit) {
      throw new CodecException(id(), "exponent " + exponent, -limit + " to " + limit);
    }
    return exponent;
  }

  private String getDigits(Source source) {
    int pairs = 1;
    need(1, source);
    while ((source.peek(pairs - 1L) & 1) != 0) {
      pairs++;
      need(pairs, source);
    }
    StringBuilder digits = new StringBuilder(2 * pairs);
    int pair = 0;
    for (int i = 0; i < pairs; i++) {
      pair = Byte.toUnsignedInt(source.getByte()) >> 1;
      if (pair > 99 || (i == 0 && pair < 10)) {
        throw new CodecException(id(), "digits " + pair, (i == 0 ? "10" : "0") + " to 99");
      }
      digits.append((char) ('0' + pair / 10)).append((char) ('0' + pair % 10));
    }
    if (pair == 0) {
      throw new CodecException(id(), "last digits 00", "none, as zeros are counted apart");
    }
    if (pair % 10 == 0) {
      digits.setLength(digits.length() - 1);
    }
    return digits.toString();
  }

  private int getZeros(Source source) {
    int zeros = 0;
    int next;
    do {
      need(1, source);
      next = Byte.toUnsignedInt(source.getByte());
      zeros += next;
      if (zeros > MAX_ZEROS) {
        throw new CodecException(id(), zeros + " zeros or more", "at most " + MAX_ZEROS);
      }
    } while (next == MORE_ZEROS);
    return zeros;
  }

  private int scale(long scale) {
    if (scale != (int) scale) {
      throw new CodecException(id(), "scale " + scale, "an int");
    }
    return (int) scale;
  }

  private void need(int bytes, Source source) {
    if (source.remaining() < bytes) {
      throw new CodecException(id(), source.remaining() + " bytes left", bytes + " or more");
    }
  }

  /** Halves a long number, so that the time does not grow with the square of its length. */
  private static BigInteger integer(String digits, int begin, int end) {
    if (end - begin <= DIRECT) {
      return new BigInteger(digits.substring(begin, end));
    }
    int middle = (begin + end) >>> 1;
    return integer(digits, begin, middle)
        .multiply(BigInteger.TEN.pow(end - middle))
        .add(integer(digits, middle, end));
  }
}
