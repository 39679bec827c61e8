package dev.pando.codec;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link ListCodec}, and so its id.
 *
 * @param <E> the elements
 */
final class ObjectArrayCodec<E extends @Nullable Object> implements Codec<E[]> {
  private final Class<?> element;
  private final ListCodec<E> list;

  /**
   * @param element the class of the elements, not a primitive one
   */
  ObjectArrayCodec(Class<?> element, Codec<E> codec) {
    this.element = element;
    this.list = new ListCodec<>(codec);
  }

  @Override
  public String id() {
    return list.id();
  }

  @Override
  public Class<?> valueType() {
    return element.arrayType();
  }

  @Override
  public boolean ordered() {
    return list.ordered();
  }

  @Override
  public void encode(E[] value, Sink sink) {
    list.put(Arrays.asList(value), false, sink);
  }

  @Override
  public void encodeNested(E[] value, Sink sink) {
    list.put(Arrays.asList(value), true, sink);
  }

  @Override
  public E[] decode(Source source) {
    return array(list.getAll(false, source));
  }

  @Override
  public E[] decodeNested(Source source) {
    return array(list.getAll(true, source));
  }

  private E[] array(List<E> list) {
    @SuppressWarnings("unchecked") // the codec was made for this class
    E[] array = (E[]) Array.newInstance(element, list.size());
    return list.toArray(array);
  }
}
