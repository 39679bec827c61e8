package dev.pando.codec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of {@link NullableCodec}, and so its id.
 *
 * @param <T> what may be present
 */
final class OptionalCodec<T> implements RowEndCodec<Optional<T>> {
  private final NullableCodec<T> nullable;

  OptionalCodec(Codec<T> codec) {
    this(new NullableCodec<>(codec));
  }

  private OptionalCodec(NullableCodec<T> nullable) {
    this.nullable = nullable;
  }

  @Override
  public Codec<Optional<T>> last() {
    return of(nullable.last());
  }

  @Override
  public @Nullable Codec<Optional<T>> either() {
    NullableCodec<T> either = nullable.either();
    return either == null ? null : of(either);
  }

  private Codec<Optional<T>> of(NullableCodec<T> other) {
    return other == nullable ? this : new OptionalCodec<>(other);
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
