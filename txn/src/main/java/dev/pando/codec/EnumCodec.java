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
final class EnumCodec<E extends Enum<E>> implements RowEndCodec<E> {
  private final Class<E> type;
  private final Map<String, E> constants;

  /** Of the names, for the component's place in a row. */
  private final Codec<String> names;

  EnumCodec(Class<E> type) {
    this(
        type,
        Arrays.stream(constantsOf(type))
            .collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity())),
        Utf8Codec.UTF8);
  }

  private EnumCodec(Class<E> type, Map<String, E> constants, Codec<String> names) {
    this.type = type;
    this.constants = constants;
    this.names = names;
  }

  private static <E> E[] constantsOf(Class<E> type) {
    E[] constants = type.getEnumConstants();
    if (constants == null) {
      throw new IllegalArgumentException(
          type.getName() + " is no enum; the class of a constant is its getDeclaringClass()");
    }
    return constants;
  }

  /** For an enum that is known at run time only. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // the class of an enum is the class of its constants
  static Codec<?> of(Class<?> type) {
    return new EnumCodec(type.asSubclass(Enum.class));
  }

  @Override
  public Codec<E> last() {
    return new EnumCodec<>(type, constants, Utf8EndCodec.LAST);
  }

  @Override
  public Codec<E> either() {
    return new EnumCodec<>(type, constants, Utf8EndCodec.EITHER);
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
    names.encode(name(value), sink);
  }

  @Override
  public void encodeNested(E value, Sink sink) {
    names.encodeNested(name(value), sink);
  }

  private String name(E value) {
    if (value.getDeclaringClass() != type) { // through a raw type
      throw new ClassCastException(
          value.getDeclaringClass().getName() + " cannot be cast to " + type.getName());
    }
    return value.name();
  }

  @Override
  public E decode(Source source) {
    return constant(names.decode(source));
  }

  @Override
  public E decodeNested(Source source) {
    return constant(names.decodeNested(source));
  }

  private E constant(String name) {
    E constant = constants.get(name);
    if (constant == null) {
      throw new CodecException(id(), "name " + name, "a constant of " + type.getName());
    }
    return constant;
  }
}
