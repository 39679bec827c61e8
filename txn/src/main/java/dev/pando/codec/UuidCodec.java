package dev.pando.codec;

import java.util.UUID;

/** UUIDs in the order of their text. */
final class UuidCodec extends FixedCodec<UUID> {
  static final Codec<UUID> UUIDS = new UuidCodec();

  private UuidCodec() {
    super("uuid", 2 * Long.BYTES, UUID.class);
  }

  @Override
  public void encode(UUID value, Sink sink) {
    sink.putLongBE(value.getMostSignificantBits());
    sink.putLongBE(value.getLeastSignificantBits());
  }

  @Override
  UUID get(Source source) {
    long most = source.getLongBE();
    long least = source.getLongBE();
    return new UUID(most, least);
  }
}
