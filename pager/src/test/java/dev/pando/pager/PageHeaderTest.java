package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageHeaderTest {
  private static final long BASE = 3; // nothing is aligned

  @Test
  void fieldsAreReadBackFromTheirPlaces() {
    MemorySegment page = MemorySegment.ofArray(new byte[600]);
    PageHeader.format(page, BASE, PageHeader.OVERFLOW, 0xFFFF_FFFFL, 0x8877_6655_4433L, 42);
    page.set(PageHeader.U16, BASE + PageHeader.COUNT, (short) 0xFFFE);
    page.set(PageHeader.U16, BASE + PageHeader.CELL_BYTES, (short) 0xFFE0);
    page.set(PageHeader.U16, BASE + PageHeader.PREFIX, (short) 0x8001);
    page.set(PageHeader.U8, BASE + PageHeader.FLAGS, PageHeader.COUNT_WIDTH);
    assertEquals(PageHeader.OVERFLOW, PageHeader.type(page, BASE));
    assertEquals(PageHeader.COUNT_WIDTH, PageHeader.flags(page, BASE));
    assertEquals(0xFFFE, PageHeader.count(page, BASE));
    assertEquals(0xFFE0, PageHeader.cellBytes(page, BASE));
    assertEquals(0x8001, PageHeader.prefix(page, BASE));
    assertEquals(0xFFFF_FFFFL, PageHeader.pages(page, BASE));
    assertEquals(0x8877_6655_4433L, PageHeader.pgno(page, BASE));
    assertEquals(42, PageHeader.birth(page, BASE));
    assertEquals(0x33, page.get(PageHeader.U8, BASE + PageHeader.PGNO), "little-endian");
  }

  /** The value that the CRC catalogue gives for CRC-32C of the nine digits. */
  @Test
  void theChecksumIsCastagnoli() {
    CRC32C crc = new CRC32C();
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    PageHeader.updateChecksum(crc, MemorySegment.ofArray(digits), 0, digits.length);
    assertEquals(0xE306_9283L, crc.getValue());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void sealingCoversEveryByteButTheChecksum(int pageSize) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(pageSize + 64L);
      PageHeader.format(memory, 64, PageHeader.LEAF, 1, 7, 9);
      PageHeader.seal(memory, 64, pageSize);
      int sealed = PageHeader.checksum(memory, 64);
      MemorySegment heap = MemorySegment.ofArray(new byte[pageSize]);
      heap.copyFrom(memory.asSlice(64, pageSize));
      assertEquals(sealed, PageHeader.computeChecksum(heap, 0, pageSize), "native as on the heap");
      for (int at : new int[] {4, 5, 6, 12, 16, 24, 31, 32, pageSize - 1}) {
        heap.set(PageHeader.U8, at, (byte) (heap.get(PageHeader.U8, at) ^ 0x10));
        assertNotEquals(sealed, PageHeader.computeChecksum(heap, 0, pageSize), "byte " + at);
        heap.set(PageHeader.U8, at, (byte) (heap.get(PageHeader.U8, at) ^ 0x10));
      }
      heap.set(PageHeader.U32, PageHeader.CHECKSUM, 1);
      assertEquals(sealed, PageHeader.computeChecksum(heap, 0, pageSize));
    }
  }

  @Test
  void aMapIsNeverSummed(@TempDir Path dir) throws IOException {
    Path path = Files.write(dir.resolve("f"), new byte[512]);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(path)) {
      MemorySegment map = channel.map(FileChannel.MapMode.READ_ONLY, 0, 512, arena);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> PageHeader.computeChecksum(map, 0, 512));
      Pages.assertSays(e, "mapped");
    }
  }

  @Test
  void pageSizesArePowersOfTwo() {
    for (int size = 512; size <= 65536; size *= 2) {
      assertEquals(size, PageHeader.checkPageSize(size));
    }
    for (int size : new int[] {Integer.MIN_VALUE, -512, 0, 1, 256, 513, 4095, 131072}) {
      assertFalse(PageHeader.isPageSize(size));
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> PageHeader.checkPageSize(size));
      Pages.assertSays(e, "page size=" + size);
    }
  }

  @Test
  void u48RoundTrips() {
    MemorySegment memory = MemorySegment.ofArray(new byte[8]);
    for (long value : new long[] {0, 1, 0xFFFF_FFFFL, 0x1_0000_0000L, PageHeader.LIMIT_U48 - 1}) {
      PageMemory.put48(memory, 1, value);
      assertEquals(value, PageBytes.u48(PageBytes.copy(memory, 1, PageMemory.U48_BYTES), 0));
      assertEquals(0, memory.get(PageHeader.U8, 0));
      assertEquals(0, memory.get(PageHeader.U8, 7));
    }
  }
}
