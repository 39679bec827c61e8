package dev.pando.pager;

/** Offsets in an increment of a backup (FORMAT.md, "Increments of a backup"). */
public final class IncrementLayout {
  /** 8 bytes, {@link #MAGIC_VALUE}. */
  public static final int MAGIC = 0;

  /** u32, {@link #CURRENT_VERSION}. */
  public static final int VERSION = MAGIC + Long.BYTES;

  /** u32, bytes of a page. */
  public static final int PAGE_SIZE = VERSION + Integer.BYTES;

  /** u64, the transaction after which the pages were written. */
  public static final int SINCE = PAGE_SIZE + Integer.BYTES;

  /** u64, pages of all parts, without the meta. */
  public static final int PAGES = SINCE + Long.BYTES;

  /** u32, CRC32C of the header's bytes before this field. */
  public static final int CHECKSUM = PAGES + Long.BYTES;

  /** Bytes of the header. */
  public static final int SIZE = CHECKSUM + Integer.BYTES;

  /** u32 of a part, CRC32C of all bytes before the part's end, without checksums. */
  public static final int PART_CHECKSUM = 0;

  /** u32 of a part, its pages. */
  public static final int PART_PAGES = PART_CHECKSUM + Integer.BYTES;

  /** u64 of a part, its first page. */
  public static final int PART_PGNO = PART_PAGES + Integer.BYTES;

  /** Bytes of a part's header; its pages follow. */
  public static final int PART_SIZE = PART_PGNO + Long.BYTES;

  /** Bytes of the pages of the longest part. */
  public static final int MOST_BYTES = 1 << 20;

  /** The magic as a little-endian number: {@code PANDOINC}. */
  public static final long MAGIC_VALUE = 0x434E_494F_444E_4150L;

  /** The version of this form. */
  public static final int CURRENT_VERSION = 1;

  private IncrementLayout() {}
}
