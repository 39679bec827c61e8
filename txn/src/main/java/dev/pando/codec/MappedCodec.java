package dev.pando.codec;

import dev.pando.error.StorageException;
import java.net.URI;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values that two functions convert to and from those of another codec.
 *
 * @param <T> the values of the other codec
 * @param <U> the values
 */
final class MappedCodec<T extends @Nullable Object, U extends @Nullable Object>
    implements RowEndCodec<U> {
  static final Codec<URI> URIS =
      new MappedCodec<>("uri", URI.class, Utf8Codec.UTF8, true, URI::create, URI::toString);

  private final String id;
  private final Class<?> type;
  private final Codec<T> codec;
  private final boolean ordered;
  private final Function<? super T, ? extends U> to;
  private final Function<? super U, ? extends T> from;

  MappedCodec(
      String id,
      Class<?> type,
      Codec<T> codec,
      boolean ordered,
      Function<? super T, ? extends U> to,
      Function<? super U, ? extends T> from) {
    Objects.requireNonNull(id, "the id of the codec is null");
    if (ordered && !codec.ordered()) {
      throw new IllegalArgumentException(
          "codec " + codec.id() + " has no order that codec " + id + " could keep");
    }
    this.id = id;
    this.type = type;
    this.codec = codec;
    this.ordered = ordered;
    this.to = Objects.requireNonNull(to, "the function for values that were read is null");
    this.from = Objects.requireNonNull(from, "the function for values to write is null");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public boolean ordered() {
    return ordered;
  }

  /** Only if the values of the other codec show their end, and need no form of their own for it. */
  @Override
  public @Nullable Codec<U> last() {
    return either();
  }

  @Override
  public @Nullable Codec<U> either() {
    return RowEnd.isPlain(codec) ? this : null;
  }

  @Override
  public void encode(U value, Sink sink) {
    codec.encode(from.apply(value), sink);
  }

  @Override
  public U decode(Source source) {
    return convert(codec.decode(source));
  }

  @Override
  public void encodeNested(U value, Sink sink) {
    codec.encodeNested(from.apply(value), sink);
  }

  @Override
  public U decodeNested(Source source) {
    return convert(codec.decodeNested(source));
  }

  private U convert(T stored) {
    try {
      return to.apply(stored);
    } catch (CodecException | StorageException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CodecException(
          id, LeadingBytes.show(stored) + ", which its function refuses: " + e, "others", e);
    }
  }
}
