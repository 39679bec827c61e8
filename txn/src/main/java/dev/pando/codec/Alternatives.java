package dev.pando.codec;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a sealed interface by name. A value has the name of its class in the nested form
 * of {@link Utf8Codec}, and then its own bytes. The id has all names and codecs, in the order of
 * the names: a class may be added, since the bytes of the others stay as they are.
 */
final class Alternatives {
  private final SortedMap<String, Codec<Object>> codecs;
  private final Map<String, Part> parts = new HashMap<>();
  private final String id;

  /** A class. */
  static final class Part {
    private final byte[] tag;
    private final Component<Object> component;

    Part(String name, Codec<Object> codec) {
      Sink sink = new Sink();
      Utf8Codec.UTF8.encodeNested(name, sink);
      this.tag = sink.toArray();
      this.component = new Component<>(name, codec);
    }

    String name() {
      return component.name();
    }

    void put(Object value, boolean nested, Sink sink) {
      sink.putBytes(tag);
      component.put(value, nested, sink);
    }

    /** Reads a value, after its name. */
    Object get(boolean nested, Source source) {
      return component.get(nested, source);
    }
  }

  Alternatives(Map<String, Codec<Object>> codecs) {
    this.codecs = new TreeMap<>(codecs);
    this.codecs.forEach((name, codec) -> parts.put(name, new Part(name, codec)));
    this.id = id((_, codec) -> codec.id());
  }

  private String id(BiFunction<String, Codec<?>, String> part) {
    StringJoiner all = new StringJoiner(",", IdTree.SEALED + "(", ")");
    codecs.forEach((name, codec) -> all.add(name + ":" + part.apply(name, codec)));
    return all.toString();
  }

  String id() {
    return id;
  }

  boolean ordered() {
    return codecs.values().stream().allMatch(Codec::ordered);
  }

  /** The class of a name; null if there is none. */
  @Nullable Part named(String name) {
    return parts.get(name);
  }

  /**
   * Reads the name before a value.
   *
   * @param allowed the names that are known, in words
   */
  Part next(Source source, String allowed) {
    String name = Utf8Codec.UTF8.decodeNested(source);
    Part part = parts.get(name);
    if (part == null) {
      throw new CodecException(id, "class " + name, allowed);
    }
    return part;
  }

  @Override
  public String toString() {
    return String.valueOf(codecs.keySet());
  }

  // ---- ids of values that were written

  /** Whether all values of an id can be read. */
  boolean reads(String storedId) {
    IdTree stored = stored(storedId);
    if (stored == null) {
      return false;
    }
    for (String name : stored.labels()) {
      Codec<Object> codec = codecs.get(name);
      if (codec == null || !codec.reads(id(stored, name))) {
        return false;
      }
    }
    return true;
  }

  /** The id of a table with values of an id that can be read, and of this one. */
  String idBeside(String storedId) {
    IdTree stored = stored(storedId);
    return stored == null
        ? id
        : id(
            (name, codec) ->
                stored.part(name) == null ? codec.id() : StoredId.beside(codec, id(stored, name)));
  }

  /** The reason why values of a class cannot be read; null if there is none. */
  @Nullable String problem(String storedId) {
    IdTree stored = stored(storedId);
    for (Map.Entry<String, Codec<Object>> each : codecs.entrySet()) {
      if (stored != null
          && stored.part(each.getKey()) != null
          && each.getValue() instanceof RecordCodec<?> record) {
        String problem = record.shape().problem(id(stored, each.getKey()));
        if (problem != null) {
          return "class " + each.getKey() + ": " + problem;
        }
      }
    }
    return null;
  }

  private static String id(IdTree stored, String name) {
    IdTree part = stored.part(name);
    return part == null ? "" : part.text();
  }

  /**
   * The stored id, if classes may have less components in it. They may not if a value contains
   * others of this interface: those are not at the end of the bytes.
   */
  private @Nullable IdTree stored(String storedId) {
    IdTree tree = IdTree.parse(id);
    IdTree stored = IdTree.parse(storedId);
    boolean isRecursive = tree == null || tree.parts().stream().anyMatch(p -> p.refersAround(0));
    return stored == null || !stored.is(IdTree.SEALED) || isRecursive ? null : stored;
  }
}
