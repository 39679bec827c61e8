package dev.pando.pager;

import java.lang.foreign.MemorySegment;

/** 48-bit unsigned little-endian numbers, in which references hold page numbers and births. */
public final class U48 {
  /** Bytes of a number. */
  public static final int BYTES = 6;

  private U48() {}

  /** Reads one. */
  public static long get(MemorySegment segment, long offset) {
    return Integer.toUnsignedLong(segment.get(PageHeader.U32, offset))
        | (long) Short.toUnsignedInt(segment.get(PageHeader.U16, offset + Integer.BYTES)) << 32;
  }

  /** Writes the low 48 bits. */
  public static void set(MemorySegment segment, long offset, long value) {
    segment.set(PageHeader.U32, offset, (int) value);
    segment.set(PageHeader.U16, offset + Integer.BYTES, (short) (value >>> 32));
  }
}
