package dev.pando.pager;

import java.lang.foreign.MemorySegment;

/**
 * Writes to pages in private memory. Each method is longer than the 35 bytes of bytecode up to
 * which the JIT compiler C1 inlines a call: its asserts see to that. One copy between segments is
 * up to 46 KB of its machine code. Inlined in each method that writes pages, this took much of the
 * first seconds of a JVM.
 *
 * <p>See DECISIONS.md, 'Calls that are not inlined'.
 */
public final class PageMemory {
  /** Bytes of a number of 48 bits, in which references hold page numbers and births. */
  public static final int U48_BYTES = 6;

  private static final int LIMIT_U8 = 1 << Byte.SIZE;
  private static final int LIMIT_U16 = 1 << Short.SIZE;

  private PageMemory() {}

  /** Copies bytes; the two ranges may overlap. */
  public static void copy(
      MemorySegment source, long from, MemorySegment target, long to, long bytes) {
    assert bytes >= 0 && from >= 0 && to >= 0 : bytes + " bytes from " + from + " to " + to;
    if (bytes > 0) {
      MemorySegment.copy(source, from, target, to, bytes);
    }
  }

  /** Fills with zeros. */
  public static void clear(MemorySegment page, long at, long bytes) {
    assert bytes >= 0 && at >= 0 : bytes + " bytes at " + at;
    if (bytes > 0) {
      page.asSlice(at, bytes).fill((byte) 0);
    }
  }

  /** Stores an unsigned byte. */
  public static void put8(MemorySegment page, long at, int value) {
    assert value >= 0 && value < LIMIT_U8 : value + " at " + at;
    page.set(PageHeader.U8, at, (byte) value);
  }

  /** Stores an unsigned number of 2 bytes. */
  public static void put16(MemorySegment page, long at, int value) {
    assert value >= 0 && value < LIMIT_U16 : value + " at " + at;
    page.set(PageHeader.U16, at, (short) value);
  }

  /** Stores 4 bytes. */
  public static void put32(MemorySegment page, long at, int value) {
    assert at >= 0 && at <= page.byteSize() - Integer.BYTES : value + " at " + at;
    page.set(PageHeader.U32, at, value);
  }

  /** Stores an unsigned number of 6 bytes. */
  public static void put48(MemorySegment page, long at, long value) {
    assert value >= 0 && value < PageHeader.LIMIT_U48 : value + " at " + at;
    page.set(PageHeader.U32, at, (int) value);
    page.set(PageHeader.U16, at + Integer.BYTES, (short) (value >>> Integer.SIZE));
  }

  /** Stores 8 bytes. */
  public static void put64(MemorySegment page, long at, long value) {
    assert at >= 0 && at <= page.byteSize() - Long.BYTES : value + " at " + at;
    page.set(PageHeader.U64, at, value);
  }
}
