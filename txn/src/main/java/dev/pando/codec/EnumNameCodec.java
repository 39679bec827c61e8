package dev.pando.codec;

/** Names of enum constants, with the bytes of {@link EnumCodec}, for programs without the enum. */
final class EnumNameCodec implements RowEndCodec<String> {
  static final EnumNameCodec NAMES = new EnumNameCodec(Utf8Codec.UTF8);

  private final Codec<String> names;

  private EnumNameCodec(Codec<String> names) {
    this.names = names;
  }

  @Override
  public String id() {
    return "enum";
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(String value, Sink sink) {
    names.encode(value, sink);
  }

  @Override
  public String decode(Source source) {
    return names.decode(source);
  }

  @Override
  public void encodeNested(String value, Sink sink) {
    names.encodeNested(value, sink);
  }

  @Override
  public String decodeNested(Source source) {
    return names.decodeNested(source);
  }

  @Override
  public Codec<String> last() {
    return new EnumNameCodec(Utf8EndCodec.LAST);
  }

  @Override
  public Codec<String> either() {
    return new EnumNameCodec(Utf8EndCodec.EITHER);
  }
}
