package dev.pando.codec;

/**
 * Arrays of primitives: the bytes of each element, one after the other, in the whole form. The
 * nested form is the default one. {@link BytesCodec} has the arrays of bytes.
 *
 * @param <A> the arrays
 */
abstract class PrimitiveArrayCodec<A> implements Codec<A> {
  private final Class<A> type;
  private final String id;
  private final int size;

  private PrimitiveArrayCodec(Class<A> type, FixedCodec<?> element, int size) {
    this.type = type;
    this.id = "array(" + element.id() + ")";
    this.size = size;
  }

  /** Reads that many elements; the source has enough bytes. */
  abstract A get(int count, Source source);

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final Class<?> valueType() {
    return type;
  }

  @Override
  public final boolean ordered() {
    return true;
  }

  @Override
  public final A decode(Source source) {
    long length = source.remaining();
    if (length % size != 0 || length > Integer.MAX_VALUE) {
      throw new CodecException(id, length + " bytes", "a multiple of " + size);
    }
    return get((int) (length / size), source);
  }

  /** Arrays of {@code long}. */
  static final class Longs extends PrimitiveArrayCodec<long[]> {
    Longs() {
      super(long[].class, NumberCodecs.I64, Long.BYTES);
    }

    @Override
    public void encode(long[] value, Sink sink) {
      for (long element : value) {
        NumberCodecs.I64.putPrimitive(element, sink);
      }
    }

    @Override
    long[] get(int count, Source source) {
      long[] value = new long[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.I64.getPrimitive(source);
      }
      return value;
    }
  }

  /** Arrays of {@code int}. */
  static final class Ints extends PrimitiveArrayCodec<int[]> {
    Ints() {
      super(int[].class, NumberCodecs.I32, Integer.BYTES);
    }

    @Override
    public void encode(int[] value, Sink sink) {
      for (int element : value) {
        NumberCodecs.I32.putPrimitive(element, sink);
      }
    }

    @Override
    int[] get(int count, Source source) {
      int[] value = new int[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.I32.getPrimitive(source);
      }
      return value;
    }
  }

  /** Arrays of {@code short}. */
  static final class Shorts extends PrimitiveArrayCodec<short[]> {
    Shorts() {
      super(short[].class, NumberCodecs.I16, Short.BYTES);
    }

    @Override
    public void encode(short[] value, Sink sink) {
      for (short element : value) {
        NumberCodecs.I16.putPrimitive(element, sink);
      }
    }

    @Override
    short[] get(int count, Source source) {
      short[] value = new short[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.I16.getPrimitive(source);
      }
      return value;
    }
  }

  /** Arrays of {@code char}. */
  static final class Chars extends PrimitiveArrayCodec<char[]> {
    Chars() {
      super(char[].class, NumberCodecs.CHAR, Character.BYTES);
    }

    @Override
    public void encode(char[] value, Sink sink) {
      for (char element : value) {
        NumberCodecs.CHAR.putPrimitive(element, sink);
      }
    }

    @Override
    char[] get(int count, Source source) {
      char[] value = new char[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.CHAR.getPrimitive(source);
      }
      return value;
    }
  }

  /** Arrays of {@code double}. */
  static final class Doubles extends PrimitiveArrayCodec<double[]> {
    Doubles() {
      super(double[].class, NumberCodecs.F64, Double.BYTES);
    }

    @Override
    public void encode(double[] value, Sink sink) {
      for (double element : value) {
        NumberCodecs.F64.putPrimitive(element, sink);
      }
    }

    @Override
    double[] get(int count, Source source) {
      double[] value = new double[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.F64.getPrimitive(source);
      }
      return value;
    }
  }

  /** Arrays of {@code float}. */
  static final class Floats extends PrimitiveArrayCodec<float[]> {
    Floats() {
      super(float[].class, NumberCodecs.F32, Float.BYTES);
    }

    @Override
    public void encode(float[] value, Sink sink) {
      for (float element : value) {
        NumberCodecs.F32.putPrimitive(element, sink);
      }
    }

    @Override
    float[] get(int count, Source source) {
      float[] value = new float[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.F32.getPrimitive(source);
      }
      return value;
    }
  }

  /** Arrays of {@code boolean}. */
  static final class Booleans extends PrimitiveArrayCodec<boolean[]> {
    Booleans() {
      super(boolean[].class, NumberCodecs.BOOL, Byte.BYTES);
    }

    @Override
    public void encode(boolean[] value, Sink sink) {
      for (boolean element : value) {
        NumberCodecs.BOOL.putPrimitive(element, sink);
      }
    }

    @Override
    boolean[] get(int count, Source source) {
      boolean[] value = new boolean[count];
      for (int i = 0; i < count; i++) {
        value[i] = NumberCodecs.BOOL.getPrimitive(source);
      }
      return value;
    }
  }
}
