package dev.pando.codec;

/**
 * An ordered codec that writes the same number of bytes for every value, and so the same bytes for
 * both forms: one byte at least.
 *
 * @param <T> the values
 */
abstract class FixedCodec<T> implements RowEndCodec<T> {
  private final String id;
  private final int size;
  private final Class<T> type;

  FixedCodec(String id, int size, Class<T> type) {
    this.id = id;
    this.size = size;
    this.type = type;
  }

  /** Reads a value; the source has enough bytes. */
  abstract T get(Source source);

  /** Refuses a source that holds another number of bytes. */
  final void checkSize(boolean nested, Source source) {
    long left = source.remaining();
    if (nested ? left < size : left != size) {
      throw new CodecException(id, left + " bytes", size + (nested ? " or more" : ""));
    }
  }

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
  public final T decode(Source source) {
    checkSize(false, source);
    return get(source);
  }

  @Override
  public final Codec<T> last() {
    return this;
  }

  @Override
  public final Codec<T> either() {
    return this;
  }

  @Override
  public final void encodeNested(T value, Sink sink) {
    encode(value, sink);
  }

  @Override
  public final T decodeNested(Source source) {
    checkSize(true, source);
    return get(source);
  }
}
