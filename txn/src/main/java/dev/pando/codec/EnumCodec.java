package dev.pando.codec;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Enum constants by name, in the order of their names: constants may be added and moved, and no
 * stored constant changes its meaning.
 */
final class EnumCodec implements Codec<Enum<?>> {
  private final Class<?> type;
  private final Map<String, Enum<?>> constants;

  private EnumCodec(Class<?> type) {
    this.type = type;
    this.constants =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> (Enum<?>) constant)
            .collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));
  }

  static Codec<Enum<?>> of(Class<?> type) {
    return new EnumCodec(type);
  }

  @Override
  public String id() {
    return "enum";
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(Enum<?> value, Sink sink) {
    if (value.getDeclaringClass() != type) {
      throw new ClassCastException(
          value.getDeclaringClass().getName() + " cannot be cast to " + type.getName());
    }
    Utf8.put(value.name(), sink);
  }

  @Override
  public Enum<?> decode(Source source) {
    return constant(Utf8Codec.UTF8.decode(source));
  }

  @Override
  public Enum<?> decodeNested(Source source) {
    return constant(Utf8Codec.UTF8.decodeNested(source));
  }

  private Enum<?> constant(String name) {
    Enum<?> constant = constants.get(name);
    if (constant == null) {
      throw new CodecException(id(), "name " + name, "a constant of " + type.getName());
    }
    return constant;
  }
}
