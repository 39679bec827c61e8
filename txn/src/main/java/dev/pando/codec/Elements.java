package dev.pando.codec;

import org.jspecify.annotations.Nullable;

/**
 * Elements one after the other: a byte 0x01 and the nested form for each, and in the nested form of
 * the whole a byte 0x00 after the last one. So fewer elements come before more, and no nested form
 * is the beginning of another.
 *
 * @param <E> the elements
 */
final class Elements<E extends @Nullable Object> {
  private static final int END = 0;
  private static final int NEXT = 1;

  private final Component<E> element;
  private final String id;

  /**
   * @param name what an element is, for messages
   * @param id the codec of the whole
   */
  Elements(String name, Codec<E> codec, String id) {
    this.element = new Component<>(name, codec);
    this.id = id;
  }

  /** Writes one element. */
  void put(E value, Sink sink) {
    sink.putByte(NEXT);
    element.put(value, true, sink);
  }

  /** Writes what follows the last element. */
  static void end(boolean nested, Sink sink) {
    if (nested) {
      sink.putByte(END);
    }
  }

  /** Reads what is before an element; false after the last one. */
  boolean hasNext(boolean nested, Source source) {
    if (source.remaining() == 0) {
      if (nested) {
        throw new CodecException(
            id, "bytes without an end", "0x00 after the last " + element.name());
      }
      return false;
    }
    byte next = source.getByte();
    if (next != NEXT && (next != END || !nested)) {
      throw new CodecException(
          id,
          String.format("0x%02X before an %s", next, element.name()),
          nested ? "0x00 or 0x01" : "0x01");
    }
    return next == NEXT;
  }

  /** Reads one element. */
  E get(Source source) {
    return element.get(true, source);
  }
}
