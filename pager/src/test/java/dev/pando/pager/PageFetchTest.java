package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages are read by a call while the file has no room in memory. */
class PageFetchTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 1_000;
  private static final long BYTES = (long) PAGE * PAGES;

  @TempDir Path dir;

  @Test
  void memoryIsShortWhenMoreIsReadThanTheFileHas() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), PAGE, PAGES, 5)) {
      PageFetch fetch = new PageFetch(file);
      assertFalse(fetch.look(10_000, 7 * BYTES), "what was before does not count");
      assertFalse(fetch.look(10_049, 20 * BYTES), "few faults");
      assertFalse(fetch.look(11_000, 21 * BYTES), "the file comes into memory");
      assertFalse(fetch.isOn());
      assertTrue(fetch.look(12_000, 21 * BYTES + 1));
      assertTrue(fetch.isOn());
      for (int i = 0; i < 9; i++) { // nothing is fetched
        assertFalse(fetch.look(13_000, 22 * BYTES), "that is known");
        assertTrue(fetch.isOn());
      }
      assertFalse(fetch.look(13_000, 23 * BYTES));
      assertFalse(fetch.isOn(), "calm for ten looks");
      assertFalse(fetch.look(14_000, 24 * BYTES));
      assertTrue(fetch.look(15_000, 24 * BYTES + 1), "and short again");
    }
  }

  /** Calls that take long although they read from memory do not keep it on. */
  @Test
  void callsFromMemory() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), PAGE, PAGES, 5)) {
      PageMap map = file.map(PAGE, PAGES, Checksums.FIRST_TOUCH, null);
      MemorySegment memory = map.segment(0);
      PageFetch fetch = new PageFetch(file);
      assertFalse(fetch.look(0, 0));
      assertTrue(fetch.look(100, BYTES + 1));
      for (int look = 0; look < 10; look++) {
        assertTrue(fetch.isOn());
        for (int i = 0; i < 100; i++) {
          PageFetch.Result found = fetch.fetch(memory, 3 * PAGE, PAGE);
          assertTrue(found != PageFetch.Result.FAILED);
        }
        assertFalse(fetch.look(100, BYTES + 1));
      }
      assertFalse(fetch.isOn());
      map.release();
      assertEquals(PageFetch.Result.FAILED, fetch.fetch(memory, 0, PAGE), "closed");
    }
  }

  /** A moment without faults does not mean that there is room. */
  @Test
  void aShortRest() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), PAGE, PAGES, 5)) {
      PageFetch fetch = new PageFetch(file);
      assertFalse(fetch.look(0, 0));
      assertFalse(fetch.look(100, BYTES / 2));
      assertFalse(fetch.look(100, BYTES / 2));
      assertTrue(fetch.look(200, BYTES + 1));
    }
  }

  @Test
  void whatTheSystemSays() {
    assertEquals(
        77,
        PageFetch.majorFaults(
            "42 (a (strange) name) S 1 42 42 0 -1 4194304 9001 0 77 0 12 3 0 0 20 0 1 0 5 0 0\n"));
    assertEquals(123_456, PageFetch.bytesRead("rchar: 9\nread_bytes: 123456\nwrite_bytes: 4\n"));
    try (PageFile file = Pages.leaves(dir.resolve("f"), PAGE, PAGES, 5)) {
      assertFalse(file.lookAtMemory()); // and fails on no system
      assertFalse(file.lookAtMemory());
    }
  }

  @Test
  void pagesAreFetchedAndNotVerifiedAgain() throws IOException {
    Path path = dir.resolve("f");
    try (ChannelPageFile file = (ChannelPageFile) Pages.leaves(path, PAGE, PAGES, 5)) {
      PageMap map = file.map(PAGE, PAGES, Checksums.FIRST_TOUCH, null);
      for (long pgno = 3; pgno < PAGES; pgno++) {
        assertEquals(pgno << 12, map.locate(pgno, 5));
      }
      assertTrue(map.isVerified(3));
      becomeShort(file);
      map.fetchAgain();
      assertFalse(map.isVerified(3));
      Pages.overwrite(path, 700 * PAGE + 2000, (byte) 1, (byte) 2); // after it was verified
      for (long pgno = 3; pgno < PAGES; pgno++) {
        assertEquals(pgno << 12, map.locate(pgno, 5));
        assertTrue(map.isVerified(pgno));
      }
      map.fetchAgain();
      for (int i = 0; i < 10; i++) {
        assertFalse(file.fetch().look(1_000, BYTES + 1));
      }
      assertFalse(file.fetch().isOn());
      PageMap same = file.map(PAGE, PAGES, Checksums.FIRST_TOUCH, map);
      assertEquals(700L << 12, same.locate(700, 5));
      same.forget(700, 1);
      assertThrows(CorruptFileException.class, () -> same.locate(700, 5));
      same.release();
      map.release();
    }
  }

  /** The bits of pages that come from the disk push out those of others. */
  @Test
  void bitsAreClearedInTurn() {
    VerifiedPages pages = new VerifiedPages(null, 16);
    for (long pgno = 0; pgno < 1024; pgno++) {
      pages.add(pgno);
    }
    assertFalse(pages.hasPassed(5));
    pages.clearWords(0, 4);
    assertFalse(pages.contains(255));
    assertTrue(pages.contains(256));
    assertTrue(pages.hasPassed(255));
    assertFalse(pages.hasPassed(256));
    pages.remove(100, 102);
    assertFalse(pages.hasPassed(100));
    assertTrue(pages.hasPassed(102));
    VerifiedPages longer = new VerifiedPages(pages, 20);
    assertTrue(longer.hasPassed(102) && longer.contains(256) && !longer.contains(102));
    try (PageFile file = Pages.leaves(dir.resolve("f"), PAGE, 10, 5)) {
      PageFetch fetch = new PageFetch(file);
      assertEquals(0, fetch.nextWord(10, 4));
      assertEquals(4, fetch.nextWord(10, 4));
      assertEquals(8, fetch.nextWord(10, 4));
      assertEquals(0, fetch.nextWord(10, 4));
      assertEquals(0, fetch.nextWord(3, 4), "of a shorter map");
    }
  }

  private static void becomeShort(ChannelPageFile file) {
    assertFalse(file.fetch().look(0, 0));
    assertTrue(file.fetch().look(1_000, BYTES + 1));
  }

  /** As one without fetches. */
  @Test
  void theMapOutlivesTheFile() {
    ChannelPageFile file = (ChannelPageFile) Pages.leaves(dir.resolve("f"), PAGE, PAGES, 5);
    PageMap map = file.map(PAGE, PAGES, Checksums.FIRST_TOUCH, null);
    becomeShort(file);
    file.close();
    assertEquals(5 << 12, map.locate(5, 5));
    map.release();
    assertThrows(IllegalStateException.class, () -> map.locate(5, 5));
  }

  @Test
  void aFileThatIsTruncatedMeanwhile() throws IOException {
    Path path = dir.resolve("f");
    try (ChannelPageFile file = (ChannelPageFile) Pages.leaves(path, PAGE, PAGES, 5)) {
      PageMap map = file.map(PAGE, PAGES, Checksums.FIRST_TOUCH, null);
      becomeShort(file);
      try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
        cut.setLength(10 * PAGE);
      }
      assertEquals(5 << 12, map.locate(5, 5));
      assertThrows(StorageException.class, () -> map.locate(500, 5));
      map.release();
    }
  }
}
