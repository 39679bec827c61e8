package dev.pando;

import dev.pando.pager.FreeRun;
import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Makes a closed database much longer by free pages at its end, of which no byte is written. */
final class StretchedFile {
  private StretchedFile() {}

  /** The newest meta of a file. */
  static Meta newest(Path file, int pageSize) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Meta newest = null;
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        ByteBuffer page = ByteBuffer.allocate(pageSize);
        int _ = channel.read(page, (long) slot * pageSize);
        Meta meta = Meta.decode(MemorySegment.ofArray(page.array()), slot);
        if (meta != null && (newest == null || meta.txnId() > newest.txnId())) {
          newest = meta;
        }
      }
      if (newest == null) {
        throw new IOException(file + ": no meta");
      }
      return newest;
    }
  }

  /** Appends free pages. */
  static void stretch(Path file, int pageSize, long pages) throws IOException {
    Meta meta = newest(file, pageSize);
    List<FreeRun> runs = new ArrayList<>(meta.freeRuns());
    runs.add(new FreeRun(meta.pageCount(), pages, true));
    long pageCount = meta.pageCount() + pages;
    Meta edited =
        meta.withContent(
            pageCount, meta.freePages() + pages, meta.catalog(), meta.freeTree(), runs);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int _ = channel.write(ByteBuffer.allocate(1), pageCount * pageSize - 1);
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        byte[] page = new byte[pageSize];
        edited.encode(MemorySegment.ofArray(page), 0, slot);
        int _ = channel.write(ByteBuffer.wrap(page), (long) slot * pageSize);
      }
    }
  }
}
