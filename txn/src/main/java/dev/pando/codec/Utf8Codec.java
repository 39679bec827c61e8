package dev.pando.codec;

/** Strings. */
final class Utf8Codec implements StartCodec<String>, RowEndCodec<String> {
  static final Utf8Codec UTF8 = new Utf8Codec();

  private Utf8Codec() {}

  @Override
  public String id() {
    return "utf8";
  }

  @Override
  public Class<?> valueType() {
    return String.class;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(String value, Sink sink) {
    Utf8.put(value, sink);
  }

  @Override
  public String decode(Source source) {
    return Utf8.string(source.bytes(source.remaining()), id());
  }

  @Override
  public String decodeNested(Source source) {
    return Utf8.string(NestedForm.read(source, id()), id());
  }

  @Override
  public Codec<String> last() {
    return Utf8EndCodec.LAST;
  }

  @Override
  public Codec<String> either() {
    return Utf8EndCodec.EITHER;
  }

  @Override
  public void encodeStart(String start, boolean nested, Sink sink) {
    int at = sink.length();
    encode(start, sink);
    if (nested) {
      NestedForm.escape(sink, at);
    }
  }
}
