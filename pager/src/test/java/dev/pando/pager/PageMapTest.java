package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import dev.pando.error.UnsupportedFormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageMapTest {
  private static final int PAGES = 70; // more than one word of the bitmap

  @TempDir Path dir;

  private static PageMap map(PageFile file, int pageSize) {
    return file.map(pageSize, PAGES, Checksums.FIRST_TOUCH, null);
  }

  private static void assertCorrupt(PageMap map, long pgno, long birth, String... parts) {
    CorruptFileException e =
        assertThrows(CorruptFileException.class, () -> map.locate(pgno, birth));
    assertEquals(pgno, e.pgno());
    Pages.assertSays(e, parts);
    Pages.assertSays(e, map.name());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void soundPagesAreFoundAndRemembered(int pageSize) {
    try (PageFile file = Pages.leaves(dir.resolve("f"), pageSize, PAGES, 5)) {
      PageMap map = map(file, pageSize);
      for (long pgno = 3; pgno < PAGES; pgno++) {
        assertFalse(map.isVerified(pgno));
        long address = map.locate(pgno, 5);
        assertTrue(map.isVerified(pgno));
        MemorySegment memory = map.segment(address);
        assertSame(memory, map.segment(0), "no slice is made");
        assertEquals(pgno, PageHeader.pgno(memory, map.offset(address)));
      }
      assertEquals(pageSize, map.pageSize());
      assertEquals(PAGES, map.pageCount());
      map.release();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void everyDamagedByteIsNoticedAtFirstTouch(int pageSize) throws IOException {
    Path path = dir.resolve("f");
    try (PageFile file = Pages.leaves(path, pageSize, PAGES, 5)) {
      for (int at = 0; at < pageSize; at += at < 48 ? 1 : pageSize / 37) {
        byte[] page = Pages.sealed(pageSize, PageHeader.LEAF, 1, 9, 5);
        Pages.overwrite(path, 9L * pageSize + at, (byte) (page[at] ^ 4));
        PageMap map = map(file, pageSize);
        assertCorrupt(map, 9, 5, "checksum", "stored", "computed");
        assertCorrupt(map, 9, 5, "checksum");
        map.release();
        Pages.overwrite(path, 9L * pageSize, page);
      }
    }
  }

  @Test
  void numbersOutsideTheFileAreRefused() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5)) {
      PageMap map = map(file, 512);
      for (long pgno : new long[] {Long.MIN_VALUE, -1, 0, 2, PAGES, 1L << 48, Long.MAX_VALUE}) {
        assertOutOfRange(map, pgno);
      }
      map.release();
    }
  }

  /** A sparse file has them soon. The bitmap of verified pages would not fit an array. */
  @Test
  void moreThanTwoToThe36PagesAreNotMapped() {
    MapPieces pieces = MapPieces.of(new MapPiece(0, Arena.global().allocate(4096), Arena.ofAuto()));
    UnsupportedFormatException e =
        assertThrows(
            UnsupportedFormatException.class,
            () -> PageMap.of("f", pieces, 512, (1L << 36) + 1, Checksums.FIRST_TOUCH, null, null));
    Pages.assertSays(e, "f: ", "68719476737 pages", "up to 68719476736");
  }

  private static void assertOutOfRange(PageMap map, long pgno) {
    CorruptFileException e = assertThrows(CorruptFileException.class, () -> map.locate(pgno, 5));
    assertEquals(pgno, e.pgno());
    Pages.assertSays(e, "allowed: 3 to 69");
  }

  @Test
  void aPageThatIsNotTheOneWantedSaysWhy() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5)) {
      put(file, 10, Pages.sealed(512, PageHeader.LEAF, 1, 11, 5));
      put(file, 12, Pages.sealed(512, PageHeader.META, 1, 12, 5));
      put(file, 13, Pages.sealed(512, (byte) 5, 1, 13, 5));
      put(file, 14, Pages.sealed(512, PageHeader.BRANCH, 2, 14, 5));
      put(file, 15, Pages.sealed(512, PageHeader.LOG, 1, 15, 5));
      put(file, 16, new byte[512]);
      byte[] runTooLong = Pages.sealed(512, PageHeader.OVERFLOW, 1, 69, 5);
      reseal(runTooLong, 2);
      put(file, 69, runTooLong);
      PageMap map = map(file, 512);
      assertCorrupt(map, 10, 5, "carries number 11");
      assertCorrupt(map, 12, 5, "page type 1", "allowed: 2, 3 or 4");
      UnsupportedFormatException newer =
          assertThrows(UnsupportedFormatException.class, () -> map.locate(13, 5));
      Pages.assertSays(newer, map.name(), "a page of type 5 (page 13)", "newer one");
      assertCorrupt(map, 14, 5, "checksum"); // a branch is one page, so one page is summed
      assertCorrupt(map, 15, 5, "page type 6", "allowed: 2, 3 or 4"); // its write was lost
      assertCorrupt(map, 16, 5, "all zeros", "write was lost");
      assertCorrupt(map, 69, 5, "run of 2 pages", "allowed: 1 to 1");
      assertCorrupt(map, 20, 6, "transaction 5", "wants 6", "lost");
      assertEquals(20 * 512, map.locate(20, 5));
      assertCorrupt(map, 20, 4, "transaction 5", "wants 4", "reused");
      map.release();
    }
  }

  @Test
  void aLeafIsARunOfAFewPagesAsItsFlagsSay() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5)) {
      put(file, 10, Pages.sealed(512, PageHeader.LEAF, 16, 10, 5));
      put(file, 30, Pages.sealed(512, PageHeader.LEAF, 17, 30, 5));
      byte[] otherFlags = Pages.sealed(512, PageHeader.LEAF, 3, 50, 5);
      otherFlags[PageHeader.FLAGS] = 1 << PageHeader.LEAF_PAGES_SHIFT;
      reseal(otherFlags, 3);
      put(file, 50, otherFlags);
      byte[] noPages = Pages.sealed(512, PageHeader.LEAF, 1, 54, 5);
      reseal(noPages, 0);
      put(file, 54, noPages);
      byte[] beyondTheEnd = Pages.sealed(512, PageHeader.LEAF, 1, 69, 5);
      reseal(beyondTheEnd, 2);
      put(file, 69, beyondTheEnd);
      byte[] torn = Pages.sealed(512, PageHeader.LEAF, 3, 60, 5);
      torn[3 * 512 - 1]++;
      put(file, 60, torn);
      PageMap map = map(file, 512);
      assertEquals(10 * 512, map.locate(10, 5));
      assertCorrupt(map, 30, 5, "checksum"); // no leaf is so long, so one page is summed
      assertCorrupt(map, 50, 5, "leaf of 3 pages, whose flags say 2");
      assertCorrupt(map, 54, 5, "run of 0 pages, allowed: 1 to 16");
      assertCorrupt(map, 69, 5, "run of 2 pages, allowed: 1 to 1");
      assertCorrupt(map, 60, 5, "checksum");
      map.release();
    }
  }

  @Test
  void leavesHaveAtMost64KiB() {
    for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
      int most = PageHeader.maxLeafPages(pageSize);
      assertEquals(Math.min(16, 65536 / pageSize), most);
      try (PageFile file = Pages.leaves(dir.resolve("f" + pageSize), pageSize, PAGES, 5)) {
        byte[] tooLong = Pages.sealed(pageSize, PageHeader.LEAF, 1, 20, 5);
        reseal(tooLong, most + 1);
        file.write(ByteBuffer.wrap(tooLong), 20L * pageSize);
        PageMap map = map(file, pageSize);
        assertCorrupt(map, 20, 5, "run of " + (most + 1) + " pages, allowed: 1 to " + most);
        map.release();
      }
    }
  }

  private static void put(PageFile file, long pgno, byte[] page) {
    file.write(ByteBuffer.wrap(page), pgno * 512);
  }

  private static void reseal(byte[] page, int pages) {
    MemorySegment memory = MemorySegment.ofArray(page);
    memory.set(PageHeader.U32, PageHeader.PAGES, pages);
    PageHeader.seal(memory, 0, page.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void aRunIsVerifiedToItsLastByte(int pageSize) throws IOException {
    Path path = dir.resolve("f");
    int pages = 40;
    try (PageFile file = Pages.leaves(path, pageSize, PAGES, 5)) {
      byte[] run = Pages.sealed(pageSize, PageHeader.OVERFLOW, pages, 20, 5);
      file.write(ByteBuffer.wrap(run), 20L * pageSize);
      PageMap sound = map(file, pageSize);
      assertEquals(20L * pageSize, sound.locate(20, 5));
      sound.release();
      for (int at : new int[] {40, pageSize, run.length / 2, run.length - 1}) {
        Pages.overwrite(path, 20L * pageSize + at, (byte) ~run[at]);
        PageMap map = map(file, pageSize);
        assertCorrupt(map, 20, 5, "checksum");
        map.release();
        Pages.overwrite(path, 20L * pageSize + at, run[at]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Checksums.class)
  void theModeSaysWhenContentIsCompared(Checksums mode) throws IOException {
    Path path = dir.resolve("f");
    try (PageFile file = Pages.leaves(path, 512, PAGES, 5)) {
      PageMap map = file.map(512, PAGES, mode, null);
      long _ = map.locate(9, 5);
      Pages.overwrite(path, 9 * 512 + 100, (byte) 1, (byte) 2, (byte) 3);
      Pages.overwrite(path, 10 * 512 + 100, (byte) 1, (byte) 2, (byte) 3);
      if (mode == Checksums.ALWAYS) {
        assertCorrupt(map, 9, 5, "checksum");
      } else {
        assertEquals(9 * 512, map.locate(9, 5));
      }
      if (mode == Checksums.NEVER) {
        assertEquals(10 * 512, map.locate(10, 5));
        assertCorrupt(map, 10, 6, "transaction 5");
      } else {
        assertCorrupt(map, 10, 5, "checksum");
      }
      map.release();
    }
  }

  @Test
  void marksAreSetClearedAndCarriedOver() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5)) {
      PageMap first = map(file, 512);
      first.markVerified(60, 8);
      assertTrue(first.isVerified(60));
      assertFalse(first.isVerified(61), "a run has one mark");
      first.markVerified(68, 1);
      first.markVerified(1000, 3); // beyond the map: nothing to mark
      first.forget(64, 1);
      PageMap second = first.retain();
      assertSame(first, second);
      file.grow(512L * 100_000);
      PageMap longer = file.map(512, 100_000, Checksums.FIRST_TOUCH, first);
      assertTrue(longer.isVerified(60) && longer.isVerified(68));
      assertFalse(longer.isVerified(61) || longer.isVerified(99_999));
      longer.forget(60, 100_000);
      for (long pgno = 0; pgno < 100_000; pgno++) {
        assertFalse(longer.isVerified(pgno));
      }
      assertThrows(IllegalArgumentException.class, () -> longer.forget(-1, 1));
      longer.release();
      first.release();
      first.release();
    }
  }

  @Test
  void aMapOfACutFileForgetsWhatWasBeyond() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5)) {
      PageMap first = map(file, 512);
      long _ = first.locate(50, 5) + first.locate(20, 5);
      PageMap shorter = file.map(512, 40, Checksums.FIRST_TOUCH, first);
      assertThrows(CorruptFileException.class, () -> shorter.locate(50, 5));
      PageMap again = file.map(512, PAGES, Checksums.FIRST_TOUCH, shorter);
      assertTrue(again.isVerified(20));
      assertFalse(again.isVerified(50));
      List.of(first, shorter, again).forEach(PageMap::release);
    }
  }

  @Test
  void growthIsSeenByTheNextMap() {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 4096, PAGES, 5)) {
      PageMap before = file.map(4096, PAGES, Checksums.FIRST_TOUCH, null);
      file.grow(4096L * (PAGES + 1));
      byte[] page = Pages.sealed(4096, PageHeader.BRANCH, 1, PAGES, 6);
      file.write(ByteBuffer.wrap(page), 4096L * PAGES);
      PageMap after = file.map(4096, PAGES + 1, Checksums.FIRST_TOUCH, before);
      assertEquals(4096L * PAGES, after.locate(PAGES, 6));
      assertCorrupt(before, PAGES, 6, "allowed: 3 to 69");
      before.release();
      assertEquals(4096L * 3, after.locate(3, 5));
      after.release();
    }
  }

  @Test
  void theLastReleaseUnmaps() {
    PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5);
    PageMap map = map(file, 512);
    file.close(); // the map outlives the file
    assertSame(map, map.retain());
    map.release();
    long address = map.locate(9, 5);
    MemorySegment memory = map.segment(address);
    map.release();
    assertThrows(IllegalStateException.class, () -> memory.get(PageHeader.U8, address));
    assertThrows(IllegalStateException.class, () -> map.locate(9, 5), "verified before");
    assertThrows(IllegalStateException.class, () -> map.locate(10, 5), "never verified");
    IllegalStateException e = assertThrows(IllegalStateException.class, map::retain);
    Pages.assertSays(e, "is closed");
    assertThrows(IllegalStateException.class, map::release);
  }

  @Test
  void aFileShorterThanStatedIsNotMapped() throws IOException {
    Path path = dir.resolve("f");
    try (PageFile file = Pages.leaves(path, 4096, PAGES, 5)) {
      Pages.cut(path, 4096L * PAGES - 1);
      CorruptFileException e =
          assertThrows(
              CorruptFileException.class, () -> file.map(4096, PAGES, Checksums.FIRST_TOUCH, null));
      assertEquals(-1, e.pgno());
      Pages.assertSays(e, "286719 bytes long");
      Pages.assertSays(e, "truncated");
      assertEquals(4096L * PAGES - 1, file.size(), "mapping makes no file longer");
    }
  }

  /** Loops so that compiled code meets the fault, too. */
  @Test
  void aFileCutUnderItsMapIsATypedError() throws IOException {
    Path path = dir.resolve("f");
    try (PageFile file = Pages.leaves(path, 65536, PAGES, 5)) {
      PageMap map = file.map(65536, PAGES, Checksums.ALWAYS, null);
      for (int i = 0; i < 20_000; i++) {
        long _ = map.locate(3 + i % 5, 5);
      }
      Pages.cut(path, 65536L * 10);
      assertEquals(65536L * 9, map.locate(9, 5));
      for (int i = 0; i < 200; i++) {
        long pgno = 20L + i % 40;
        StorageIoException e = assertThrows(StorageIoException.class, () -> map.locate(pgno, 5));
        Pages.assertSays(e, "page " + pgno);
        Pages.assertSays(e, "truncated");
      }
      map.release();
    }
  }

  @Test
  void aMapMayBeLargerThanTwoGibibytes() throws IOException {
    Path path = dir.resolve("sparse");
    long pages = (3L << 30) / 4096;
    try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    long last = pages - 1;
    byte[] page = Pages.sealed(4096, PageHeader.LEAF, 1, last, 5);
    try (PageFile file = Pages.STORAGE.open(path, true)) {
      file.write(ByteBuffer.wrap(page), last * 4096);
      PageMap map = file.map(4096, pages, Checksums.FIRST_TOUCH, null);
      assertEquals(last * 4096, map.locate(last, 5));
      assertCorrupt(map, last - 1, 5, "all zeros");
      map.release();
    }
  }

  @Test
  void manyThreadsReadOneMap() throws Exception {
    try (PageFile file = Pages.leaves(dir.resolve("f"), 512, PAGES, 5);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      PageMap map = map(file, 512);
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int start = t;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    long pgno = 3 + (start * 11L + i) % (PAGES - 3);
                    assertEquals(pgno * 512, map.retain().locate(pgno, 5));
                    map.release();
                    if (i % 100 == 0) {
                      map.forget(pgno, 3);
                    }
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      map.release();
      assertThrows(IllegalStateException.class, map::retain);
    }
  }
}
