package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * The nested form of another codec with every bit inverted, in both forms: in the whole form, a
 * string would come before the strings that begin with it, inverted or not.
 *
 * @param <T> the values
 */
final class DescendingCodec<T extends @Nullable Object> implements StartCodec<T>, RowEndCodec<T> {
  private final Codec<T> codec;
  private final String id;

  DescendingCodec(Codec<T> codec) {
    if (!codec.ordered()) {
      throw new IllegalArgumentException("codec " + codec.id() + " has no order to reverse");
    }
    this.codec = codec;
    this.id = "descending(" + codec.id() + ")";
  }

  /** The codec of the opposite order. */
  Codec<T> codec() {
    return codec;
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
    return true;
  }

  @Override
  public boolean takesNull() {
    return codec.takesNull();
  }

  @Override
  public void encode(T value, Sink sink) {
    encodeNested(value, sink);
  }

  @Override
  public T decode(Source source) {
    T value = decodeNested(source);
    if (source.remaining() != 0) {
      throw new CodecException(
          id, source.remaining() + " bytes after the end of the value", "none");
    }
    return value;
  }

  @Override
  public void encodeNested(T value, Sink sink) {
    int start = sink.length();
    codec.encodeNested(value, sink);
    sink.invertFrom(start);
  }

  @Override
  public T decodeNested(Source source) {
    source.invert();
    try {
      return codec.decodeNested(source);
    } finally {
      source.invert();
    }
  }

  @Override
  public @Nullable Codec<T> last() {
    return either();
  }

  @Override
  public @Nullable Codec<T> either() {
    return RowEnd.isNeverEmptyNested(codec) ? this : null;
  }

  @Override
  public boolean hasStarts() {
    return codec instanceof StartCodec<T> starting && starting.hasStarts();
  }

  @Override
  public void encodeStart(T start, boolean nested, Sink sink) {
    if (codec instanceof StartCodec<T> starting) {
      int at = sink.length();
      starting.encodeStart(start, true, sink);
      sink.invertFrom(at);
    }
  }
}
