package dev.pando.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;

/**
 * Strings at the end of a record. Their whole form is their bytes, as that of {@link Utf8Codec}, if
 * they have no U+0000. The empty string and one with U+0000 have the nested form. So the byte 0x00
 * shows that it is a nested form, and every string has at least one byte. The order is that of the
 * bytes: each 0x00 and the end become what they are in nested forms, which sort before all bytes
 * from 0x01 on.
 */
final class Utf8EndCodec implements StartCodec<String>, RowEndCodec<String> {
  static final Utf8EndCodec LAST = new Utf8EndCodec(false);
  static final Utf8EndCodec EITHER = new Utf8EndCodec(true);

  private final boolean readsEither;

  private Utf8EndCodec(boolean readsEither) {
    this.readsEither = readsEither;
  }

  @Override
  public String id() {
    return Utf8Codec.UTF8.id();
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(String value, Sink sink) {
    if (isNested(value)) {
      encodeNested(value, sink);
    } else {
      Utf8.put(value, sink);
    }
  }

  @Override
  public void encodeNested(String value, Sink sink) {
    Utf8Codec.UTF8.encodeNested(value, sink);
  }

  private static boolean isNested(String value) {
    return value.isEmpty() || value.indexOf('\0') >= 0;
  }

  @Override
  public String decode(Source source) {
    byte[] bytes = source.bytes(source.remaining());
    String string = new String(bytes, UTF_8);
    return isNested(string) ? nested(bytes) : Utf8.checked(string, bytes, id());
  }

  private String nested(byte[] bytes) {
    Source source = new Source();
    source.reset(MemorySegment.ofArray(bytes), 0, bytes.length);
    String string = Utf8Codec.UTF8.decodeNested(source);
    if (source.remaining() != 0) {
      throw new CodecException(id(), source.remaining() + " bytes after the end", "none");
    }
    if (!isNested(string)) {
      throw new CodecException(id(), "0x0000 after a string without U+0000", "nothing there");
    }
    return string;
  }

  @Override
  public String decodeNested(Source source) {
    byte[] bytes =
        readsEither ? NestedForm.readOrRest(source, id()) : NestedForm.read(source, id());
    return Utf8.string(bytes, id());
  }

  @Override
  public void encodeStart(String start, boolean nested, Sink sink) {
    int at = sink.length();
    Utf8.put(start, sink);
    NestedForm.escape(sink, at); // in both forms: a string with U+0000 has it so
  }

  @Override
  public Codec<String> last() {
    return LAST;
  }

  @Override
  public Codec<String> either() {
    return EITHER;
  }
}
