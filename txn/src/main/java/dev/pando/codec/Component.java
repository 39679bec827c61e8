package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * One component of a tuple or a record: its codec, and its name for messages.
 *
 * @param <T> the component's values
 */
record Component<T extends @Nullable Object>(String name, Codec<T> codec) {
  void put(T value, boolean nested, Sink sink) {
    refuseNull(value);
    try {
      if (nested) {
        codec.encodeNested(value, sink);
      } else {
        codec.encode(value, sink);
      }
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "component " + name + " is no value of its codec " + codec.id() + ": " + e.getMessage(),
          e);
    }
  }

  T get(boolean nested, Source source) {
    try {
      return nested ? codec.decodeNested(source) : codec.decode(source);
    } catch (CodecException e) {
      throw in(e);
    }
  }

  /** The same exception, with the name of the component. */
  CodecException in(CodecException e) {
    return new CodecException(
        e.codecId(), "in component " + name + " " + e.found(), e.allowed(), e);
  }

  void refuseNull(@Nullable Object value) {
    if (value == null && !codec.takesNull()) {
      throw new IllegalArgumentException(
          "component "
              + name
              + " is null, and its codec "
              + codec.id()
              + " is not nullable; Codec.nullable makes it so");
    }
  }
}
