package dev.pando.ratis;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes the fields of a message one after the other; see the README for the format. */
final class MessageWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  MessageWriter u8(int value) {
    out.write(value);
    return this;
  }

  MessageWriter u32(int value) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    return this;
  }

  MessageWriter u64(long value) {
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    return this;
  }

  MessageWriter bytes(byte[] value) {
    u32(value.length);
    out.writeBytes(value);
    return this;
  }

  MessageWriter optional(byte @Nullable [] value) {
    return value == null ? u8(0) : u8(1).bytes(value);
  }

  byte[] toArray() {
    return out.toByteArray();
  }
}
