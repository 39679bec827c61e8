package dev.pando.codec;

import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of a sealed interface, by the simple names of their classes: see {@link Alternatives}.
 *
 * @param <T> the sealed interface
 */
final class SealedCodec<T> implements Codec<T> {
  private final Class<T> type;
  private final Alternatives alternatives;
  private final Map<Class<?>, Alternatives.Part> byClass = new HashMap<>();
  private final String allowed;

  @SuppressWarnings("unchecked") // values are looked up by their class
  private SealedCodec(Class<T> type, Function<Class<?>, Codec<?>> codecs) {
    this.type = type;
    this.allowed = "what " + type.getName() + " permits";
    Map<String, Codec<Object>> byName = new HashMap<>();
    Set<Class<?>> subtypes = subtypes(type);
    for (Class<?> subtype : subtypes) {
      Codec<Object> codec = (Codec<Object>) codecs.apply(subtype);
      if (byName.put(subtype.getSimpleName(), codec) != null) {
        throw new IllegalArgumentException(
            "two permitted classes of "
                + type.getName()
                + " are called "
                + subtype.getSimpleName()
                + "; rename one, as the name is stored");
      }
    }
    this.alternatives = new Alternatives(byName);
    for (Class<?> subtype : subtypes) {
      byClass.put(subtype, Objects.requireNonNull(alternatives.named(subtype.getSimpleName())));
    }
  }

  static <T> Codec<T> of(MethodHandles.@Nullable Lookup lookup, Class<T> type) {
    refuseOther(type);
    @SuppressWarnings("unchecked") // the codec of this class
    Codec<T> codec = (Codec<T>) new TypeCodecs(lookup).ofClass(type);
    return codec;
  }

  static <T> Codec<T> of(Class<T> type, Function<Class<?>, Codec<?>> codecs) {
    refuseOther(type);
    return new SealedCodec<>(type, codecs);
  }

  private static void refuseOther(Class<?> type) {
    if (!type.isSealed() || !type.isInterface()) {
      throw new IllegalArgumentException(type.getName() + " is no sealed interface");
    }
  }

  /** The records and enums that a sealed interface permits, also through others that it permits. */
  private static Set<Class<?>> subtypes(Class<?> type) {
    Set<Class<?>> subtypes = new LinkedHashSet<>();
    for (Class<?> permitted : List.of(type.getPermittedSubclasses())) {
      if (permitted.isRecord() || permitted.isEnum()) {
        subtypes.add(permitted);
      } else if (permitted.isInterface() && permitted.isSealed()) {
        subtypes.addAll(subtypes(permitted));
      } else {
        throw new IllegalArgumentException(
            type.getName()
                + " permits "
                + permitted.getName()
                + ", allowed records, enums, and sealed interfaces of them");
      }
    }
    return subtypes;
  }

  Alternatives alternatives() {
    return alternatives;
  }

  @Override
  public String id() {
    return alternatives.id();
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public boolean ordered() {
    return alternatives.ordered();
  }

  @Override
  public boolean reads(String storedId) {
    return Codec.super.reads(storedId) || alternatives.reads(storedId);
  }

  @Override
  public void encode(T value, Sink sink) {
    part(value).put(value, false, sink);
  }

  @Override
  public void encodeNested(T value, Sink sink) {
    part(value).put(value, true, sink);
  }

  private Alternatives.Part part(T value) {
    Class<?> found =
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    Alternatives.Part part = byClass.get(found);
    if (part == null) { // through a raw type
      throw new ClassCastException(found.getName() + " cannot be cast to " + type.getName());
    }
    return part;
  }

  @Override
  public T decode(Source source) {
    return type.cast(alternatives.next(source, allowed).get(false, source));
  }

  @Override
  public T decodeNested(Source source) {
    return type.cast(alternatives.next(source, allowed).get(true, source));
  }
}
