package dev.pando;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pando.pager.PageMap;
import dev.pando.txn.file.Snapshot;
import java.lang.foreign.MemorySegment;

/**
 * Reads a snapshot's part of the file once, from beginning to end. In this order the kernel reads
 * ahead and fills the page tables of the map. Random reads would wait for each page. Bytes are
 * copied, because unused loads would be optimised away.
 */
final class WarmUp {
  private static final int BATCH = 1 << 20;

  private WarmUp() {}

  static void run(Snapshot snapshot, Progress progress) {
    long total = snapshot.meta().pageCount() * snapshot.meta().pageSize();
    PageMap file = snapshot.map();
    byte[] bytes = new byte[BATCH];
    for (long done = 0; done < total; ) {
      int length = (int) Math.min(BATCH, total - done);
      MemorySegment.copy(file.segment(done), JAVA_BYTE, file.offset(done), bytes, 0, length);
      done += length;
      progress.at(done, total);
    }
  }
}
