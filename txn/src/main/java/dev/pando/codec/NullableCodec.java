package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * One byte 0x00 for null, and one byte 0x01 before every other value.
 *
 * @param <T> the values other than null
 */
final class NullableCodec<T> implements StartCodec<@Nullable T>, RowEndCodec<@Nullable T> {
  private static final int NULL = 0;
  private static final int PRESENT = 1;

  private final Codec<T> codec;
  private final String id;

  NullableCodec(Codec<T> codec) {
    this.codec = codec;
    this.id = "nullable(" + codec.id() + ")";
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return codec.valueType();
  }

  @Override
  public boolean ordered() {
    return codec.ordered();
  }

  @Override
  public boolean takesNull() {
    return true;
  }

  @Override
  public void encode(@Nullable T value, Sink sink) {
    if (value == null) {
      sink.putByte(NULL);
    } else {
      sink.putByte(PRESENT);
      codec.encode(value, sink);
    }
  }

  @Override
  public @Nullable T decode(Source source) {
    if (readPresent(source)) {
      return codec.decode(source);
    }
    if (source.remaining() != 0) {
      throw new CodecException(id, source.remaining() + " bytes after null", "none");
    }
    return null;
  }

  @Override
  public void encodeNested(@Nullable T value, Sink sink) {
    if (value == null) {
      sink.putByte(NULL);
    } else {
      sink.putByte(PRESENT);
      codec.encodeNested(value, sink);
    }
  }

  @Override
  public @Nullable T decodeNested(Source source) {
    return readPresent(source) ? codec.decodeNested(source) : null;
  }

  private boolean readPresent(Source source) {
    if (source.remaining() == 0) {
      throw new CodecException(id, "0 bytes", "1 or more");
    }
    byte stored = source.getByte();
    if (stored != NULL && stored != PRESENT) {
      throw new CodecException(id, String.format("0x%02X", stored), "0x00 or 0x01");
    }
    return stored == PRESENT;
  }

  @Override
  public NullableCodec<T> last() {
    return of(RowEnd.last(codec));
  }

  @Override
  public @Nullable NullableCodec<T> either() {
    Codec<T> either = RowEnd.either(codec);
    return either == null ? null : of(either);
  }

  private NullableCodec<T> of(Codec<T> other) {
    return other == codec ? this : new NullableCodec<>(other);
  }

  @Override
  public boolean hasStarts() {
    return codec instanceof StartCodec<T> starting && starting.hasStarts();
  }

  @Override
  public void encodeStart(@Nullable T start, boolean nested, Sink sink) {
    if (codec instanceof StartCodec<T> starting && start != null) {
      sink.putByte(PRESENT);
      starting.encodeStart(start, nested, sink);
    }
  }
}
