package dev.pando.ratis;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of the table. A request that writes is an entry of the Raft log. The bytes
 * begin with a version and an operation; the README has all fields.
 */
@SuppressWarnings(
    "ArrayRecordComponent") // bytes are what it is about, and requests are not compared
sealed interface Request {
  int VERSION = 1;
  int PUT = 1;
  int DELETE = 2;
  int COMPARE_AND_SET = 3;
  int GET = 4;
  int SCAN = 5;

  /** A request that changes the table, and goes through the Raft log. */
  sealed interface Write extends Request {
    byte[] key();
  }

  /** A request that one peer answers by itself. */
  sealed interface Read extends Request {}

  record Put(byte[] key, byte[] value) implements Write {
    @Override
    public byte[] encode() {
      return begin(PUT).bytes(key).bytes(value).toArray();
    }
  }

  record Delete(byte[] key) implements Write {
    @Override
    public byte[] encode() {
      return begin(DELETE).bytes(key).toArray();
    }
  }

  /** A null means that there is no entry of the key. */
  record CompareAndSet(byte[] key, byte @Nullable [] expected, byte @Nullable [] replacement)
      implements Write {
    @Override
    public byte[] encode() {
      return begin(COMPARE_AND_SET).bytes(key).optional(expected).optional(replacement).toArray();
    }
  }

  record Get(byte[] key) implements Read {
    @Override
    public byte[] encode() {
      return begin(GET).bytes(key).toArray();
    }
  }

  /** From a key, inclusive, to another one, exclusive; a null is no bound. */
  record Scan(byte @Nullable [] from, byte @Nullable [] to, int limit) implements Read {
    @Override
    public byte[] encode() {
      return begin(SCAN).optional(from).optional(to).u32(limit).toArray();
    }
  }

  byte[] encode();

  /**
   * Reads a request.
   *
   * @throws RequestRefusedException if a field is out of its limits, or a byte is missing or left
   */
  static Request decode(ByteBuffer message) throws RequestRefusedException {
    MessageReader in = new MessageReader(message);
    int version = in.u8("version", VERSION);
    if (version != VERSION) {
      throw new RequestRefusedException("The version of the message is 0, allowed " + VERSION);
    }
    Request request = fields(in, in.u8("operation", SCAN));
    in.end();
    return request;
  }

  private static Request fields(MessageReader in, int operation) throws RequestRefusedException {
    return switch (operation) {
      case PUT -> new Put(key(in), in.bytes("value", Limits.VALUE));
      case DELETE -> new Delete(key(in));
      case COMPARE_AND_SET ->
          new CompareAndSet(
              key(in),
              in.optional("expected value", Limits.VALUE),
              in.optional("new value", Limits.VALUE));
      case GET -> new Get(key(in));
      case SCAN ->
          new Scan(
              in.optional("lower bound", Limits.KEY),
              in.optional("upper bound", Limits.KEY),
              in.u32("limit", Limits.SCAN));
      default ->
          throw new RequestRefusedException("The operation is 0, allowed " + PUT + " to " + SCAN);
    };
  }

  private static byte[] key(MessageReader in) throws RequestRefusedException {
    return in.bytes("key", Limits.KEY);
  }

  private static MessageWriter begin(int operation) {
    return new MessageWriter().u8(VERSION).u8(operation);
  }
}
