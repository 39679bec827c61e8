package dev.pando.codec;

/** Arrays of bytes. */
final class BytesCodec implements StartCodec<byte[]> {
  static final Codec<byte[]> BYTES = new BytesCodec();

  private BytesCodec() {}

  @Override
  public String id() {
    return "bytes";
  }

  @Override
  public Class<?> valueType() {
    return byte[].class;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(byte[] value, Sink sink) {
    sink.putBytes(value);
  }

  @Override
  public byte[] decode(Source source) {
    return source.bytes(source.remaining());
  }

  @Override
  public byte[] decodeNested(Source source) {
    return NestedForm.read(source, id());
  }

  @Override
  public void encodeStart(byte[] start, boolean nested, Sink sink) {
    int at = sink.length();
    encode(start, sink);
    if (nested) {
      NestedForm.escape(sink, at);
    }
  }
}
