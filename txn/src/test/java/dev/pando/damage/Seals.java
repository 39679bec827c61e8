package dev.pando.damage;

import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Makes all checksums of a file right again, so that who changed it gets past the door. */
final class Seals {
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Seals() {}

  /** Metas, those inside of named snapshots, pages and runs: whatever now looks like one. */
  static void renew(byte[] image, int pageSize) {
    MemorySegment file = MemorySegment.ofArray(image);
    int pages = image.length / pageSize;
    for (int slot = 0; slot < Math.min(pages, PageHeader.META_SLOTS); slot++) {
      if (file.get(U64, (long) slot * pageSize + MetaLayout.MAGIC) != 0) {
        PageHeader.seal(file, (long) slot * pageSize, pageSize);
      }
    }
    embeddedMetas(file, pageSize);
    // Backwards: inside of a run may be what looks like a page, and the run counts.
    for (int page = pages - 1; page >= PageHeader.META_SLOTS; page--) {
      long base = (long) page * pageSize;
      byte type = PageHeader.type(file, base);
      if (type == PageHeader.BRANCH || type == PageHeader.LEAF || type == PageHeader.OVERFLOW) {
        long run = PageHeader.pages(file, base);
        boolean fits = run >= 1 && run <= pages - page;
        PageHeader.seal(file, base, (fits ? run : 1) * pageSize);
      }
    }
  }

  private static void embeddedMetas(MemorySegment file, int pageSize) {
    byte[] whole = new byte[pageSize];
    MemorySegment meta = MemorySegment.ofArray(whole);
    long last = file.byteSize() - MetaLayout.RUNS;
    for (long at = (long) PageHeader.META_SLOTS * pageSize; at <= last; at++) {
      if (file.get(U64, at + MetaLayout.MAGIC) == MetaLayout.MAGIC_VALUE) {
        int runs = Short.toUnsignedInt(file.get(U16, at + MetaLayout.RUN_COUNT));
        long bytes = MetaLayout.RUNS + (long) runs * MetaLayout.RUN_SIZE;
        bytes = Math.min(Math.min(bytes, pageSize), file.byteSize() - at);
        meta.fill((byte) 0);
        MemorySegment.copy(file, at, meta, 0, bytes);
        PageHeader.seal(meta, 0, pageSize);
        MemorySegment.copy(meta, 0, file, at, Integer.BYTES);
      }
    }
  }
}
