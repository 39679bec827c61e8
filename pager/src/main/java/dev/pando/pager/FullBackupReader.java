package dev.pando.pager;

import dev.pando.error.BackupMismatchException;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads a full backup from the first byte to the last. It was not written since: its first meta
 * slot has the only meta. For one thread.
 */
public final class FullBackupReader {
  /** Bytes read at a time; a multiple of every page size. */
  private static final int BATCH = 1 << 20;

  private final SequentialInput in;
  private final Meta meta;
  private final ByteBuffer batch = ByteBuffer.allocateDirect(BATCH);

  /**
   * Reads the meta.
   *
   * @throws UnsupportedFormatException if it is no database, or one of another version
   * @throws CorruptFileException if the meta is damaged
   * @throws BackupMismatchException if there is another meta
   */
  public FullBackupReader(SequentialInput in) {
    this.in = in;
    byte[] head = Arrays.copyOf(read(PageHeader.MIN_PAGE_SIZE), PageHeader.MIN_PAGE_SIZE);
    long pageSize = PageBytes.u32(head, MetaLayout.PAGE_SIZE);
    if (!MetaScan.hasMagic(head, 0) || !PageHeader.isPageSize(pageSize)) {
      throw new UnsupportedFormatException(
          in.name(),
          "bytes that do not begin as a database",
          MetaScan.SUPPORTED,
          "give it a full backup of the form PAGES");
    }
    byte[] page = Arrays.copyOf(head, (int) pageSize);
    byte[] rest = read((int) pageSize - head.length);
    System.arraycopy(rest, 0, page, head.length, rest.length);
    this.meta = decode(page);
    checkEmpty(read((PageHeader.META_SLOTS - 1) * (int) pageSize));
  }

  private Meta decode(byte[] page) {
    MetaDecoder decoder = new MetaDecoder(page, 0, page.length, 0);
    if (decoder.checksumHolds()) {
      int version = PageBytes.i32(page, MetaLayout.FORMAT_VERSION);
      if (version != MetaLayout.VERSION) {
        throw MetaScan.otherVersion(
            in.name(), "Pando format version " + Integer.toUnsignedString(version));
      }
      if (!decoder.features().canRead()) {
        throw decoder.features().unreadable(in.name());
      }
    }
    MetaDecoder.Decoded decoded = decoder.decode(Long.MAX_VALUE);
    Meta found = decoded.meta();
    if (found == null) {
      throw new CorruptFileException(in.name(), 0, String.valueOf(decoded.problem()));
    }
    return found;
  }

  private void checkEmpty(byte[] slots) {
    if (!Arrays.equals(slots, new byte[slots.length])) {
      throw new BackupMismatchException(
          in.name()
              + ": it has more than one meta, so it is no backup or was written since; give it an"
              + " unchanged full backup");
    }
  }

  private byte[] read(int bytes) {
    ByteBuffer target = ByteBuffer.allocate(bytes);
    fill(target, 0);
    return target.array();
  }

  private void fill(ByteBuffer target, long offset) {
    if (!in.read(target)) {
      throw new CorruptFileException(
          in.name(), -1, "it ends after %d bytes; copy it again".formatted(offset));
    }
  }

  /** The commit. */
  public Meta meta() {
    return meta;
  }

  /** Reads all pages after the meta slots, once. Free pages may have zeros. */
  public void forEach(IncrementReader.Visitor visitor) {
    int pageSize = meta.pageSize();
    int most = BATCH / pageSize;
    for (long pgno = PageHeader.META_SLOTS; pgno < meta.pageCount(); pgno += most) {
      int pages = (int) Math.min(most, meta.pageCount() - pgno);
      batch.clear().limit(pages * pageSize);
      fill(batch, pgno * pageSize);
      visitor.pages(batch.flip(), pgno);
    }
  }
}
