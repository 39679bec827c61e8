package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * One component of a tuple or a record: its codec, and its name for messages.
 *
 * @param <T> the component's values
 * @param isOptional whether a row may end before it
 * @param missing the value that it has then
 */
record Component<T extends @Nullable Object>(
    String name, Codec<T> codec, boolean isOptional, @Nullable Object missing) {

  /** A component that each row has. */
  Component(String name, Codec<T> codec) {
    this(name, codec, false, null);
  }

  /** The same component as the last one of a row. */
  Component<T> last() {
    return with(RowEnd.last(codec));
  }

  /** The same component where a row may end after it; unchanged if that does not show. */
  Component<T> either() {
    Codec<T> either = RowEnd.either(codec);
    return either == null ? this : with(either);
  }

  private Component<T> with(Codec<T> other) {
    return other == codec ? this : new Component<>(name, other, isOptional, missing);
  }

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

  /** As {@link #put}, for a value whose type only the record knows. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the codec's own cast fails, and is caught
  void putAny(@Nullable Object value, boolean nested, Sink sink) {
    put((T) value, nested, sink);
  }

  T get(boolean nested, Source source) {
    try {
      return nested ? codec.decodeNested(source) : codec.decode(source);
    } catch (CodecException e) {
      throw in(e);
    }
  }

  /**
   * The same exception, with the name of the component. Its cause is the innermost one, and its
   * length is bounded: a file says how many components are in each other, and how long their names
   * are.
   */
  CodecException in(CodecException e) {
    String found =
        CodecException.shortened(
            "in component " + CodecException.shortened(name) + " " + e.found());
    CodecException innermost = e.getCause() instanceof CodecException inner ? inner : e;
    return new CodecException(e.codecId(), found, e.allowed(), innermost);
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
