package dev.pando.txn.dirty;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import dev.pando.txn.file.DataFile;
import dev.pando.txn.space.FreeSpace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes pages with few calls: pages that are adjacent in the file go together. If they are
 * adjacent in memory too, they are written from there, else through a staging buffer.
 */
final class PageWriter {
  /** Bytes of the staging buffer: enough that a call costs less than copying what it writes. */
  private static final int STAGING = 64 << 10;

  /** Bytes of the staging buffer of a large write. */
  private static final int LARGE_STAGING = 256 << 10;

  /** Bytes of the largest gap that is filled. */
  private static final long MOST_GAP = 16 << 10;

  private static final ValueLayout.OfInt CHECKSUM = PageHeader.U32;

  private final DataFile file;
  private final int pageSize;
  private @Nullable MemorySegment staging;
  private int stagingBytes = STAGING;

  /** The free space, for pages that lie in gaps; null if gaps stay as they are. */
  private @Nullable FreeSpace free;

  private @Nullable MemorySegment firstPage;

  /** Pages that wait to be written, in one piece of memory or in the staging buffer. */
  private MemorySegment memory = MemorySegment.NULL;

  private long offset;
  private long bytes;
  private long firstPgno;

  /** Makes a writer with a buffer of its own. */
  PageWriter(DataFile file) {
    this.file = file;
    this.pageSize = file.pageSize();
  }

  private MemorySegment staging() {
    MemorySegment made = staging;
    if (made == null || made.byteSize() < stagingBytes) {
      made = Arena.ofAuto().allocate(stagingBytes, 4096);
      staging = made;
    }
    return made;
  }

  private MemorySegment firstPage() {
    MemorySegment made = firstPage;
    if (made == null) {
      made = Arena.ofAuto().allocate(pageSize, Long.BYTES);
      firstPage = made;
    }
    return made;
  }

  /** Forgets the pages that wait: the transaction failed. */
  void reset() {
    bytes = 0;
  }

  /**
   * Begins to write pages.
   *
   * @param gaps whose free pages are written as zeros where they are few between two pages, which
   *     then need one call, and are one piece on disk; null for small writes
   */
  void begin(@Nullable FreeSpace gaps) {
    bytes = 0; // an earlier write may have failed
    free = gaps;
    stagingBytes = gaps == null ? STAGING : LARGE_STAGING;
  }

  /** Adds sealed pages; page numbers must ascend. The memory must not change until the flush. */
  void add(MemorySegment page, long pageOffset, long pgno, long pages) {
    long length = pages * pageSize;
    if (free != null) {
      fillGap(free, pgno, length);
    }
    if (bytes > 0 && pgno == firstPgno + bytes / pageSize) {
      if (memory == page && offset + bytes == pageOffset) {
        bytes += length;
        return;
      }
      if (stage(length)) {
        PageMemory.copy(page, pageOffset, memory, bytes, length);
        bytes += length;
        return;
      }
    }
    flush();
    memory = page;
    offset = pageOffset;
    bytes = length;
    firstPgno = pgno;
  }

  private void fillGap(FreeSpace space, long pgno, long length) {
    long start = firstPgno + bytes / pageSize;
    long gap = pgno - start;
    long filled = gap * pageSize;
    if (bytes > 0
        && gap > 0
        && filled <= MOST_GAP
        && space.isReusable(start, gap)
        && stage(filled + length)) {
      PageMemory.clear(memory, bytes, filled);
      bytes += filled;
    }
  }

  /** Moves waiting pages into the staging buffer, if they fit there with {@code more} bytes. */
  private boolean stage(long more) {
    if (bytes + more > stagingBytes) {
      return false;
    }
    MemorySegment buffer = staging();
    if (memory != buffer) {
      PageMemory.copy(memory, offset, buffer, 0, bytes);
      memory = buffer;
      offset = 0;
    }
    return true;
  }

  /** Writes the pages that wait. */
  void flush() {
    if (bytes > 0) {
      long length = bytes;
      bytes = 0;
      file.write(memory, offset, length, firstPgno);
    }
  }

  /**
   * Writes a value to an overflow run without a second copy in memory. The header, which has the
   * checksum, is written last.
   */
  void writeRun(
      MemorySegment source, long sourceOffset, long length, long pgno, long pages, long txnId) {
    MemorySegment buffer = staging();
    MemorySegment first = firstPage();
    first.fill((byte) 0);
    PageHeader.format(first, 0, PageHeader.OVERFLOW, pages, pgno, txnId);
    long done = Math.min(length, pageSize - PageHeader.SIZE);
    PageMemory.copy(source, sourceOffset, first, PageHeader.SIZE, done);
    CRC32C crc = new CRC32C();
    PageHeader.updateChecksum(crc, first, PageHeader.TYPE, pageSize - PageHeader.TYPE);
    long at = pgno + 1;
    while (done < length) {
      long chunk = Math.min(STAGING, length - done);
      long padded = (chunk + pageSize - 1) / pageSize * pageSize;
      PageMemory.copy(source, sourceOffset + done, buffer, 0, chunk);
      PageMemory.clear(buffer, chunk, padded - chunk);
      PageHeader.updateChecksum(crc, buffer, 0, padded);
      file.write(buffer, 0, padded, at);
      at += padded / pageSize;
      done += chunk;
    }
    first.set(CHECKSUM, PageHeader.CHECKSUM, (int) crc.getValue());
    file.write(first, 0, pageSize, pgno);
  }
}
