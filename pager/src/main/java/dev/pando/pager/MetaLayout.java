package dev.pando.pager;

/** Offsets in a meta slot's page (FORMAT.md, "Meta slot"). */
public final class MetaLayout {
  /** u64, the bytes "PANDO", 0x1A, CR, LF: a transfer as text breaks them. */
  public static final int MAGIC = PageHeader.SIZE;

  /** u32, the format's version. */
  public static final int FORMAT_VERSION = MAGIC + Long.BYTES;

  /** u32, bytes of a page. */
  public static final int PAGE_SIZE = FORMAT_VERSION + Integer.BYTES;

  /** 16 bytes, a UUID in the order in which it is printed. */
  public static final int DATABASE_ID = PAGE_SIZE + Integer.BYTES;

  /** u64, the transaction that wrote the slot; the page's birth as well. */
  public static final int TXN_ID = DATABASE_ID + 2 * Long.BYTES;

  /** u64, the newest transaction known to be on disk when the slot was written. */
  public static final int DURABLE_TXN = TXN_ID + Long.BYTES;

  /** u64, the first page number never used; the file is at least that many pages long. */
  public static final int PAGE_COUNT = DURABLE_TXN + Long.BYTES;

  /** u64, free pages, in the free tree and the inline runs together. */
  public static final int FREE_PAGES = PAGE_COUNT + Long.BYTES;

  /** The catalog's tree root. */
  public static final int CATALOG = FREE_PAGES + Long.BYTES;

  /** The free tree's root. */
  public static final int FREE_TREE = CATALOG + TreeRootLayout.SIZE;

  /** u16, inline free runs. */
  public static final int RUN_COUNT = FREE_TREE + TreeRootLayout.SIZE;

  /** The first inline free run. */
  public static final int RUNS = RUN_COUNT + Short.BYTES;

  /** u48 in an inline free run: its first page. */
  public static final int RUN_PGNO = 0;

  /** u32 in an inline free run: its pages. */
  public static final int RUN_LENGTH = RUN_PGNO + PageMemory.U48_BYTES;

  /** u8 in an inline free run: 1 if its pages are free, 0 if they are used. */
  public static final int RUN_FREE = RUN_LENGTH + Integer.BYTES;

  /** Bytes of an inline free run. */
  public static final int RUN_SIZE = RUN_FREE + Byte.BYTES;

  // The trailer: the page's end, so that a named snapshot's record can leave it out.

  /** u64 in the trailer: no transaction above it has written a page. */
  public static final int ID_LIMIT = 0;

  /** u64 in the trailer: features without which the file cannot be read. */
  public static final int INCOMPATIBLE = ID_LIMIT + Long.BYTES;

  /** u64 in the trailer: features without which it cannot be written. */
  public static final int READ_ONLY_COMPATIBLE = INCOMPATIBLE + Long.BYTES;

  /** u64 in the trailer: features that need not be known. */
  public static final int COMPATIBLE = READ_ONLY_COMPATIBLE + Long.BYTES;

  /** 16 bytes in the trailer, a UUID: the incarnation, which tells copies apart. */
  public static final int INCARNATION = COMPATIBLE + Long.BYTES;

  /** 16 bytes in the trailer: the incarnation from which this one was made, or zeros. */
  public static final int PARENT = INCARNATION + 2 * Long.BYTES;

  /** u64 in the trailer: the last transaction that it has in common with its parent. */
  public static final int PARENT_TXN = PARENT + 2 * Long.BYTES;

  /** u64 in the trailer: the first page of the commit log; 0 without a log. */
  public static final int LOG_PGNO = PARENT_TXN + Long.BYTES;

  /** u64 in the trailer: pages of the commit log. */
  public static final int LOG_PAGES = LOG_PGNO + Long.BYTES;

  /** u64 in the trailer: where the log's next record begins, in bytes from the log's beginning. */
  public static final int LOG_NEXT = LOG_PAGES + Long.BYTES;

  /** u64 in the trailer: the transaction that the log's next record follows. */
  public static final int LOG_AFTER = LOG_NEXT + Long.BYTES;

  /** 64 bytes in the trailer, carried along. */
  public static final int RESERVED = LOG_AFTER + Long.BYTES;

  /** u64 numbers in {@link #RESERVED}. */
  public static final int RESERVED_WORDS = 8;

  /** Bytes of the trailer. */
  public static final int TRAILER_SIZE = RESERVED + RESERVED_WORDS * Long.BYTES;

  /** The magic's bytes "PANDO", 0x1A, CR, LF, read as a little-endian number. */
  public static final long MAGIC_VALUE = 0x0A0D_1A4F_444E_4150L;

  /** The version that this code reads and writes. */
  public static final int VERSION = 1;

  private MetaLayout() {}

  /** Inline free runs that a slot has room for: 12 at 512 bytes, 338 at 4,096. */
  public static int maxRuns(int pageSize) {
    return (pageSize - TRAILER_SIZE - RUNS) / RUN_SIZE;
  }
}
