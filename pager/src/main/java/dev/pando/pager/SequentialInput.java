package dev.pando.pager;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads bytes, from the first to the last, from a channel of the caller. For one thread. */
public final class SequentialInput {
  /** The caller's; null for a file. */
  private final @Nullable ReadableByteChannel channel;

  private final @Nullable PageFile file;
  private final String name;
  private long at;

  /**
   * An input of what the channel has from now on.
   *
   * @param target the file for which the bytes are, for messages
   * @throws IllegalArgumentException if the channel does not block: this class does not wait for
   *     bytes
   */
  public SequentialInput(ReadableByteChannel channel, Path target) {
    if (channel instanceof SelectableChannel selectable && !selectable.isBlocking()) {
      throw new IllegalArgumentException("the channel is in non-blocking mode: " + channel);
    }
    this.channel = channel;
    this.file = null;
    this.name = "the channel for " + target;
  }

  /** An input of the bytes of a file. */
  public SequentialInput(PageFile file) {
    this.channel = null;
    this.file = file;
    this.name = String.valueOf(file.path());
  }

  /** What is read, for messages. */
  public String name() {
    return name;
  }

  /**
   * Fills the buffer from its position to its limit.
   *
   * @return false if there are not so many bytes; then those that there are were read
   * @throws StorageIoException if the channel fails
   */
  boolean read(ByteBuffer target) {
    if (file != null) {
      long left = file.size() - at;
      if (target.remaining() > left) {
        return false;
      }
      int bytes = target.remaining();
      file.read(target, at);
      at += bytes;
      return true;
    }
    return channel != null && read(channel, target);
  }

  private boolean read(ReadableByteChannel from, ByteBuffer target) {
    int begin = target.position();
    try {
      while (target.hasRemaining()) {
        if (from.read(target) < 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new StorageIoException(
          "%s failed after %d bytes: %s".formatted(name, at + target.position() - begin, e), e);
    } finally {
      at += target.position() - begin;
    }
  }

  /** The same bytes, which are written to a file as they are read. */
  IncrementReader.Input copiedTo(PageFile copy) {
    return new IncrementReader.Input() {
      @Override
      public long size() {
        return Long.MAX_VALUE;
      }

      @Override
      public boolean read(ByteBuffer target, long offset) {
        int begin = target.position();
        boolean whole = SequentialInput.this.read(target);
        if (target.position() > begin) {
          ByteBuffer read = target.duplicate().limit(target.position()).position(begin);
          copy.write(read, offset);
        }
        return whole;
      }

      @Override
      public void close() {
        // the caller's
      }
    };
  }
}
