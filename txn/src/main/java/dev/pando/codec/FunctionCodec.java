package dev.pando.codec;

import dev.pando.error.StorageException;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Values that two functions write and read.
 *
 * @param <T> the values
 */
final class FunctionCodec<T> implements Codec<T> {
  private final String id;
  private final boolean ordered;
  private final BiConsumer<? super T, ? super Sink> encoder;
  private final Function<? super Source, ? extends T> decoder;

  FunctionCodec(
      String id,
      boolean ordered,
      BiConsumer<? super T, ? super Sink> encoder,
      Function<? super Source, ? extends T> decoder) {
    this.id = Objects.requireNonNull(id, "the id of the codec is null");
    this.ordered = ordered;
    this.encoder = Objects.requireNonNull(encoder, "the function that encodes is null");
    this.decoder = Objects.requireNonNull(decoder, "the function that decodes is null");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean ordered() {
    return ordered;
  }

  @Override
  public void encode(T value, Sink sink) {
    encoder.accept(value, sink);
  }

  @Override
  public T decode(Source source) {
    long length = source.remaining();
    try {
      return Objects.requireNonNull(decoder.apply(source), "it returned null");
    } catch (CodecException | IllegalStateException | StorageException e) {
      throw e; // says more, or is about a transaction that the function reads
    } catch (RuntimeException e) {
      throw new CodecException(
          id, length + " bytes that its function refuses: " + e, "what it accepts", e);
    }
  }
}
