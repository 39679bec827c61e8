package dev.pando.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The values of a sealed interface: the simple name of their class in the nested form of {@link
 * Utf8Codec}, two bytes that tell apart the shapes that a class has had, and the value. The id does
 * not name the classes, so that one can be added.
 *
 * @param <T> the sealed interface
 */
final class SealedCodec<T> implements Codec<T> {
  /** A class, the bytes before its values, and its codec. */
  private static final class Subtype {
    private final byte[] tag;
    private final short shape;
    private final Component<Object> component;

    @SuppressWarnings("unchecked") // values are looked up by their class
    Subtype(String name, Codec<?> codec) {
      CRC32 checksum = new CRC32();
      checksum.update(codec.id().getBytes(UTF_8));
      long sum = checksum.getValue();
      Sink sink = new Sink();
      Utf8Codec.UTF8.encodeNested(name, sink);
      this.shape = (short) (sum ^ (sum >> Short.SIZE));
      sink.putShortBE(shape);
      this.tag = sink.toArray();
      this.component = new Component<>(name, (Codec<Object>) codec);
    }
  }

  private final Class<T> type;
  private final Map<Class<?>, Subtype> byClass = new HashMap<>();
  private final Map<String, Subtype> byName = new HashMap<>();
  private final boolean ordered;

  private SealedCodec(Class<T> type, Function<Class<?>, Codec<?>> codecs) {
    this.type = type;
    boolean allOrdered = true;
    for (Class<?> subtype : subtypes(type)) {
      Codec<?> codec = codecs.apply(subtype);
      Subtype made = new Subtype(subtype.getSimpleName(), codec);
      if (byName.put(subtype.getSimpleName(), made) != null) {
        throw new IllegalArgumentException(
            "two permitted classes of "
                + type.getName()
                + " are called "
                + subtype.getSimpleName()
                + "; rename one, as the name is stored");
      }
      byClass.put(subtype, made);
      allOrdered &= codec.ordered();
    }
    this.ordered = allOrdered;
  }

  static <T> Codec<T> of(MethodHandles.@Nullable Lookup lookup, Class<T> type) {
    return of(type, new TypeCodecs(lookup)::ofClass);
  }

  static <T> Codec<T> of(Class<T> type, Function<Class<?>, Codec<?>> codecs) {
    if (!type.isSealed() || !type.isInterface()) {
      throw new IllegalArgumentException(type.getName() + " is no sealed interface");
    }
    return new SealedCodec<>(type, codecs);
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

  @Override
  public String id() {
    return "sealed";
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public boolean ordered() {
    return ordered;
  }

  @Override
  public void encode(T value, Sink sink) {
    put(value, false, sink);
  }

  @Override
  public void encodeNested(T value, Sink sink) {
    put(value, true, sink);
  }

  @Override
  public T decode(Source source) {
    return get(false, source);
  }

  @Override
  public T decodeNested(Source source) {
    return get(true, source);
  }

  private void put(T value, boolean nested, Sink sink) {
    Class<?> found =
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    Subtype subtype = byClass.get(found);
    if (subtype == null) { // through a raw type
      throw new ClassCastException(found.getName() + " cannot be cast to " + type.getName());
    }
    sink.putBytes(subtype.tag);
    subtype.component.put(value, nested, sink);
  }

  private T get(boolean nested, Source source) {
    String name = Utf8Codec.UTF8.decodeNested(source);
    Subtype subtype = byName.get(name);
    if (subtype == null) {
      throw new CodecException(id(), "class " + name, "what " + type.getName() + " permits");
    }
    if (source.remaining() < Short.BYTES || source.getShortBE() != subtype.shape) {
      throw new CodecException(
          id(),
          "another shape of class " + name,
          "components as " + subtype.component.codec().id());
    }
    return type.cast(subtype.component.get(nested, source));
  }
}
