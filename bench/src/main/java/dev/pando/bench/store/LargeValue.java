package dev.pando.bench.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A value of some MiB. Each call is a transaction of its own; a change is safe from a loss of power
 * when it returns.
 */
public interface LargeValue {
  /** Bytes that are read at a time where a store does not show the value in place. */
  int PART = 256 << 10;

  /**
   * Stores the value, in place of the one before.
   *
   * @param source has as many bytes
   */
  void put(ReadableByteChannel source, int bytes) throws IOException;

  /** Reads every byte: its {@link Sum}, which parts of {@link #PART} bytes give, too. */
  long sum() throws IOException;

  /** Replaces bytes of the value, from a position on. */
  void change(int position, ByteBuffer bytes) throws IOException;

  /** What {@link #sum()} is for a value. */
  static long sum(byte[] value) {
    return Sum.of(value, value.length);
  }

  /** Reads a channel to its end; the sum of its bytes. */
  static long sum(ReadableByteChannel channel, ByteBuffer part) throws IOException {
    long sum = 0;
    for (int bytes = 0; bytes >= 0; ) {
      part.clear();
      do {
        bytes = channel.read(part);
      } while (bytes >= 0 && part.hasRemaining());
      sum += Sum.of(part.flip());
    }
    return sum;
  }

  /** Reads from a channel until a buffer is full. */
  static void fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IllegalStateException("the channel has " + buffer.remaining() + " bytes less");
      }
    }
  }
}
