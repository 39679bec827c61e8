package dev.pando.pager;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageIoException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Files in memory, beside an array. */
class MemoryPageFileTest {
  private static final int PAGE = 4096;
  private static final int MIB = 1 << 20;
  private static final Path NAME = Path.of("memory");

  /** What each chunk shows beyond its end. */
  private static final int OVERLAP = 64 << 10;

  private final MemoryStorage storage = new MemoryStorage(NAME, PAGE);

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(PageFile file, long offset, int length) {
    ByteBuffer target = ByteBuffer.allocate(length);
    file.read(target, offset);
    assertFalse(target.hasRemaining());
    return target.array();
  }

  private static byte[] shown(PageMap map, long address, int length) {
    return map.segment(address).asSlice(map.offset(address), length).toArray(JAVA_BYTE);
  }

  private static PageMap map(PageFile file) {
    return file.map(PAGE, file.size() / PAGE, Checksums.NEVER, null);
  }

  @Test
  void holdsAndShowsWhatWasWritten() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("files in memory: seed " + seed);
    Random random = new Random(seed);
    byte[] model = new byte[40 * MIB];
    int size = 4 * PAGE;
    PageFile file = storage.create(NAME);
    file.grow(size);
    for (int step = 0; step < 400; step++) {
      int at = random.nextInt(size / PAGE + 1) * PAGE;
      int pages = 1 + random.nextInt(random.nextInt(8) == 0 ? 800 : 20);
      if (random.nextInt(20) == 0) {
        size = Math.max(at, 4 * PAGE);
        file.truncate(size);
        Arrays.fill(model, size, model.length, (byte) 0);
      } else if (at + pages * PAGE <= model.length) {
        size = Math.max(size, at + pages * PAGE);
        if (random.nextInt(6) == 0) {
          file.grow(size);
        } else {
          byte[] bytes = random(random, pages * PAGE);
          System.arraycopy(bytes, 0, model, at, bytes.length);
          file.write(ByteBuffer.wrap(bytes), at);
        }
      }
      assertEquals(size, file.size());
      compare(file, model, random);
    }
    assertArrayEquals(Arrays.copyOf(model, size), read(file, 0, size));
  }

  /** A page and what follows it up to the overlap, wherever it is. */
  private static void compare(PageFile file, byte[] model, Random random) {
    PageMap map = map(file);
    for (int i = 0; i < 20; i++) {
      int at = random.nextInt((int) (file.size() / PAGE)) * PAGE;
      boolean nearEnd = random.nextBoolean(); // of a chunk
      at = nearEnd ? Math.max(at / MIB * MIB - PAGE * random.nextInt(17), 0) : at;
      int length = (int) Math.min(OVERLAP, file.size() - at);
      byte[] wanted = Arrays.copyOfRange(model, at, at + length);
      assertArrayEquals(wanted, shown(map, at, length));
    }
    map.release();
  }

  /** What a map shows is what is written, not a copy. */
  @Test
  void aMapShowsLaterWrites() {
    PageFile file = storage.create(NAME);
    file.grow(3 * MIB);
    PageMap map = map(file);
    byte[] bytes = random(new Random(1), 2 * PAGE);
    file.write(ByteBuffer.wrap(bytes), MIB - PAGE); // the end of a piece
    assertArrayEquals(bytes, shown(map, MIB - PAGE, 2 * PAGE));
    assertArrayEquals(Arrays.copyOfRange(bytes, PAGE, 2 * PAGE), shown(map, MIB, PAGE));
    file.grow(40 * MIB);
    file.write(ByteBuffer.wrap(bytes), MIB);
    assertArrayEquals(bytes, shown(map, MIB, 2 * PAGE), "also the map of a shorter file");
    map.release();
  }

  private static byte[] writeRun(PageFile file, long pgno, long birth, int pages) {
    byte[] run = Pages.sealed(PAGE, PageHeader.OVERFLOW, pages, pgno, birth);
    file.write(ByteBuffer.wrap(run), pgno * PAGE);
    return run;
  }

  /** A run that is longer than the overlap, and crosses the ends of pieces. */
  @Test
  void aLongRunIsJoined() {
    PageFile file = storage.create(NAME);
    for (int i = 1; i <= 12; i++) {
      file.grow((long) i * MIB); // a piece each
    }
    int pages = 600;
    long pgno = 200;
    byte[] run = writeRun(file, pgno, 7, pages);
    PageMap map = file.map(PAGE, file.size() / PAGE, Checksums.FIRST_TOUCH, null);
    long address = map.locate(pgno, 7); // the checksum, too
    MemorySegment joined = map.joined(address, run.length);
    assertNotNull(joined);
    assertArrayEquals(run, joined.toArray(JAVA_BYTE));
    assertSame(joined, map.joined(address, run.length - 5), "kept");
    byte[] other = writeRun(file, pgno + 100, 8, pages);
    map.forget(pgno + 100, pages);
    MemorySegment next = map.joined(map.locate(pgno + 100, 8), other.length);
    assertNotNull(next);
    assertArrayEquals(other, next.toArray(JAVA_BYTE));
    byte[] again = writeRun(file, pgno + 100, 8, pages - 1); // rewritten by the same transaction
    map.forget(pgno + 100, pages);
    MemorySegment last = map.joined(map.locate(pgno + 100, 8), again.length);
    assertNotNull(last);
    assertArrayEquals(again, last.asSlice(0, again.length).toArray(JAVA_BYTE));
    map.release();
  }

  @Test
  void memoryIsFreedWhenNothingShowsIt() {
    PageFile file;
    PageMap map;
    try (StorageLock lock = storage.lock(DatabaseFile.lockFile(NAME), true)) {
      file = storage.create(NAME);
      file.grow(10 * MIB);
      map = map(file);
      file.close();
      assertTrue(storage.exists(NAME), "closing keeps it");
      assertEquals(10 * MIB, storage.open(NAME, true).size());
      assertTrue(lock.tryLock(3, true));
    }
    MemorySegment memory = map.segment(9 * MIB);
    assertTrue(memory.scope().isAlive(), "a map shows it");
    map.release();
    assertFalse(memory.scope().isAlive());
    assertFalse(storage.exists(NAME));
    assertThrows(IllegalStateException.class, () -> read(file, 0, 1));
  }

  @Test
  void truncatingFreesPieces() {
    PageFile file = storage.create(NAME);
    for (int i = 1; i <= 12; i++) {
      file.grow((long) i * MIB);
    }
    PageMap map = map(file);
    MemorySegment memory = map.segment(11 * MIB);
    map.release();
    assertTrue(memory.scope().isAlive());
    file.truncate(2 * MIB + PAGE);
    assertFalse(memory.scope().isAlive());
  }

  @Test
  void mistakesAreRefused() {
    assertThrows(StorageIoException.class, () -> storage.open(NAME, true));
    PageFile file = storage.create(NAME);
    assertThrows(StorageIoException.class, () -> storage.create(NAME));
    file.grow(8 * PAGE);
    CorruptFileException beyond =
        assertThrows(CorruptFileException.class, () -> read(file, 8 * PAGE - 1, 2));
    Pages.assertSays(beyond, "memory", "32768", "2 bytes at 32767");
    assertThrows(CorruptFileException.class, () -> file.map(PAGE, 9, Checksums.NEVER, null));
    assertThrows(IllegalArgumentException.class, () -> file.truncate(-1));
    storage.rename(NAME, Path.of("other"));
    assertEquals(Path.of("other"), file.path());
    storage.delete(Path.of("other"));
    assertThrows(IllegalStateException.class, file::size);
  }

  @Test
  void twoThreadsThatLengthenItLoseNothing() throws InterruptedException {
    PageFile file = storage.create(NAME);
    Thread other = new Thread(() -> lengthen(file, 1));
    other.start();
    lengthen(file, 0);
    other.join();
    assertEquals(0, shrunk.get());
  }

  private final AtomicInteger shrunk = new AtomicInteger();

  private void lengthen(PageFile file, int first) {
    for (int page = first; page < 20_000; page += 2) {
      long end = (page + 1L) * 64;
      file.grow(end);
      if (file.size() < end) {
        shrunk.getAndIncrement();
      }
    }
  }

  /** As of a lock file: what is mapped again is the same memory, and new bytes are zeros. */
  @Test
  void theLockFilesMemoryIsShared() {
    StorageLock lock = storage.lock(DatabaseFile.lockFile(NAME), true);
    lock.map(0, 4096).set(JAVA_BYTE, 100, (byte) 5);
    assertEquals(5, lock.map(64, 128).get(JAVA_BYTE, 36));
    long end = lock.size();
    lock.grow(end + 8192);
    MemorySegment more = lock.map(end, 8192);
    more.set(JAVA_BYTE, 0, (byte) 7);
    assertEquals(7, lock.map(end, 64).get(JAVA_BYTE, 0));
    lock.truncate(end);
    assertEquals(end, lock.size());
    lock.grow(end + 8192);
    assertEquals(0, lock.map(end, 64).get(JAVA_BYTE, 0));
    lock.close();
    lock.close();
    assertThrows(IllegalStateException.class, () -> more.get(JAVA_BYTE, 0));
  }
}
