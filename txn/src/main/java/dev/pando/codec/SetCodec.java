package dev.pando.codec;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sets, in the order of their elements' bytes.
 *
 * @param <E> the elements
 */
final class SetCodec<E extends @Nullable Object> extends ElementsCodec<E, Set<E>> {
  SetCodec(Codec<E> codec) {
    super("set", Set.class, codec);
  }

  @Override
  @SuppressWarnings("NullAway") // an element is null only if E is
  void put(Iterable<E> value, boolean nested, Sink sink) {
    Elements<E> elements = elements();
    SortedPieces pieces = new SortedPieces(sink);
    for (E element : value) {
      pieces.begin();
      elements.put(element, sink);
      pieces.endKey();
    }
    pieces.sort(id());
    Elements.end(nested, sink);
  }

  @Override
  Set<E> get(boolean nested, Source source) {
    Elements<E> elements = elements();
    Set<E> value = new LinkedHashSet<>();
    AscendingKeys keys = new AscendingKeys(id(), source);
    while (elements.hasNext(nested, source)) {
      keys.begin();
      E element = elements.get(source);
      keys.end(value.add(element));
    }
    return Collections.unmodifiableSet(value);
  }
}
