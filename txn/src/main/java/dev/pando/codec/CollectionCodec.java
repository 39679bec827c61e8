package dev.pando.codec;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Codecs of lists, sets, maps and arrays. An element may be null if its codec {@linkplain
 * Codec#takesNull takes null}. Thread-safe.
 *
 * {@snippet :
 * Codec<Map<String, List<Integer>>> index =
 *     CollectionCodec.map(Codec.utf8(), CollectionCodec.list(Codec.i32()));
 * }
 */
public final class CollectionCodec {
  private CollectionCodec() {}

  /**
   * Lists, ordered by their first element, then by the second, and so on; a list comes before those
   * that it begins. One byte and the nested form for each element. Ordered if the elements are. Id
   * {@code list(codec)}. The lists that are read cannot be changed.
   */
  public static <E extends @Nullable Object> Codec<List<E>> list(Codec<E> codec) {
    return new ListCodec<>(codec);
  }

  /**
   * Sets, as the list of their elements in the order of their bytes: equal sets have equal bytes,
   * and what is read iterates in that order. Ordered if the elements are. Id {@code set(codec)}.
   * The sets that are read cannot be changed.
   *
   * <p>A set that compares its elements otherwise than by {@code equals}, such as a {@code TreeSet}
   * with a comparator, may hold elements that are equal but have other bytes, or that are not equal
   * but have the same bytes. The first kind is written, and refused when it is read.
   */
  public static <E extends @Nullable Object> Codec<Set<E>> set(Codec<E> codec) {
    return new SetCodec<>(codec);
  }

  /**
   * Maps, as the list of their entries in the order of the bytes of their keys: equal maps have
   * equal bytes, and what is read iterates in that order. Ordered if keys and values are. Id {@code
   * map(key,value)}. The maps that are read cannot be changed.
   *
   * <p>The same holds as for {@link #set} of a map that compares its keys otherwise than by {@code
   * equals}, such as an {@code IdentityHashMap}.
   */
  public static <K extends @Nullable Object, V extends @Nullable Object> Codec<Map<K, V>> map(
      Codec<K> key, Codec<V> value) {
    return new MapCodec<>(key, value);
  }

  /**
   * Arrays whose elements have the codec of their type, as in {@link Codec#record}. Arrays of
   * primitives have the bytes of each element one after the other, and an id such as {@code
   * array(i32)}; {@code byte[]} is {@link Codec#bytes}; others are as {@link #array(Class, Codec)}.
   * Ordered by the first element, then by the second, and so on, if the elements are.
   *
   * @param type the class of the array, such as {@code int[].class}
   * @throws IllegalArgumentException if it is no array, or has elements without a codec
   */
  public static <A> Codec<A> array(Class<A> type) {
    return TypeCodecs.ofArray(type);
  }

  /**
   * Arrays of objects, with the bytes, the order and the id of {@link #list}.
   *
   * @param element the class of the elements
   * @param codec their codec
   */
  public static <E> Codec<E[]> array(Class<E> element, Codec<E> codec) {
    return new ObjectArrayCodec<>(element, codec);
  }
}
