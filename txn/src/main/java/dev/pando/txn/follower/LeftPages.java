package dev.pando.txn.follower;

import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.FreeTree;
import dev.pando.txn.space.PageSet;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Pages of the source that are in the file although the newest commit does not use them: of an
 * increment that was begun and not completed. They have valid checksums, and births after the
 * newest commit. If a database gave their births out again, recovery would take such a page for one
 * of its own whose write was lost. For one thread.
 */
final class LeftPages {
  private static final int BATCH_BYTES = 1 << 20;

  private final PageFile file;
  private final int pageSize;
  private final ByteBuffer batch = ByteBuffer.allocate(BATCH_BYTES);
  private final MemorySegment pages = MemorySegment.ofBuffer(batch);
  private final ByteBuffer run = ByteBuffer.allocate(BATCH_BYTES);
  private long fileEnd;
  private long highest;

  LeftPages(DataFile file) {
    this.file = file.file();
    this.pageSize = file.pageSize();
  }

  /**
   * Reads all pages of the file that a commit does not use.
   *
   * @return the highest birth of one that is whole, at least the commit's own transaction
   */
  long highestBirth(Snapshot newest) {
    Meta meta = newest.meta();
    PageSet free = PageSet.keeping(meta.pageCount());
    FreeTree.read(newest.map(), meta, free);
    FreeTree.apply(newest.map().name(), meta.freeRuns(), free);
    fileEnd = file.size() / pageSize;
    highest = meta.txnId();
    free.forEachRun(PageHeader.FIRST_PGNO, meta.pageCount(), this::look);
    look(meta.pageCount(), fileEnd - meta.pageCount());
    return highest;
  }

  private void look(long first, long count) {
    long end = first + count;
    for (long at = first; at < end; at += BATCH_BYTES / pageSize) {
      int there = (int) Math.min(BATCH_BYTES / pageSize, end - at);
      file.read(batch.clear().limit(there * pageSize), at * pageSize);
      for (int i = 0; i < there; i++) {
        look(at + i, i * pageSize);
      }
    }
  }

  private void look(long pgno, int at) {
    long birth = PageHeader.birth(pages, at);
    if (birth > highest
        && birth <= Meta.LAST_TXN
        && PageHeader.pgno(pages, at) == pgno
        && isWhole(pgno, PageHeader.pages(pages, at), PageHeader.checksum(pages, at))) {
      highest = birth;
    }
  }

  private boolean isWhole(long pgno, long length, int checksum) {
    if (length < 1 || length > fileEnd - pgno) {
      return false;
    }
    CRC32C crc = new CRC32C();
    long end = (pgno + length) * pageSize;
    for (long at = pgno * pageSize + PageHeader.TYPE; at < end; at += BATCH_BYTES) {
      file.read(run.clear().limit((int) Math.min(BATCH_BYTES, end - at)), at);
      crc.update(run.flip());
    }
    return (int) crc.getValue() == checksum;
  }
}
