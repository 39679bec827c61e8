package dev.pando.codec;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Collections, element by element, as {@link Elements} says. Lists and sets differ in the order of
 * their elements, and in what they check of it.
 *
 * @param <E> the elements
 * @param <C> the collections
 */
abstract class ElementsCodec<E extends @Nullable Object, C extends Collection<E>>
    implements Codec<C> {
  private final Class<?> type;
  private final Codec<E> codec;
  private final Elements<E> elements;
  private final String id;

  ElementsCodec(String name, Class<?> type, Codec<E> codec) {
    this.type = type;
    this.codec = codec;
    this.id = name + "(" + codec.id() + ")";
    this.elements = new Elements<>("element", codec, id);
  }

  /** Writes all elements. */
  abstract void put(Iterable<E> value, boolean nested, Sink sink);

  /** Reads all elements into a collection that cannot be changed. */
  abstract C get(boolean nested, Source source);

  final Elements<E> elements() {
    return elements;
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
    return codec.ordered();
  }

  @Override
  public final void encode(C value, Sink sink) {
    put(value, false, sink);
  }

  @Override
  public final void encodeNested(C value, Sink sink) {
    put(value, true, sink);
  }

  @Override
  public final C decode(Source source) {
    return get(false, source);
  }

  @Override
  public final C decodeNested(Source source) {
    return get(true, source);
  }
}
