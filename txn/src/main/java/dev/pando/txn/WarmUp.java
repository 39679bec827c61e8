package dev.pando.txn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Reads a snapshot's part of the file once, from begin to end. In this order the kernel reads
 * ahead, and fills its tables for the map; pages that are wanted one by one would be waited for one
 * by one. Bytes are copied out, because loads without a use would be optimised away.
 */
final class WarmUp {
  private static final int CHUNK = 1 << 20;

  private WarmUp() {}

  static void run(Snapshot snapshot, Progress progress) {
    long total = snapshot.meta().pageCount() * snapshot.meta().pageSize();
    MemorySegment file = snapshot.map().segment(0);
    byte[] chunk = new byte[CHUNK];
    for (long done = 0; done < total; ) {
      int bytes = (int) Math.min(CHUNK, total - done);
      MemorySegment.copy(file, JAVA_BYTE, done, chunk, 0, bytes);
      done += bytes;
      progress.at(done, total);
    }
  }
}
