package dev.pando.pager;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Reads the records of a commit log that follow a meta, in the order of their transactions. A
 * record counts if it is whole, is of this incarnation, and names the transaction before it. So
 * what is left of earlier rounds through the log is never taken for a later commit, and nothing
 * follows a gap.
 */
public final class LogReader {
  private final PageFile file;
  private final LogPlace log;
  private final UUID incarnation;
  private final int pageSize;
  private byte[] record = new byte[LogLayout.CHANGES];
  private long after;

  /** Where the next record may begin, from the log's beginning. */
  private long next;

  private int length;

  /** A reader before the first record that follows a meta of a file. */
  public LogReader(PageFile file, Meta meta) {
    this.file = file;
    log = meta.log();
    incarnation = meta.lineage().incarnation();
    pageSize = meta.pageSize();
    after = log.after();
    next = log.next();
  }

  /** Goes to the next record; false if no whole one follows. */
  public boolean next() {
    if (!log.exists()) {
      return false;
    }
    long half = log.halfBytes(pageSize);
    return read(next) || read(next < half ? half : 0);
  }

  /** The record's bytes; the next call of {@link #next} replaces them. */
  public byte[] record() {
    return record;
  }

  /** How many of the bytes are the record. */
  public int length() {
    return length;
  }

  /** The transaction of the record; before the first one, that of the commit. */
  public long txnId() {
    return after;
  }

  /** The page in which the record ends, for messages. */
  public long pgno() {
    return log.pgno() + Math.max(next - 1, 0) / pageSize;
  }

  private boolean read(long at) {
    long half = log.halfBytes(pageSize);
    long room = (at < half ? half : 2 * half) - at;
    if (room < LogLayout.CHANGES) {
      return false;
    }
    read(at, 0, LogLayout.CHANGES);
    long bytes = PageBytes.u32(record, LogLayout.LENGTH);
    if (record[LogLayout.TYPE] != PageHeader.LOG
        || bytes < LogLayout.CHANGES
        || bytes > Math.min(room, LogLayout.MAX_RECORD)
        || !isNext()
        || !incarnation.equals(PageBytes.uuid(record, LogLayout.INCARNATION))) {
      return false;
    }
    int count = (int) bytes;
    if (count > record.length) {
      record = Arrays.copyOf(record, count);
    }
    read(at + LogLayout.CHANGES, LogLayout.CHANGES, count - LogLayout.CHANGES);
    if (checksum(record, count) != PageBytes.i32(record, LogLayout.CHECKSUM) || !isLater()) {
      return false;
    }
    length = count;
    after = PageBytes.u64(record, LogLayout.TXN);
    next = at + LogLayout.blocks(count, pageSize);
    return true;
  }

  /** Whether the record that was read follows the one before. */
  private boolean isNext() {
    return PageBytes.u64(record, LogLayout.AFTER) == after;
  }

  /** Whether it is of a later transaction, so that a crafted log has an end. */
  private boolean isLater() {
    long txnId = PageBytes.u64(record, LogLayout.TXN);
    return txnId > after && txnId < PageHeader.LIMIT_U48;
  }

  private void read(long at, int to, int bytes) {
    file.read(ByteBuffer.wrap(record, to, bytes), log.pgno() * pageSize + at);
  }

  /** The checksum of a record of so many bytes. */
  static int checksum(byte[] record, int length) {
    CRC32C crc = new CRC32C();
    crc.update(record, LogLayout.TYPE, length - LogLayout.TYPE);
    return (int) crc.getValue();
  }

  /**
   * Fills in a record's header, and its checksum.
   *
   * @param record its changes begin at {@link LogLayout#CHANGES}
   * @param length bytes of it
   */
  public static void seal(byte[] record, int length, long txnId, long after, UUID incarnation) {
    PageBytes.put32(record, LogLayout.TYPE, PageHeader.LOG);
    PageBytes.put32(record, LogLayout.LENGTH, length);
    PageBytes.put64(record, LogLayout.TXN, txnId);
    PageBytes.put64(record, LogLayout.AFTER, after);
    PageBytes.putUuid(record, LogLayout.INCARNATION, incarnation);
    PageBytes.put32(record, LogLayout.CHECKSUM, checksum(record, length));
  }
}
