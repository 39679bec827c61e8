package dev.pando.codec;

import net.openhft.chronicle.bytes.Bytes;

/** The same bytes as {@link BytesCodec}'s, in Chronicle's container. */
final class ChronicleBytesCodec implements Codec<Bytes<?>> {
  static final Codec<Bytes<?>> BYTES = new ChronicleBytesCodec();

  private ChronicleBytesCodec() {}

  @Override
  public String id() {
    return BytesCodec.BYTES.id();
  }

  @Override
  public Class<?> valueType() {
    return Bytes.class;
  }

  @Override
  public boolean ordered() {
    return true;
  }

  @Override
  public void encode(Bytes<?> value, Sink sink) {
    ChronicleWorkspace workspace = ChronicleWorkspace.take();
    try {
      workspace.output().write(value, value.readPosition(), value.readRemaining());
      workspace.flush(sink);
    } finally {
      workspace.giveBack();
    }
  }

  @Override
  public Bytes<?> decode(Source source) {
    return Bytes.wrapForRead(BytesCodec.BYTES.decode(source));
  }

  @Override
  public Bytes<?> decodeNested(Source source) {
    return Bytes.wrapForRead(BytesCodec.BYTES.decodeNested(source));
  }
}
