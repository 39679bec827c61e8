package dev.pando.bench.mmap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.MappedBytes;

/** Chronicle's MappedBytes over the whole file: a copy to or from native memory. */
final class ChronicleAccess implements Access {
  private final Path file;
  private final FileChannel channel;
  private final MemorySegment buffer;
  private final long address;
  private MappedBytes map;

  ChronicleAccess(Path file, int longestChunk) throws IOException {
    this.file = file;
    channel = FileChannel.open(file, StandardOpenOption.WRITE);
    buffer = Arena.global().allocate(longestChunk, Long.BYTES);
    address = buffer.address();
    map = map();
  }

  private MappedBytes map() throws IOException {
    long size = Files.size(file);
    MappedBytes made = MappedBytes.singleMappedBytes(file.toFile(), size);
    made.writePosition(size); // what is before it may be read
    return made;
  }

  @Override
  public void read(long offset, int length) {
    map.nativeRead(offset, address, length);
  }

  @Override
  public void write(long offset, int length) {
    map.nativeWrite(address, offset, length);
  }

  @Override
  public void sync() throws IOException {
    channel.force(false); // MappedBytes.sync leaves pages dirty
  }

  @Override
  public void mapAgain() throws IOException {
    map.releaseLast();
    map = map();
  }

  @Override
  public void close() throws IOException {
    map.releaseLast();
    channel.close();
  }
}
