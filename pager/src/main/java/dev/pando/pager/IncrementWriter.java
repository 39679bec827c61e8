package dev.pando.pager;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes an increment of a backup: the meta of a commit, and the pages that were written since an
 * older one. The checksum of each part continues the one before, so that no part can be missing or
 * in another place. For one thread.
 */
public final class IncrementWriter {
  private final SequentialOutput out;
  private final int pageSize;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(IncrementLayout.PART_SIZE + IncrementLayout.MOST_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN);

  /** Of all that was written, without checksums. */
  private final CRC32C crc = new CRC32C();

  /**
   * Writes the beginning.
   *
   * @param meta of the commit
   * @param since the older commit
   * @param pages that will be written
   */
  public IncrementWriter(SequentialOutput out, Meta meta, long since, long pages) {
    this.out = out;
    this.pageSize = meta.pageSize();
    buffer.putLong(IncrementLayout.MAGIC_VALUE);
    buffer.putInt(IncrementLayout.CURRENT_VERSION);
    buffer.putInt(pageSize);
    buffer.putLong(since);
    buffer.putLong(pages);
    crc.update(buffer.slice(0, IncrementLayout.CHECKSUM));
    buffer.putInt((int) crc.getValue());
    byte[] page = new byte[pageSize];
    meta.encode(page, 0);
    write(ByteBuffer.wrap(page), 0);
  }

  /**
   * Writes a part.
   *
   * @param pages whole pages that follow each other, at most {@link IncrementLayout#MOST_BYTES};
   *     from its position to its limit
   * @param pgno the first one's number
   */
  public void write(ByteBuffer pages, long pgno) {
    int bytes = pages.remaining();
    if (buffer.remaining() < IncrementLayout.PART_SIZE + bytes) {
      flush();
    }
    int at = buffer.position();
    int from = at + IncrementLayout.PART_PAGES;
    buffer.putInt(0).putInt(bytes / pageSize).putLong(pgno).put(pages);
    crc.update(buffer.slice(from, buffer.position() - from));
    buffer.putInt(at, (int) crc.getValue());
  }

  /** Writes the end. */
  public void end() {
    write(ByteBuffer.allocate(0), 0);
    flush();
  }

  private void flush() {
    out.write(buffer.flip());
    buffer.clear();
  }
}
