package dev.pando.txn.dirty;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageMemory;
import dev.pando.txn.file.DataFile;
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

  private static final ValueLayout.OfInt CHECKSUM = PageHeader.U32;

  private final DataFile file;
  private final int pageSize;
  private @Nullable MemorySegment staging;
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
    if (made == null) {
      made = Arena.ofAuto().allocate(STAGING, 4096);
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

  /** Adds sealed pages; page numbers must ascend. The memory must not change until the flush. */
  void add(MemorySegment page, long pageOffset, long pgno, long pages) {
    long length = pages * pageSize;
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

  /** Moves waiting pages into the staging buffer, if they fit there with {@code more} bytes. */
  private boolean stage(long more) {
    if (bytes + more > STAGING) {
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
