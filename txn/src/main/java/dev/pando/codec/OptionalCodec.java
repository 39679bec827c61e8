package dev.pando.codec;

import java.util.Optional;

/**
 * The bytes of {@link NullableCodec}, and so its id.
 *
 * @param <T> what may be present
 */
final class OptionalCodec<T> implements Codec<Optional<T>> {
  private final NullableCodec<T> nullable;

  OptionalCodec(Codec<T> codec) {
    this.nullable = new NullableCodec<>(codec);
  }

  @Override
  public String id() {
    return nullable.id();
  }

  @Override
  public Class<?> valueType() {
    return Optional.class;
  }

  @Override
  public boolean ordered() {
    return nullable.ordered();
  }

  @Override
  public void encode(Optional<T> value, Sink sink) {
    nullable.encode(value.orElse(null), sink);
  }

  @Override
  public Optional<T> decode(Source source) {
    return Optional.ofNullable(nullable.decode(source));
  }

  @Override
  public void encodeNested(Optional<T> value, Sink sink) {
    nullable.encodeNested(value.orElse(null), sink);
  }

  @Override
  public Optional<T> decodeNested(Source source) {
    return Optional.ofNullable(nullable.decodeNested(source));
  }
}
