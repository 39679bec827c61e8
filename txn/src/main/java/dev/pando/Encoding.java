package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;

/** Encodes keys and values that are to be stored; a failure names table, value and codec. */
final class Encoding {
  private Encoding() {}

  /**
   * Adds the bytes of a key or a value to a sink.
   *
   * @param what "key" or "value"
   * @throws UnencodableException if the codec refuses it, or writes nothing that it can read
   */
  static <T> void add(String table, Codec<T> codec, String what, T value, Sink sink) {
    if (value == null) {
      throw new NullPointerException("the " + what + " is null");
    }
    int start = sink.length();
    try {
      codec.encode(value, sink);
    } catch (CodecException | UnencodableException e) {
      throw e; // of a call that the codec has made
    } catch (ClassCastException | IllegalArgumentException e) {
      throw UnencodableException.refused(table, codec, what, value, e);
    }
    if (sink.length() == start) {
      checkEmpty(table, codec, what, value, sink);
    }
  }

  /** Refuses no bytes for a value if its codec cannot read them. */
  private static void checkEmpty(
      String table, Codec<?> codec, String what, Object value, Sink sink) {
    Source source = new Source();
    source.reset(sink.segment(), 0, 0);
    try {
      Object _ = codec.decode(source);
    } catch (CodecException e) {
      throw UnencodableException.empty(table, codec, what, value, e);
    }
  }
}
