package dev.pando.pager;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * Writes a file's bytes, from the first to the last, to a channel of the caller. For one thread.
 */
public final class SequentialOutput {
  private final WritableByteChannel channel;
  private final Path source;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(64 << 10);
  private long at;

  /**
   * An output at the file's beginning.
   *
   * @param source for messages
   * @throws IllegalArgumentException if the channel does not block: this class does not wait for
   *     room
   */
  public SequentialOutput(WritableByteChannel channel, Path source) {
    if (channel instanceof SelectableChannel selectable && !selectable.isBlocking()) {
      throw new IllegalArgumentException("the channel is in non-blocking mode: " + channel);
    }
    this.channel = channel;
    this.source = source;
  }

  /**
   * Writes what follows.
   *
   * @throws StorageIoException if the channel fails
   */
  public void write(ByteBuffer bytes) {
    at += bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
    } catch (IOException e) {
      throw new StorageIoException(
          "%s: the channel of its backup failed after %d bytes: %s"
              .formatted(source, at - bytes.remaining(), e),
          e);
    }
  }

  /** Bytes that were written. */
  public long position() {
    return at;
  }

  /** Writes zeros up to an offset of the file; returns how many. */
  public long fill(long offset) {
    long missing = offset - at;
    while (at < offset) {
      write(zeros.clear().limit((int) Math.min(zeros.capacity(), offset - at)));
    }
    return missing;
  }
}
