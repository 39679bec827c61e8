package dev.pando.txn;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A record of the free tree (FORMAT.md, "Free tree"): one run of free pages. Keys order by birth,
 * then by freeing transaction, so that among equal births those that may be reused come first.
 */
final class FreeRecord {
  /** u64, big-endian: the smallest snapshot that may see the pages. */
  static final int BIRTH = 0;

  /** u64, big-endian: the transaction that freed them. */
  static final int FREED = BIRTH + Long.BYTES;

  /** u64, big-endian: the first page. */
  static final int PGNO = FREED + Long.BYTES;

  /** Bytes of a key. */
  static final int KEY_BYTES = PGNO + Long.BYTES;

  /** Bytes of a value: u32, pages. */
  static final int VALUE_BYTES = Integer.BYTES;

  /** The longest run that one record holds. */
  static final long MAX_LENGTH = 0xFFFF_FFFFL;

  private static final ValueLayout.OfLong BIG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FreeRecord() {}

  static void writeKey(KeyBuffer key, long birth, long freed, long pgno) {
    MemorySegment memory = key.segment();
    memory.set(BIG, BIRTH, birth);
    memory.set(BIG, FREED, freed);
    memory.set(BIG, PGNO, pgno);
    key.length(KEY_BYTES);
  }

  static void writeKey(KeyBuffer key, FreeRun run) {
    writeKey(key, run.birth(), run.freed(), run.pgno());
  }

  static void writeValue(MemorySegment value, long length) {
    value.set(U32, 0, (int) length);
  }

  static long birth(Slice key) {
    return key.segment.get(BIG, key.offset + BIRTH);
  }

  static long freed(Slice key) {
    return key.segment.get(BIG, key.offset + FREED);
  }

  /**
   * Reads a record; every number is checked.
   *
   * @param file for messages
   * @param pageCount of the commit that the tree belongs to
   * @param txnId of that commit
   */
  static FreeRun read(String file, Slice key, Slice value, long pageCount, long txnId) {
    if (key.length != KEY_BYTES || value.length != VALUE_BYTES) {
      throw corrupt(
          file,
          -1,
          "a free record of %d and %d bytes, allowed: %d and %d"
              .formatted(key.length, value.length, KEY_BYTES, VALUE_BYTES));
    }
    long birth = birth(key);
    long freed = freed(key);
    long pgno = key.segment.get(BIG, key.offset + PGNO);
    long length = Integer.toUnsignedLong(value.segment.get(U32, value.offset));
    if (pgno < PageHeader.FIRST_PGNO
        || pgno >= pageCount
        || length < 1
        || length > pageCount - pgno) {
      throw corrupt(
          file,
          pgno,
          "a free run of %d pages, allowed: inside pages %d to %d"
              .formatted(length, PageHeader.FIRST_PGNO, pageCount - 1));
    }
    if (birth < 0 || freed < birth || freed > txnId) {
      throw corrupt(
          file,
          pgno,
          "a free run born in %d and freed in %d, allowed: in this order, at most %d"
              .formatted(birth, freed, txnId));
    }
    return new FreeRun(pgno, length, birth, freed);
  }

  private static CorruptFileException corrupt(String file, long pgno, String reason) {
    return new CorruptFileException(file, pgno, reason);
  }
}
