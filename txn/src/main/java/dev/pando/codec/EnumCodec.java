package dev.pando.codec;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Enum constants by name, in the order of their names: constants may be added and moved, and no
 * stored constant changes its meaning.
 *
 * @param <E> the enum
 */
final class EnumCodec<E extends Enum<E>> implements Codec<E> {
  private final Class<E> type;
  private final Map<String, E> constants;

  EnumCodec(Class<E> type) {
    this.type = type;
    this.constants =
        Arrays.stream(type.getEnumConstants())
            .collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));
  }

  /** For an enum that is known at run time only. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // the class of an enum is the class of its constants
  static Codec<?> of(Class<?> type) {
    return new EnumCodec(type.asSubclass(Enum.class));
  }

  @Override
  public String id() {
    return "enum";
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(E value, Sink sink) {
    if (value.getDeclaringClass() != type) { // through a raw type
      throw new ClassCastException(
          value.getDeclaringClass().getName() + " cannot be cast to " + type.getName());
    }
    Utf8.put(value.name(), sink);
  }

  @Override
  public E decode(Source source) {
    return constant(Utf8Codec.UTF8.decode(source));
  }

  @Override
  public E decodeNested(Source source) {
    return constant(Utf8Codec.UTF8.decodeNested(source));
  }

  private E constant(String name) {
    E constant = constants.get(name);
    if (constant == null) {
      throw new CodecException(id(), "name " + name, "a constant of " + type.getName());
    }
    return constant;
  }
}
