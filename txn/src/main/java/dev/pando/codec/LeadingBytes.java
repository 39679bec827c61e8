package dev.pando.codec;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes with which the keys of a range begin. It takes values whose types only their codecs
 * know, so it makes the message when one does not fit. For raw cursors that seek by a part of a
 * typed key. Thread-safe.
 */
public final class LeadingBytes {
  private LeadingBytes() {}

  /**
   * Writes the bytes with which all keys begin that have the given leading components.
   *
   * @param lastIsPartial whether the last component is only the beginning of the key's
   * @param nested whether the key is itself a component that others follow
   * @return whether these are all of the key's components, so that the bytes are the whole key
   */
  public static boolean encodeAll(
      Codec<?> codec,
      List<@Nullable Object> leading,
      boolean lastIsPartial,
      boolean nested,
      Sink sink) {
    if (codec instanceof DescendingCodec<?> descending) {
      int start = sink.length();
      boolean whole = encodeAll(descending.codec(), leading, lastIsPartial, true, sink);
      sink.invertFrom(start);
      return whole;
    }
    if (codec instanceof CompositeCodec<?> composite) {
      return encodeComponents(composite, leading, lastIsPartial, nested, sink);
    }
    if (leading.size() != 1) {
      throw new IllegalArgumentException(
          leading.size() + " components given, but keys of codec " + codec.id() + " have none");
    }
    encodeStart(codec, leading.getFirst(), nested, sink);
    return false;
  }

  private static boolean encodeComponents(
      CompositeCodec<?> composite,
      List<@Nullable Object> leading,
      boolean lastIsPartial,
      boolean nested,
      Sink sink) {
    int arity = composite.components().size();
    if (leading.size() > arity) {
      throw new IllegalArgumentException(
          leading.size() + " components given, codec " + composite.id() + " has " + arity);
    }
    int last = leading.size() - 1;
    for (int i = 0; i <= last; i++) {
      Component<?> component = composite.components().get(i);
      boolean nestedComponent = nested || i < arity - 1;
      if (i == last && lastIsPartial) {
        encodeStart(component.codec(), leading.get(i), nestedComponent, sink);
        return false;
      }
      component.refuseNull(leading.get(i));
      encode(component.codec(), leading.get(i), nestedComponent, sink);
    }
    return leading.size() == arity;
  }

  /** Writes one value; the exception names it if it is not of the codec's type. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the codec's own cast fails, and is caught
  public static <T extends @Nullable Object> void encode(
      Codec<T> codec, @Nullable Object value, boolean nested, Sink sink) {
    try {
      T typed = (T) value;
      if (nested) {
        codec.encodeNested(typed, sink);
      } else {
        codec.encode(typed, sink);
      }
    } catch (ClassCastException e) {
      throw mismatch(codec, value, e);
    }
  }

  /** How many components the values of a codec have; 0 if they are none of a tuple or a record. */
  public static int components(Codec<?> codec) {
    return codec instanceof CompositeCodec<?> composite ? composite.components().size() : 0;
  }

  /** The codec of a component of a tuple or a record. */
  public static Codec<?> component(Codec<?> codec, int which) {
    return ((CompositeCodec<?>) codec).components().get(which).codec();
  }

  /** Reads, from a source with a whole value, the first components of it. */
  public static void skip(Codec<?> codec, int count, Source source) {
    CompositeCodec<?> composite = (CompositeCodec<?>) codec;
    int arity = composite.components().size();
    for (int i = 0; i < count; i++) {
      Object _ = composite.components().get(i).get(i < arity - 1, source);
    }
  }

  private static void encodeStart(
      Codec<?> codec, @Nullable Object value, boolean nested, Sink sink) {
    if (!(codec instanceof StartCodec<?> starting) || !starting.hasStarts()) {
      throw new IllegalArgumentException(
          "keys of codec " + codec.id() + " start with nothing shorter than themselves");
    }
    if (value == null) {
      throw new IllegalArgumentException("no key of codec " + codec.id() + " starts with null");
    }
    encodeStart(starting, value, nested, sink);
  }

  private static <T extends @Nullable Object> void encodeStart(
      StartCodec<T> codec, Object value, boolean nested, Sink sink) {
    try {
      @SuppressWarnings("unchecked") // as above
      T typed = (T) value;
      codec.encodeStart(typed, nested, sink);
    } catch (ClassCastException e) {
      throw mismatch(codec, value, e);
    }
  }

  private static IllegalArgumentException mismatch(
      Codec<?> codec, @Nullable Object value, ClassCastException cause) {
    String found = value == null ? "null" : value.getClass().getName();
    return new IllegalArgumentException(
        "range gives "
            + show(value)
            + " of "
            + found
            + ", which is no value of codec "
            + codec.id(),
        cause);
  }

  /** A key, a value or a component of one in words; arrays of bytes in hexadecimal. */
  public static String show(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? "0x" + HexFormat.of().formatHex(bytes)
        : String.valueOf(value);
  }
}
