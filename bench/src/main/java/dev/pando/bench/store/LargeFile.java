package dev.pando.bench.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * No store but a floor: a value is a file, which is written, synced and renamed. A change goes over
 * what is there, and a loss of power may tear it.
 */
final class LargeFile implements LargeValue {
  private final Path file;
  private final Path next;
  private final ByteBuffer part = ByteBuffer.allocateDirect(PART);

  LargeFile(Path directory) {
    file = directory.resolve("large");
    next = directory.resolve("large.next");
  }

  @Override
  public void put(ReadableByteChannel source, int bytes) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (int left = bytes; left > 0; left -= part.capacity()) {
        LargeValue.fill(source, part.clear().limit(Math.min(left, part.capacity())));
        part.flip();
        while (part.hasRemaining()) {
          int _ = out.write(part);
        }
      }
      out.force(false);
    }
    Path _ = Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public long sum() throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      return LargeValue.sum(in, part);
    }
  }

  @Override
  public void change(int position, ByteBuffer bytes) throws IOException {
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = position; bytes.hasRemaining(); ) {
        at += out.write(bytes, at);
      }
      out.force(false);
    }
  }
}
