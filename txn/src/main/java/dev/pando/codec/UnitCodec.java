package dev.pando.codec;

import java.util.Objects;

/**
 * One value, in no bytes.
 *
 * @param <T> the class of the value
 */
final class UnitCodec<T> implements Codec<T> {
  private final T unit;

  UnitCodec(T unit) {
    this.unit = Objects.requireNonNull(unit, "the value is null");
  }

  @Override
  public String id() {
    return "unit";
  }

  @Override
  public Class<?> valueType() {
    return unit.getClass();
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(T value, Sink sink) {
    if (!unit.equals(value)) {
      throw new IllegalArgumentException(
          "value " + LeadingBytes.show(value) + ", allowed only " + LeadingBytes.show(unit));
    }
  }

  @Override
  public T decode(Source source) {
    if (source.remaining() != 0) {
      throw new CodecException(id(), source.remaining() + " bytes", "0");
    }
    return unit;
  }

  @Override
  public void encodeNested(T value, Sink sink) {
    encode(value, sink);
  }

  @Override
  public T decodeNested(Source source) {
    return unit;
  }
}
