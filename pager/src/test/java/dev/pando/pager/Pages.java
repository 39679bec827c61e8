package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes pages and damages files for tests. */
final class Pages {
  static final Storage STORAGE = new FileStorage();

  private Pages() {}

  /** A sealed page or run, filled with bytes that its number and birth give. */
  static byte[] sealed(int pageSize, byte type, long pages, long pgno, long birth) {
    byte[] bytes = new byte[(int) (pages * pageSize)];
    for (int i = PageHeader.SIZE; i < bytes.length; i++) {
      bytes[i] = (byte) (pgno * 31 + birth * 7 + i);
    }
    MemorySegment page = MemorySegment.ofArray(bytes);
    PageHeader.format(page, 0, type, pages, pgno, birth);
    PageHeader.seal(page, 0, bytes.length);
    return bytes;
  }

  /** A file of zeros but for leaves at page 3 and above, each born in the transaction given. */
  static PageFile leaves(Path path, int pageSize, int pageCount, long birth) {
    PageFile file = STORAGE.create(path);
    file.grow((long) pageSize * pageCount);
    for (long pgno = PageHeader.FIRST_PGNO; pgno < pageCount; pgno++) {
      byte[] page = sealed(pageSize, PageHeader.LEAF, 1, pgno, birth);
      file.write(ByteBuffer.wrap(page), pgno * pageSize);
    }
    return file;
  }

  /** The message holds every part: messages are for people, and tests read them. */
  static void assertSays(Throwable e, String... parts) {
    String message = String.valueOf(e.getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "wanted \"" + part + "\" in: " + message);
    }
  }

  static void overwrite(Path path, long offset, byte... bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      int _ = channel.write(ByteBuffer.wrap(bytes), offset);
    }
  }

  static void cut(Path path, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      FileChannel _ = channel.truncate(size);
    }
  }
}
