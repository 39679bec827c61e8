package dev.pando.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists, in their own order.
 *
 * @param <E> the elements
 */
final class ListCodec<E extends @Nullable Object> extends ElementsCodec<E, List<E>> {
  ListCodec(Codec<E> codec) {
    super("list", List.class, codec);
  }

  @Override
  @SuppressWarnings("NullAway") // an element is null only if E is
  void put(Iterable<E> value, boolean nested, Sink sink) {
    Elements<E> elements = elements();
    for (E element : value) {
      elements.put(element, sink);
    }
    Elements.end(nested, sink);
  }

  @Override
  List<E> get(boolean nested, Source source) {
    return Collections.unmodifiableList(getAll(nested, source));
  }

  /** The elements, in a list that the caller may change. */
  List<E> getAll(boolean nested, Source source) {
    Elements<E> elements = elements();
    List<E> value = new ArrayList<>();
    while (elements.hasNext(nested, source)) {
      value.add(elements.get(source));
    }
    return value;
  }
}
