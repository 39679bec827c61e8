package dev.pando.codec;

/**
 * Numbers and truth values. Each kind has a pair of methods besides its codec's that take and
 * return the primitive, so that records of primitives are encoded and decoded without boxing.
 */
final class NumberCodecs {
  static final Longs U64 = new Longs("u64", 0);
  static final Longs I64 = new Longs("i64", Long.MIN_VALUE);
  static final Ints U32 = new Ints("u32", 0);
  static final Ints I32 = new Ints("i32", Integer.MIN_VALUE);
  static final Shorts I16 = new Shorts();
  static final Bytes I8 = new Bytes();
  static final Chars CHAR = new Chars();
  static final Doubles F64 = new Doubles();
  static final Floats F32 = new Floats();
  static final Booleans BOOL = new Booleans();

  private NumberCodecs() {}

  /**
   * Eight bytes; the flip of the sign bit turns the unsigned order of bytes into the signed one.
   */
  static final class Longs extends FixedCodec<Long> {
    private final long flip;

    Longs(String id, long flip) {
      super(id, Long.BYTES, Long.class);
      this.flip = flip;
    }

    void putPrimitive(long value, Sink sink) {
      sink.putLongBE(value ^ flip);
    }

    long decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    long getPrimitive(Source source) {
      return source.getLongBE() ^ flip;
    }

    @Override
    public void encode(Long value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Long get(Source source) {
      return getPrimitive(source);
    }
  }

  /** Four bytes, in the same way as {@link Longs}. */
  static final class Ints extends FixedCodec<Integer> {
    private final int flip;

    Ints(String id, int flip) {
      super(id, Integer.BYTES, Integer.class);
      this.flip = flip;
    }

    void putPrimitive(int value, Sink sink) {
      sink.putIntBE(value ^ flip);
    }

    int decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    int getPrimitive(Source source) {
      return source.getIntBE() ^ flip;
    }

    @Override
    public void encode(Integer value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Integer get(Source source) {
      return getPrimitive(source);
    }
  }

  /**
   * Eight bytes: positive numbers already have the order of their bits and only move above the
   * negative ones, whose bits are all inverted because the larger magnitude is the smaller number.
   */
  static final class Doubles extends FixedCodec<Double> {
    Doubles() {
      super("f64", Double.BYTES, Double.class);
    }

    void putPrimitive(double value, Sink sink) {
      long bits = Double.doubleToLongBits(value);
      sink.putLongBE(bits ^ ((bits >> 63) | Long.MIN_VALUE));
    }

    double decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    double getPrimitive(Source source) {
      long stored = source.getLongBE();
      long bits = stored ^ ((~stored >> 63) | Long.MIN_VALUE);
      double value = Double.longBitsToDouble(bits);
      if (Double.isNaN(value) && Double.doubleToLongBits(value) != bits) {
        throw new CodecException(id(), String.format("NaN 0x%016X", bits), "only the usual NaN");
      }
      return value;
    }

    @Override
    public void encode(Double value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Double get(Source source) {
      return getPrimitive(source);
    }
  }

  /** Two bytes, as {@link Ints}. */
  static final class Shorts extends FixedCodec<Short> {
    Shorts() {
      super("i16", Short.BYTES, Short.class);
    }

    void putPrimitive(short value, Sink sink) {
      sink.putShortBE(value ^ Short.MIN_VALUE);
    }

    short decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    short getPrimitive(Source source) {
      return (short) (source.getShortBE() ^ Short.MIN_VALUE);
    }

    @Override
    public void encode(Short value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Short get(Source source) {
      return getPrimitive(source);
    }
  }

  /** One byte, as {@link Ints}. */
  static final class Bytes extends FixedCodec<Byte> {
    Bytes() {
      super("i8", Byte.BYTES, Byte.class);
    }

    void putPrimitive(byte value, Sink sink) {
      sink.putByte(value ^ Byte.MIN_VALUE);
    }

    byte decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    byte getPrimitive(Source source) {
      return (byte) (source.getByte() ^ Byte.MIN_VALUE);
    }

    @Override
    public void encode(Byte value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Byte get(Source source) {
      return getPrimitive(source);
    }
  }

  /** Two bytes, which are unsigned already. */
  static final class Chars extends FixedCodec<Character> {
    Chars() {
      super("char", Character.BYTES, Character.class);
    }

    void putPrimitive(char value, Sink sink) {
      sink.putShortBE(value);
    }

    char decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    char getPrimitive(Source source) {
      return (char) source.getShortBE();
    }

    @Override
    public void encode(Character value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Character get(Source source) {
      return getPrimitive(source);
    }
  }

  /** Four bytes, as {@link Doubles}. */
  static final class Floats extends FixedCodec<Float> {
    Floats() {
      super("f32", Float.BYTES, Float.class);
    }

    void putPrimitive(float value, Sink sink) {
      int bits = Float.floatToIntBits(value);
      sink.putIntBE(bits ^ ((bits >> 31) | Integer.MIN_VALUE));
    }

    float decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    float getPrimitive(Source source) {
      int stored = source.getIntBE();
      int bits = stored ^ ((~stored >> 31) | Integer.MIN_VALUE);
      float value = Float.intBitsToFloat(bits);
      if (Float.isNaN(value) && Float.floatToIntBits(value) != bits) {
        throw new CodecException(id(), String.format("NaN 0x%08X", bits), "only the usual NaN");
      }
      return value;
    }

    @Override
    public void encode(Float value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Float get(Source source) {
      return getPrimitive(source);
    }
  }

  /** One byte. */
  static final class Booleans extends FixedCodec<Boolean> {
    Booleans() {
      super("bool", Byte.BYTES, Boolean.class);
    }

    void putPrimitive(boolean value, Sink sink) {
      sink.putByte(value ? 1 : 0);
    }

    boolean decodePrimitive(boolean nested, Source source) {
      checkSize(nested, source);
      return getPrimitive(source);
    }

    boolean getPrimitive(Source source) {
      byte stored = source.getByte();
      if (stored != 0 && stored != 1) {
        throw new CodecException(id(), String.format("0x%02X", stored), "0x00 or 0x01");
      }
      return stored == 1;
    }

    @Override
    public void encode(Boolean value, Sink sink) {
      putPrimitive(value, sink);
    }

    @Override
    Boolean get(Source source) {
      return getPrimitive(source);
    }
  }
}
