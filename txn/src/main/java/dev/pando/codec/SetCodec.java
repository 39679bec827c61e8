package dev.pando.codec;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sets, element by element, as {@link Elements} says, in the order of their elements' bytes.
 *
 * @param <E> the elements
 */
final class SetCodec<E extends @Nullable Object> implements Codec<Set<E>> {
  private final Codec<E> codec;
  private final Elements<E> elements;
  private final String id;

  SetCodec(Codec<E> codec) {
    this.codec = codec;
    this.id = "set(" + codec.id() + ")";
    this.elements = new Elements<>("element", codec, id);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return Set.class;
  }

  @Override
  public boolean ordered() {
    return codec.ordered();
  }

  @Override
  public void encode(Set<E> value, Sink sink) {
    put(value, false, sink);
  }

  @Override
  public void encodeNested(Set<E> value, Sink sink) {
    put(value, true, sink);
  }

  @Override
  public Set<E> decode(Source source) {
    return get(false, source);
  }

  @Override
  public Set<E> decodeNested(Source source) {
    return get(true, source);
  }

  @SuppressWarnings("NullAway") // an element is null only if E is
  private void put(Set<E> value, boolean nested, Sink sink) {
    SortedPieces pieces = new SortedPieces(sink);
    for (E element : value) {
      pieces.begin();
      elements.put(element, sink);
      pieces.endKey();
    }
    pieces.sort(id);
    Elements.end(nested, sink);
  }

  private Set<E> get(boolean nested, Source source) {
    Set<E> value = new LinkedHashSet<>();
    AscendingKeys keys = new AscendingKeys(id, source);
    while (elements.hasNext(nested, source)) {
      keys.begin();
      E element = elements.get(source);
      keys.end(value.add(element));
    }
    return Collections.unmodifiableSet(value);
  }
}
