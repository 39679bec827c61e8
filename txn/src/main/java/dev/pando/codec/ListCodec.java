package dev.pando.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists, element by element, as {@link Elements} says.
 *
 * @param <E> the elements
 */
final class ListCodec<E extends @Nullable Object> implements Codec<List<E>> {
  private final Codec<E> codec;
  private final Elements<E> elements;
  private final String id;

  ListCodec(Codec<E> codec) {
    this.codec = codec;
    this.id = "list(" + codec.id() + ")";
    this.elements = new Elements<>("element", codec, id);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return List.class;
  }

  @Override
  public boolean ordered() {
    return codec.ordered();
  }

  @Override
  public void encode(List<E> value, Sink sink) {
    put(value, false, sink);
  }

  @Override
  public void encodeNested(List<E> value, Sink sink) {
    put(value, true, sink);
  }

  @Override
  public List<E> decode(Source source) {
    return Collections.unmodifiableList(get(false, source));
  }

  @Override
  public List<E> decodeNested(Source source) {
    return Collections.unmodifiableList(get(true, source));
  }

  @SuppressWarnings("NullAway") // an element is null only if E is
  void put(Iterable<E> value, boolean nested, Sink sink) {
    for (E element : value) {
      elements.put(element, sink);
    }
    Elements.end(nested, sink);
  }

  List<E> get(boolean nested, Source source) {
    List<E> value = new ArrayList<>();
    while (elements.hasNext(nested, source)) {
      value.add(elements.get(source));
    }
    return value;
  }
}
