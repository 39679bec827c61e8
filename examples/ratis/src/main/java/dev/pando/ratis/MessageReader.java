package dev.pando.ratis;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a message. Each number is compared with its limits before it is used. */
final class MessageReader {
  private final ByteBuffer in;

  MessageReader(ByteBuffer message) {
    this.in = message.duplicate();
  }

  /** A byte from 0 to a greatest value. */
  int u8(String field, int most) throws RequestRefusedException {
    need(field, Byte.BYTES);
    int value = Byte.toUnsignedInt(in.get());
    if (value > most) {
      throw refused(field, value, "0 to " + most);
    }
    return value;
  }

  /** A number from 0 to a greatest value. */
  int u32(String field, int most) throws RequestRefusedException {
    need(field, Integer.BYTES);
    int value = in.getInt();
    if (value < 0 || value > most) {
      throw refused(field, Integer.toUnsignedLong(value), "0 to " + most);
    }
    return value;
  }

  long u64(String field) throws RequestRefusedException {
    need(field, Long.BYTES);
    return in.getLong();
  }

  byte[] bytes(String field, int most) throws RequestRefusedException {
    int length = u32("length of the " + field, most);
    need(field, length);
    byte[] value = new byte[length];
    in.get(value);
    return value;
  }

  byte @Nullable [] optional(String field, int most) throws RequestRefusedException {
    return u8("presence of the " + field, 1) == 0 ? null : bytes(field, most);
  }

  /** Refuses bytes after the last field. */
  void end() throws RequestRefusedException {
    if (in.hasRemaining()) {
      throw refused("number of trailing bytes", in.remaining(), "0");
    }
  }

  private void need(String field, int bytes) throws RequestRefusedException {
    if (in.remaining() < bytes) {
      throw refused("number of bytes left for the " + field, in.remaining(), "at least " + bytes);
    }
  }

  private RequestRefusedException refused(String field, long found, String allowed) {
    return new RequestRefusedException(
        "The message of "
            + in.limit()
            + " bytes is malformed at byte "
            + in.position()
            + ": the "
            + field
            + " is "
            + found
            + ", allowed "
            + allowed
            + ". Use the same version of the client and the peers.");
  }
}
