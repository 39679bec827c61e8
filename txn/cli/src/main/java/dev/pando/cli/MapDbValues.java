package dev.pando.cli;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.Serializer;
import org.mapdb.Store;
import org.mapdb.elsa.ElsaSerializerBase;
import org.mapdb.serializer.GroupSerializerObjectArray;

/** The serializers of MapDB that make numbers, texts and bytes, and no other objects. */
final class MapDbValues {
  /** The record of a store with the names and the serializers of its collections. */
  private static final long CATALOG = 1;

  private static final String PREFIX = "org.mapdb.Serializer#";

  /** They make objects of any class, or none. */
  private static final Set<String> REFUSED = Set.of("JAVA", "ELSA", "CLASS", "ILLEGAL_ACCESS");

  private MapDbValues() {}

  /** MapDB takes it if a program names no serializer. Only numbers, texts and bytes are read. */
  private static final class Simple extends GroupSerializerObjectArray<Object> {
    /** From here on: sets, lists, arrays of objects, and objects of the program's own classes. */
    private static final int FIRST_OTHER = 142;

    private static final int CLASS = 139;
    private static final int NULL = 1;

    private final ElsaSerializerBase elsa = new ElsaSerializerBase();

    @Override
    public Object deserialize(DataInput2 from, int available) throws IOException {
      int at = from.getPos();
      int header = from.readUnsignedByte();
      from.setPos(at);
      if (header <= NULL || header == CLASS || header >= FIRST_OTHER) {
        throw new Unreadable("objects of classes, or collections (type " + header + " of Elsa)");
      }
      return elsa.deserialize(from);
    }

    @Override
    public void serialize(DataOutput2 to, Object value) {
      throw new UnsupportedOperationException("the map is read");
    }
  }

  /** The serializer of a name in the catalog; null if it may make any object. */
  @SuppressWarnings("unchecked")
  static @Nullable Serializer<Object> serializer(@Nullable String name) {
    if ("org.mapdb.DB#defaultSerializer".equals(name)) {
      return new Simple();
    }
    if (name == null || !name.startsWith(PREFIX)) {
      return null;
    }
    String field = name.substring(PREFIX.length());
    try {
      return REFUSED.contains(field)
          ? null
          : (Serializer<Object>) Serializer.class.getField(field).get(null);
    } catch (ReflectiveOperationException e) { // of a newer MapDB
      return null;
    }
  }

  /** A store whose catalog names no serializers, so that those are used which are given. */
  static Store withoutSerializers(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, method, args) -> {
              Object found;
              try {
                found = method.invoke(store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              boolean isCatalog =
                  method.getName().equals("get") && args != null && args[0].equals(CATALOG);
              return isCatalog && found instanceof Map<?, ?> names ? without(names) : found;
            });
  }

  private static Map<Object, Object> without(Map<?, ?> names) {
    Map<Object, Object> others = new TreeMap<>();
    names.forEach(
        (name, value) -> {
          if (!name.toString().endsWith("erializer")) {
            others.put(name, value);
          }
        });
    return others;
  }
}
