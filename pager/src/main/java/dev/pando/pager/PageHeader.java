package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The first 32 bytes of every page and overflow run (FORMAT.md, "Page header"), and its checksum.
 * Static accessors over a segment and the offset at which the page begins. The setters are for
 * private memory: nothing is written through a map.
 */
public final class PageHeader {
  /** u32, CRC32C of all bytes after it, to the end of the page or run. */
  public static final int CHECKSUM = 0;

  /** u8, one of the types below. */
  public static final int TYPE = CHECKSUM + Integer.BYTES;

  /**
   * u8, a leaf's pages less one in the upper four bits, and {@link #SHARED_KEYS}; {@link
   * #COUNT_WIDTH} of a branch.
   */
  public static final int FLAGS = TYPE + Byte.BYTES;

  /** u16, cells of a leaf or branch. */
  public static final int COUNT = FLAGS + Byte.BYTES;

  /** u16, bytes that cells take at the end of the page. */
  public static final int CELL_BYTES = COUNT + Short.BYTES;

  /** u16, bytes of the common prefix, which the key heads leave out. */
  public static final int PREFIX = CELL_BYTES + Short.BYTES;

  /** u32, pages of the run: 1 except for overflow runs and large leaves. */
  public static final int PAGES = PREFIX + Short.BYTES;

  /** u64, the page's own number. */
  public static final int PGNO = PAGES + Integer.BYTES;

  /** u64, the transaction that wrote the page. */
  public static final int BIRTH = PGNO + Long.BYTES;

  /** Bytes of the header. */
  public static final int SIZE = BIRTH + Long.BYTES;

  /** Type of a meta slot. */
  public static final byte META = 1;

  /** Type of a page of children. */
  public static final byte BRANCH = 2;

  /** Type of a page, or a run of a few pages, of entries. */
  public static final byte LEAF = 3;

  /** Type of a run of pages that holds one value. */
  public static final byte OVERFLOW = 4;

  /** Type, reserved for a list of a value's chunks: this build refuses it. */
  public static final byte CHUNKS = 5;

  /** Type of a record of the commit log, which is no page: its header is another one. */
  public static final byte LOG = 6;

  /** The bit of a leaf's flags that is set if a key of the leaf has bytes in another cell. */
  public static final byte SHARED_KEYS = 1;

  /** The bits of a branch's flags that say how wide its counts are: this many times two bytes. */
  public static final byte COUNT_WIDTH = 3;

  /**
   * The lowest bit of the flags that has a leaf's {@link #PAGES} less one: a search reads that word
   * anyway.
   */
  public static final int LEAF_PAGES_SHIFT = 4;

  /** Pages of the largest leaf, unless {@link #MAX_PAGE_SIZE} allows fewer. */
  public static final int MAX_LEAF_PAGES = 16;

  /** Meta slots: pages 0, 1 and 2. */
  public static final int META_SLOTS = 3;

  /** The first page that is not a meta slot: no reference names a lower one. */
  public static final long FIRST_PGNO = META_SLOTS;

  /** Smallest page size; below 4,096 only tests make sense. */
  public static final int MIN_PAGE_SIZE = 512;

  /** Largest page size: offsets in a page are 16-bit numbers. */
  public static final int MAX_PAGE_SIZE = 65_536;

  /** Page numbers and transaction ids stay below this: references hold them in 6 bytes. */
  public static final long LIMIT_U48 = 1L << 48;

