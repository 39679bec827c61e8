package dev.pando.examples.lmdbjava;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.lmdbjava.CursorIterable;

/** Buffers for tests. */
final class Bytes {
  private Bytes() {}

  static ByteBuffer of(int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    for (int each : bytes) {
      buffer.put((byte) each);
    }
    return buffer.flip();
  }

  static ByteBuffer of(String text) {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  static ByteBuffer zeros(int length) {
    return ByteBuffer.allocateDirect(length);
  }

  static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static String all(CursorIterable<ByteBuffer> range) {
    StringBuilder all = new StringBuilder();
    try (range) {
      for (CursorIterable.KeyVal<ByteBuffer> each : range) {
        all.append(hex(each.key())).append('=').append(hex(each.val())).append(' ');
      }
    }
    return all.toString().strip();
  }
}
