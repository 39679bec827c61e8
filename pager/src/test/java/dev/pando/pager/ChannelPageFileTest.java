package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelPageFileTest {
  @TempDir Path dir;

  private Path path;
  private PageFile file;

  @BeforeEach
  void create() {
    path = dir.resolve("f");
    file = Pages.STORAGE.create(path);
  }

  @AfterEach
  void close() {
    boolean _ = Thread.interrupted(); // whatever a failed test left
    file.close();
  }

  private byte[] read(int bytes, long offset) {
    ByteBuffer target = ByteBuffer.allocate(bytes);
    file.read(target, offset);
    return target.array();
  }

  @Test
  void writesAndReadsHeapAndNativeMemory() {
    file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer memory = arena.allocate(2).asByteBuffer().put((byte) 8).put((byte) 9).flip();
      file.write(memory, 5);
    }
    assertArrayEquals(new byte[] {1, 2, 3, 0, 0, 8, 9}, read(7, 0));
    file.read(ByteBuffer.allocate(0), 100);
    assertEquals(7, file.size());
  }

  @Test
  void readingBeyondTheEndIsTyped() {
    file.write(ByteBuffer.wrap(new byte[10]), 0);
    CorruptFileException e = assertThrows(CorruptFileException.class, () -> read(8, 5));
    Pages.assertSays(e, path.toString(), "ends at 10", "8 bytes at 5", "truncated");
  }

  @Test
  void growthWritesZerosAndTruncationCuts() {
    file.write(ByteBuffer.wrap(new byte[] {7}), 0);
    long size = (3L << 20) + 513; // more than one buffer of zeros
    file.grow(size);
    assertEquals(size, file.size());
    assertEquals(7, read(1, 0)[0]);
    assertArrayEquals(new byte[1000], read(1000, size - 1000));
    file.grow(100);
    assertEquals(size, file.size(), "growing never cuts");
    file.truncate(512);
    file.truncate(1024);
    assertEquals(512, file.size(), "truncating never grows");
    file.sync(false);
    assertThrows(IllegalArgumentException.class, () -> file.truncate(-1));
  }

  @Test
  void grownBytesAreAllocated() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/stat")), "needs stat");
    file.grow(1 << 20);
    file.sync(true);
    Process stat =
        new ProcessBuilder("/usr/bin/stat", "-c", "%b", path.toString())
            .redirectErrorStream(true)
            .start();
    String blocks =
        new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertTrue(Long.parseLong(blocks) * 512 >= 1 << 20, blocks + " blocks");
  }

  /** Every operation, called with the flag set: FileChannel would throw and close itself. */
  @Test
  void anInterruptBeforeAnOperationHarmsNothing() {
    byte[] page = Pages.sealed(512, PageHeader.LEAF, 1, 3, 5);
    Runnable[] operations = {
      () -> file.write(ByteBuffer.wrap(page), 3 * 512),
      () -> file.sync(false),
      () -> file.grow(10 * 512),
      () -> file.sync(true),
      () -> assertArrayEquals(page, read(512, 3 * 512)),
      () -> file.truncate(5 * 512),
      () -> assertEquals(5 * 512, file.size()),
      () -> {
        PageMap map = file.map(512, 5, Checksums.FIRST_TOUCH, null);
        assertEquals(3 * 512, map.locate(3, 5));
        map.release();
      },
      () -> Pages.STORAGE.syncDirectory(dir),
      () -> Pages.STORAGE.lock(dir.resolve("l"), true).close(),
      () -> Pages.STORAGE.rename(path, path),
    };
    for (int i = 0; i < operations.length; i++) {
      Thread.currentThread().interrupt();
      operations[i].run();
      assertTrue(Thread.interrupted(), "operation " + i + " keeps the flag");
    }
  }

  @Test
  void interruptsDuringOperationsHarmNothing() {
    Thread victim = Thread.currentThread();
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> tormentor =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                victim.interrupt();
                Thread.onSpinWait();
              }
            });
    try {
      for (int i = 0; i < 300; i++) {
        byte[] page = Pages.sealed(4096, PageHeader.LEAF, 1, 3 + i, i);
        file.write(ByteBuffer.wrap(page), (3L + i) * 4096);
        file.sync(i % 2 == 0);
        assertArrayEquals(page, read(4096, (3L + i) * 4096));
        PageMap map = file.map(4096, 4 + i, Checksums.ALWAYS, null);
        assertEquals((3L + i) * 4096, map.locate(3 + i, i));
        map.release();
      }
    } finally {
      done.set(true);
      Void _ = tormentor.join(); // which an interrupt does not end
      boolean _ = Thread.interrupted();
    }
    assertEquals(303 * 4096, file.size());
  }

  @Test
  void aClosedFileIsMisuse() {
    file.close();
    file.close();
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> read(1, 0));
    Pages.assertSays(e, path.toString(), "closed");
    assertThrows(IllegalStateException.class, () -> file.write(ByteBuffer.wrap(new byte[1]), 0));
    assertThrows(IllegalStateException.class, () -> file.sync(true));
    assertThrows(IllegalStateException.class, file::size);
    assertThrows(IllegalStateException.class, () -> file.grow(10));
    assertThrows(IllegalStateException.class, () -> file.truncate(0));
  }

  @Test
  void aFileOpenForReadingRefusesWrites() {
    file.grow(3 * 512);
    assertTrue(file.writable());
    file.close();
    try (PageFile readable = Pages.STORAGE.open(path, false)) {
      assertFalse(readable.writable());
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> readable.write(ByteBuffer.allocate(1), 0));
      Pages.assertSays(e, "reading only");
      assertThrows(IllegalStateException.class, () -> readable.grow(10_000));
      assertThrows(IllegalStateException.class, () -> readable.truncate(0));
      PageMap map = readable.map(512, 3, Checksums.FIRST_TOUCH, null);
      assertEquals(3, map.pageCount());
      map.release();
      assertEquals(3 * 512, readable.size());
      // Closing a second one would drop the locks of the first.
      assertThrows(DatabaseLockedException.class, () -> Pages.STORAGE.open(path, false));
    }
  }

  /** The kernel's /dev/full answers every write with "no space left". */
  @Test
  void aFullDiskIsTyped() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "needs /dev/full");
    try (PageFile device =
        ChannelPageFile.open(
            full, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE), MapLayout.USUAL)) {
      DatabaseFullException e =
          assertThrows(
              DatabaseFullException.class, () -> device.write(ByteBuffer.allocate(4096), 8192));
      Pages.assertSays(e, "/dev/full", "4096 bytes at 8192", "No space left", "make room");
      assertThrows(DatabaseFullException.class, () -> device.grow(4096));
    }
  }

  @Test
  void aFileThatWasReplacedIsNotMapped() throws IOException {
    file.grow(3 * 512);
    Path other = Files.write(dir.resolve("other"), new byte[3 * 512]);
    Path _ = Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    StorageIoException e =
        assertThrows(StorageIoException.class, () -> file.map(512, 3, Checksums.FIRST_TOUCH, null));
    Pages.assertSays(e, path.toString(), "another file took this name");
    Files.delete(path);
    StorageIoException gone =
        assertThrows(StorageIoException.class, () -> file.map(512, 3, Checksums.FIRST_TOUCH, null));
    Pages.assertSays(gone, "no such file");
  }

  @Test
  void aMapNeedsASaneGeometry() {
    file.grow(3 * 512);
    assertThrows(
        IllegalArgumentException.class, () -> file.map(513, 1, Checksums.FIRST_TOUCH, null));
    assertThrows(
        IllegalArgumentException.class, () -> file.map(512, 2, Checksums.FIRST_TOUCH, null));
    PageMap map = file.map(512, 3, Checksums.FIRST_TOUCH, null);
    file.grow(3 * 1024);
    assertThrows(
        IllegalArgumentException.class, () -> file.map(1024, 3, Checksums.FIRST_TOUCH, map));
    map.release();
  }
}
