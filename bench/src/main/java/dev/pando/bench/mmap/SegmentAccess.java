package dev.pando.bench.mmap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The JDK's map, bounds-checked, as Pando reads: a copy to or from native memory. */
final class SegmentAccess implements Access {
  private final FileChannel channel;
  private final MemorySegment buffer;
  private Arena arena;
  private MemorySegment map;

  SegmentAccess(Path file, int longestChunk) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    buffer = Arena.ofAuto().allocate(longestChunk, Long.BYTES);
    arena = Arena.ofShared();
    map = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
  }

  @Override
  public void read(long offset, int length) {
    MemorySegment.copy(map, offset, buffer, 0, length);
  }

  @Override
  public void write(long offset, int length) {
    MemorySegment.copy(buffer, 0, map, offset, length);
  }

  @Override
  public void sync() throws IOException {
    map.force();
  }

  @Override
  public void mapAgain() throws IOException {
    arena.close();
    arena = Arena.ofShared();
    map = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
  }

  @Override
  public void close() throws IOException {
    arena.close();
    channel.close();
  }
}
