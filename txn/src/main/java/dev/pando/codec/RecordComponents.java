package dev.pando.codec;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which codec encodes which component of a record. */
final class RecordComponents {
  private static final Map<Class<?>, Codec<?>> BY_TYPE =
      Map.ofEntries(
          Map.entry(long.class, NumberCodecs.I64),
          Map.entry(Long.class, NumberCodecs.I64),
          Map.entry(int.class, NumberCodecs.I32),
          Map.entry(Integer.class, NumberCodecs.I32),
          Map.entry(double.class, NumberCodecs.F64),
          Map.entry(Double.class, NumberCodecs.F64),
          Map.entry(boolean.class, NumberCodecs.BOOL),
          Map.entry(Boolean.class, NumberCodecs.BOOL),
          Map.entry(String.class, Utf8Codec.UTF8),
          Map.entry(byte[].class, BytesCodec.BYTES),
          Map.entry(UUID.class, UuidCodec.UUIDS),
          Map.entry(Instant.class, InstantCodec.INSTANTS));

  private RecordComponents() {}

  /** The components with the codecs that the user gave. */
  static List<Component<?>> given(Class<? extends Record> type, Codec<?>... codecs) {
    RecordComponent[] declared = declared(type);
    if (codecs.length != declared.length) {
      throw new IllegalArgumentException(
          "record "
              + type.getName()
              + " has "
              + declared.length
              + " components, but "
              + codecs.length
              + " codecs are given");
    }
    List<Component<?>> components = new ArrayList<>();
    for (int i = 0; i < declared.length; i++) {
      components.add(new Component<>(declared[i].getName(), codecs[i]));
    }
    return List.copyOf(components);
  }

  /** The components with the codecs of their types. */
  static List<Component<?>> byType(
      MethodHandles.@Nullable Lookup lookup, Class<? extends Record> type) {
    return new ByType(lookup).components(type);
  }

  private static RecordComponent[] declared(Class<? extends Record> type) {
    RecordComponent[] declared = type.getRecordComponents();
    if (declared == null) {
      throw new IllegalArgumentException(type.getName() + " is no record class");
    }
    return declared;
  }

  /** One pass over a record and the records in it. */
  private static final class ByType {
    private final MethodHandles.@Nullable Lookup lookup;
    private final Set<Class<?>> enclosing = new HashSet<>();

    ByType(MethodHandles.@Nullable Lookup lookup) {
      this.lookup = lookup;
    }

    List<Component<?>> components(Class<? extends Record> type) {
      if (!enclosing.add(type)) {
        throw new IllegalArgumentException("record " + type.getName() + " contains itself");
      }
      List<Component<?>> components = new ArrayList<>();
      for (RecordComponent declared : declared(type)) {
        components.add(new Component<>(declared.getName(), codec(type, declared)));
      }
      enclosing.remove(type);
      return List.copyOf(components);
    }

    private Codec<?> codec(Class<? extends Record> owner, RecordComponent component) {
      Class<?> type = component.getType();
      Codec<?> known = BY_TYPE.get(type);
      if (known != null) {
        return known;
      }
      if (type.isEnum()) {
        return EnumCodec.of(type);
      }
      if (type.isRecord()) {
        Class<? extends Record> nested = type.asSubclass(Record.class);
        return RecordCodec.of(lookup, nested, components(nested));
      }
      throw new IllegalArgumentException(
          "record "
              + owner.getName()
              + " component "
              + component.getName()
              + ": no codec for "
              + type.getTypeName()
              + "; there are codecs for int, long, double, boolean and their boxes, String, byte[],"
              + " UUID, Instant, enums and records, or give the codecs of all components");
    }
  }
}
