package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Arrays and segments hold the same numbers. */
class PageBytesTest {
  private static final int AT = 3;

  private final byte[] page = new byte[16];
  private final MemorySegment segment = MemorySegment.ofArray(page);

  private static long[] numbers() {
    long[] all = new long[200];
    Random random = new Random(1);
    for (int i = 0; i < all.length; i++) {
      all[i] = random.nextLong() >> random.nextInt(64);
    }
    all[0] = 0;
    all[1] = -1;
    all[2] = Long.MIN_VALUE;
    return all;
  }

  @Test
  void readsWhatASegmentHolds() {
    for (long number : numbers()) {
      segment.set(PageHeader.U64, AT, number);
      assertEquals(number, PageBytes.u64(page, AT));
      assertEquals((int) number, PageBytes.i32(page, AT));
      assertEquals(Integer.toUnsignedLong((int) number), PageBytes.u32(page, AT));
      assertEquals(number & 0xFFFF_FFFF_FFFFL, PageBytes.u48(page, AT));
      assertEquals(Short.toUnsignedInt((short) number), PageBytes.u16(page, AT));
      assertEquals(Byte.toUnsignedInt((byte) number), PageBytes.u8(page, AT));
    }
  }

  @Test
  void storesWhatASegmentReads() {
    for (long number : numbers()) {
      PageBytes.put64(page, AT, number);
      assertEquals(number, segment.get(PageHeader.U64, AT));
      PageBytes.put64(page, AT, ~number);
      PageBytes.put48(page, AT, number);
      assertEquals(number & 0xFFFF_FFFF_FFFFL, segment.get(PageHeader.U64, AT) & 0xFFFF_FFFF_FFFFL);
      assertEquals(
          (short) (~number >>> 48), segment.get(PageHeader.U16, AT + PageMemory.U48_BYTES));
      PageBytes.put64(page, AT, ~number);
      PageBytes.put32(page, AT, (int) number);
      assertEquals((int) number, segment.get(PageHeader.U32, AT));
      assertEquals((int) (~number >>> 32), segment.get(PageHeader.U32, AT + Integer.BYTES));
      PageBytes.put64(page, AT, ~number);
      PageBytes.put16(page, AT, (int) number);
      assertEquals((short) number, segment.get(PageHeader.U16, AT));
      assertEquals((short) (~number >>> 16), segment.get(PageHeader.U16, AT + Short.BYTES));
    }
  }
}
