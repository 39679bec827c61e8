package dev.pando.bench.mmap;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** System calls: pread and pwrite with a direct buffer, which the JDK passes on without a copy. */
final class ChannelAccess implements Access {
  private final FileChannel channel;
  private final ByteBuffer buffer;

  ChannelAccess(Path file, int longestChunk) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    buffer = ByteBuffer.allocateDirect(longestChunk);
  }

  @Override
  public void read(long offset, int length) throws IOException {
    buffer.limit(length).position(0);
    do {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException();
      }
    } while (buffer.hasRemaining());
  }

  @Override
  public void write(long offset, int length) throws IOException {
    buffer.limit(length).position(0);
    do {
      int _ = channel.write(buffer, offset + buffer.position());
    } while (buffer.hasRemaining());
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void mapAgain() {}

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
