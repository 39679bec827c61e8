package dev.pando.cli;

import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a codec are shown and read: typed if {@link Codec#parse} knows its id, as JSON
 * if that is what they are, otherwise in hexadecimal.
 */
final class Form {
  /** Of bytes as they are. */
  static final Form HEX = new Form("bytes", Codec.parse("bytes"));

  private final String id;
  private final @Nullable Codec<Object> codec;
  private final Shape shape;

  private Form(String id, @Nullable Codec<Object> codec) {
    this.id = id;
    this.codec = codec;
    this.shape =
        codec == null ? new Shape(id, java.util.List.of(), java.util.List.of()) : Shape.of(id);
  }

  /** The form of a codec's id. */
  static Form of(String id) {
    Codec<Object> codec;
    try {
      codec = Codec.parse(id);
    } catch (IllegalArgumentException e) { // one of the program's own
      codec = null;
    }
    return new Form(id, codec);
  }

  /** The codec's id. */
  String id() {
    return id;
  }

  /** Whether values are shown typed. */
  boolean isTyped() {
    return codec != null;
  }

  /** The codec; null unless {@link Codec#parse} knows it. */
  @Nullable Codec<Object> codec() {
    return codec;
  }

  Shape shape() {
    return shape;
  }

  /**
   * The value of bytes, as an object of {@link Json}.
   *
   * @throws CodecException if they are none of the codec
   */
  @Nullable Object show(byte[] bytes) {
    return codec == null ? Values.hex(bytes) : Values.toJson(shape, decode(codec, bytes));
  }

  /** Decodes all bytes. */
  static Object decode(Codec<Object> codec, byte[] bytes) {
    Source source = new Source();
    source.reset(MemorySegment.ofArray(bytes), 0, bytes.length);
    Object value = codec.decode(source);
    if (source.remaining() != 0) {
      throw CodecException.notAllRead(codec.id(), "a value", source.remaining(), bytes.length);
    }
    return value;
  }

  /**
   * The bytes of a text of the command line; hexadecimal digits of a codec that is not known.
   *
   * @throws Fault if it is no value of the codec
   */
  byte[] read(String text) {
    try {
      if (this == HEX) {
        return Values.digits(text);
      }
      return codec == null ? readUntyped(text) : encode(codec, Values.fromText(shape, text));
    } catch (IllegalArgumentException e) {
      throw Fault.usage(String.valueOf(e.getMessage()), e);
    }
  }

  /** As {@link #read}, of an object of {@link Json}. */
  byte[] readJson(@Nullable Object json) {
    try {
      return codec == null
          ? readUntyped(String.valueOf(json))
          : encode(codec, Values.fromJson(shape, json));
    } catch (IllegalArgumentException e) {
      throw Fault.usage(String.valueOf(e.getMessage()), e);
    }
  }

  /** The value of a text; only if it is typed. */
  @Nullable Object value(String text) {
    try {
      return this == HEX ? Values.digits(text) : Values.fromText(shape, text);
    } catch (IllegalArgumentException e) {
      throw Fault.usage(String.valueOf(e.getMessage()), e);
    }
  }

  static byte[] encode(Codec<Object> codec, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("null is no value of codec " + codec.id());
    }
    Sink sink = new Sink();
    codec.encode(value, sink);
    return sink.toArray();
  }

  private byte[] readUntyped(String text) {
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException(
          "codec %s is one of the program's own: give its bytes, as 0x and hexadecimal digits"
              .formatted(id));
    }
    return Values.bytes(text);
  }
}
