package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SequentialVerifierTest {
  private static final int PAGE = 512;
  private static final long LAST_TXN = 9;
  private static final long FIRST = 40;
  private static final int RUN = 5;
  private static final int PAGES = RUN + 2;

  /** A leaf, a run of five pages, and a branch. */
  private static byte[] pages() {
    byte[] bytes = new byte[PAGES * PAGE];
    write(bytes, 0, PageHeader.LEAF, 1);
    write(bytes, 1, PageHeader.OVERFLOW, RUN);
    write(bytes, 1 + RUN, PageHeader.BRANCH, 1);
    return bytes;
  }

  private static void write(byte[] bytes, int at, byte type, int pages) {
    write(bytes, at, type, pages, FIRST + at, LAST_TXN);
  }

  private static void write(byte[] bytes, int at, byte type, int pages, long pgno, long birth) {
    MemorySegment memory = MemorySegment.ofArray(bytes);
    PageHeader.format(memory, (long) at * PAGE, type, pages, pgno, birth);
    PageHeader.seal(memory, (long) at * PAGE, (long) Math.max(pages, 1) * PAGE);
  }

  private static void verify(byte[] bytes, int batch) {
    SequentialVerifier verifier = new SequentialVerifier("file", PAGE, LAST_TXN);
    for (int at = 0; at < PAGES; at += batch) {
      int count = Math.min(batch, PAGES - at);
      ByteBuffer pages = ByteBuffer.wrap(bytes, at * PAGE, count * PAGE);
      verifier.verify(pages, FIRST + at, FIRST + PAGES);
      assertEquals(count * PAGE, pages.remaining());
    }
  }

  @Test
  void wholePagesInBatchesOfAnyLength() {
    for (int batch = 1; batch <= PAGES; batch++) {
      verify(pages(), batch);
    }
  }

  @Test
  void everyByteCounts() {
    byte[] bytes = pages();
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= 4;
      for (int batch : new int[] {1, 3, PAGES}) {
        assertThrows(CorruptFileException.class, () -> verify(bytes, batch));
      }
      bytes[at] ^= 4;
    }
  }

  private static void refused(byte type, int pages, long pgno, long birth, String message) {
    byte[] bytes = pages();
    write(bytes, 1 + RUN, type, pages, pgno, birth);
    String found = assertThrows(CorruptFileException.class, () -> verify(bytes, 2)).getMessage();
    assertTrue(found.contains("page " + (FIRST + 1 + RUN)) && found.contains(message), found);
  }

  @Test
  void wholePagesThatAreNotWhatTheySay() {
    long pgno = FIRST + 1 + RUN;
    refused(PageHeader.BRANCH, 1, pgno + 1, LAST_TXN, "carries number " + (pgno + 1));
    refused(PageHeader.BRANCH, 1, pgno, LAST_TXN + 1, "transaction " + (LAST_TXN + 1));
    refused(PageHeader.BRANCH, 1, pgno, 0, "transaction 0");
    refused(PageHeader.META, 1, pgno, LAST_TXN, "type 1");
    refused(PageHeader.LEAF, 0, pgno, LAST_TXN, "with 0 pages");
  }

  @Test
  void aRunThatEndsAfterThePagesInUse() {
    byte[] bytes = new byte[2 * PAGES * PAGE];
    System.arraycopy(pages(), 0, bytes, 0, PAGES * PAGE);
    write(bytes, 1 + RUN, PageHeader.OVERFLOW, 2);
    assertThrows(CorruptFileException.class, () -> verify(bytes, PAGES));
  }

  @Test
  void aTypeOfANewerBuild() {
    byte[] bytes = pages();
    write(bytes, 1 + RUN, PageHeader.CHUNKS, 1);
    String found =
        assertThrows(UnsupportedFormatException.class, () -> verify(bytes, 3)).getMessage();
    assertTrue(found.contains("a page of type " + PageHeader.CHUNKS), found);
  }
}
