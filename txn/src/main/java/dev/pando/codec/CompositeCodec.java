package dev.pando.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values made of components, each in its nested form, except the last one, which has the form of
 * the whole. Comparing the bytes compares component by component, because no nested form is the
 * beginning of another.
 *
 * @param <T> the values
 */
abstract class CompositeCodec<T> implements RowEndCodec<T> {
  private final String id;
  private final List<Component<?>> components;
  private final boolean ordered;

  CompositeCodec(String id, List<Component<?>> components) {
    this.id = id;
    this.components = components;
    this.ordered = components.stream().allMatch(component -> component.codec().ordered());
  }

  /** Writes all components. */
  abstract void encode(T value, boolean nested, Sink sink);

  /** Reads all components. */
  abstract T decode(boolean nested, Source source);

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final boolean ordered() {
    return ordered;
  }

  /** The components in their order. */
  final List<Component<?>> components() {
    return components;
  }

  /** For a tuple: the same bytes. */
  @Override
  public @Nullable Codec<T> last() {
    return either();
  }

  /** For a tuple whose last component has the same bytes in both forms. */
  @Override
  public @Nullable Codec<T> either() {
    return !components.isEmpty() && RowEnd.isPlain(components.getLast().codec()) ? this : null;
  }

  @Override
  public final void encode(T value, Sink sink) {
    encode(value, false, sink);
  }

  @Override
  public final void encodeNested(T value, Sink sink) {
    encode(value, true, sink);
  }

  @Override
  public final T decode(Source source) {
    return decode(false, source);
  }

  @Override
  public final T decodeNested(Source source) {
    return decode(true, source);
  }
}
