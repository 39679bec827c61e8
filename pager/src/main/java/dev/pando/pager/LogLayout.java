package dev.pando.pager;

/** Offsets in a record of the commit log (FORMAT.md, "Commit log"). */
public final class LogLayout {
  /** u32, CRC32C of the record's bytes after this field. */
  public static final int CHECKSUM = 0;

  /** u8, {@link PageHeader#LOG}. */
  public static final int TYPE = CHECKSUM + Integer.BYTES;

  /** u32, bytes of the record, the checksum included. */
  public static final int LENGTH = TYPE + Integer.BYTES;

  /** u64, the transaction whose changes these are. */
  public static final int TXN = LENGTH + Integer.BYTES;

  /** u64, the transaction that it follows. */
  public static final int AFTER = TXN + Long.BYTES;

  /** 16 bytes, a UUID: the incarnation of the database. */
  public static final int INCARNATION = AFTER + Long.BYTES;

  /** The first change; the others follow. */
  public static final int CHANGES = INCARNATION + 2 * Long.BYTES;

  /** u8, a change: the table of the changes that follow. */
  public static final int TABLE = 1;

  /** u8, a change: an entry is stored. */
  public static final int PUT = 2;

  /** u8, a change: an entry is removed. */
  public static final int DELETE = 3;

  /** Bytes of the longest record. */
  public static final int MAX_RECORD = 1 << 20;

  /** Bytes of the largest block; pages may be smaller. */
  public static final int MAX_BLOCK = 4096;

  private LogLayout() {}

  /** A record begins at a multiple of so many bytes, so that no write touches the one before. */
  public static int blockBytes(int pageSize) {
    return Math.min(pageSize, MAX_BLOCK);
  }

  /** Bytes of the blocks that a record takes. */
  public static long blocks(long length, int pageSize) {
    int block = blockBytes(pageSize);
    return (length + block - 1) / block * block;
  }
}