  /** All numbers in a file are little-endian, and may be at any offset. */
  public static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** As {@link #U64}. */
  public static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** As {@link #U64}. */
  public static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A byte. */
  public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

  private static final long CHUNK = 1L << 30;

  private PageHeader() {}

  /** Whether a page may have this size: a power of two, 512 to 65,536. */
  public static boolean isPageSize(long bytes) {
    return bytes >= MIN_PAGE_SIZE && bytes <= MAX_PAGE_SIZE && Long.bitCount(bytes) == 1;
  }

  /** Refuses a page size for which {@link #isPageSize} is false. */
  public static int checkPageSize(int bytes) {
    if (!isPageSize(bytes)) {
      throw new IllegalArgumentException(
          "page size=" + bytes + ", allowed: a power of two from 512 to 65536");
    }
    return bytes;
  }

  /** The stored checksum. */
  public static int checksum(MemorySegment page, long base) {
    return page.get(U32, base + CHECKSUM);
  }

  /** The page's type; a page from a file may hold any value. */
  public static byte type(MemorySegment page, long base) {
    return page.get(U8, base + TYPE);
  }

  /** Pages of the largest leaf: offsets in a leaf, as in a page, are 16-bit numbers. */
  public static int maxLeafPages(int pageSize) {
    return Math.min(MAX_LEAF_PAGES, MAX_PAGE_SIZE / pageSize);
  }

  /** Pages of a leaf as its flags have them, 1 to 16. */
  public static int leafPages(MemorySegment page, long base) {
    return (Byte.toUnsignedInt(flags(page, base)) >>> LEAF_PAGES_SHIFT) + 1;
  }

  /** The page's flags. */
  public static byte flags(MemorySegment page, long base) {
    return page.get(U8, base + FLAGS);
  }

  /** Cells, 0 to 65,535. */
  public static int count(MemorySegment page, long base) {
    return Short.toUnsignedInt(page.get(U16, base + COUNT));
  }

  /** Bytes of cells, 0 to 65,535. */
  public static int cellBytes(MemorySegment page, long base) {
    return Short.toUnsignedInt(page.get(U16, base + CELL_BYTES));
  }

  /** Bytes of common prefix, 0 to 65,535. */
  public static int prefix(MemorySegment page, long base) {
    return Short.toUnsignedInt(page.get(U16, base + PREFIX));
  }

  /** Pages of the run, 0 to 2^32 - 1. */
  public static long pages(MemorySegment page, long base) {
    return Integer.toUnsignedLong(page.get(U32, base + PAGES));
  }

  /** The page's own number; a page from a file may hold any value. */
  public static long pgno(MemorySegment page, long base) {
    return page.get(U64, base + PGNO);
  }

  /** The transaction that wrote the page; a page from a file may hold any value. */
  public static long birth(MemorySegment page, long base) {
    return page.get(U64, base + BIRTH);
  }

  /**
   * Writes a whole header; checksum, count, cell bytes and prefix become 0, and so do the flags but
   * for a leaf's pages.
   */
  public static void format(
      MemorySegment page, long base, byte type, long pages, long pgno, long birth) {
    long flags = type == LEAF ? (pages - 1) << LEAF_PAGES_SHIFT : 0;
    long kind = type | (flags << (Byte.SIZE * (FLAGS - TYPE)));
    PageMemory.put64(page, base + CHECKSUM, kind << (Byte.SIZE * TYPE));
    PageMemory.put64(page, base + CELL_BYTES, pages << (Byte.SIZE * (PAGES - CELL_BYTES)));
    setIdentity(page, base, pgno, birth);
  }

  /** Gives a copied page its own number and birth. */
  public static void setIdentity(MemorySegment page, long base, long pgno, long birth) {
    PageMemory.put64(page, base + PGNO, pgno);
    PageMemory.put64(page, base + BIRTH, birth);
  }

  /**
   * Computes and stores the checksum of a page or run in private memory.
   *
   * @param bytes of the whole page or run, header included
   */
  public static void seal(MemorySegment page, long base, long bytes) {
    PageMemory.put32(page, base + CHECKSUM, computeChecksum(page, base, bytes));
  }

  /** The checksum that a page or run in private memory should have. */
  public static int computeChecksum(MemorySegment page, long base, long bytes) {
    CRC32C crc = new CRC32C();
    updateChecksum(crc, page, base + TYPE, bytes - TYPE);
    return (int) crc.getValue();
  }

  /** The checksum that a page in an array ought to carry. */
  static int computeChecksum(byte[] page, int base, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(page, base + TYPE, bytes - TYPE);
    return (int) crc.getValue();
  }

  /**
   * Adds bytes of private memory to a checksum: for runs that are never in memory as a whole.
   *
   * @throws IllegalArgumentException for a map: if its file were truncated at that moment, the JVM
   *     would crash
   */
  public static void updateChecksum(CRC32C crc, MemorySegment memory, long offset, long length) {
    if (memory.isMapped()) {
      throw new IllegalArgumentException("a checksum is never computed on a mapped file");
    }
    for (long done = 0; done < length; done += CHUNK) {
      long chunk = Math.min(CHUNK, length - done);
      crc.update(memory.asSlice(offset + done, chunk).asByteBuffer());
    }
  }
}
