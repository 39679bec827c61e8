package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments that somebody made, with right checksums: each number is checked before use. */
final class IncrementReaderTest {
  private static final int PAGE = 512;
  private static final int TRAILER = PAGE - MetaLayout.TRAILER_SIZE;

  @TempDir private Path directory;

  private final ByteBuffer bytes = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();

  private void header(long since, long pages) {
    bytes.putLong(IncrementLayout.MAGIC_VALUE);
    bytes.putInt(IncrementLayout.CURRENT_VERSION);
    bytes.putInt(PAGE);
    bytes.putLong(since);
    bytes.putLong(pages);
    crc.update(bytes.array(), 0, bytes.position());
    bytes.putInt((int) crc.getValue());
  }

  private void part(long pgno, byte[] pages) {
    int at = bytes.position();
    bytes.putInt(0).putInt(pages.length / PAGE).putLong(pgno).put(pages);
    int from = at + IncrementLayout.PART_PAGES;
    crc.update(bytes.array(), from, bytes.position() - from);
    bytes.putInt(at, (int) crc.getValue());
  }

  /** A meta page of transaction 9 in a file of 100,000 pages. */
  private static byte[] meta(Consumer<byte[]> change) {
    byte[] page = new byte[PAGE];
    MetaTest.full(PAGE, 2).encode(page, 0);
    change.accept(page);
    MemorySegment memory = MemorySegment.ofArray(page);
    PageHeader.seal(memory, 0, PAGE);
    return page;
  }

  private static byte[] meta() {
    return meta(_ -> {});
  }

  private IncrementReader open() throws IOException {
    Path path = directory.resolve("increment");
    Files.write(path, Arrays.copyOf(bytes.array(), bytes.position()));
    return new IncrementReader(Pages.STORAGE.open(path, false));
  }

  private void refuses(Class<? extends Throwable> type, String... parts) {
    Throwable refused =
        assertThrows(
            type,
            () -> {
              try (IncrementReader reader = open()) {
                reader.forEach((_, _) -> {});
              }
            });
    Pages.assertSays(refused, parts);
  }

  private void refusesMeta(Class<? extends Throwable> type, Consumer<byte[]> change, String part) {
    header(5, 0);
    part(0, meta(change));
    part(0, new byte[0]);
    refuses(type, part);
  }

  private static void put64(byte[] page, int at, long value) {
    ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
  }

  @Test
  void wholeOnesAreRead() throws IOException {
    header(5, 3);
    part(0, meta());
    part(10, new byte[2 * PAGE]);
    part(12, new byte[PAGE]);
    part(0, new byte[0]);
    List<Long> found = new ArrayList<>();
    try (IncrementReader reader = open()) {
      assertEquals(5, reader.since());
      assertEquals(9, reader.meta().txnId());
      assertEquals(3 * PAGE, reader.bytes());
      reader.forEach((_, pgno) -> found.add(pgno));
    }
    assertEquals(List.of(10L, 12L), found);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 1L << 62, 3})
  void morePagesThanTheFileHas(long pages) {
    header(5, pages);
    part(0, meta());
    part(0, new byte[0]);
    refuses(CorruptFileException.class, pages + " pages, allowed: 0 to 1");
  }

  @Test
  void partsThatDoNotAscend() {
    header(5, 2);
    part(0, meta());
    part(10, new byte[PAGE]);
    part(10, new byte[PAGE]);
    part(0, new byte[0]);
    refuses(CorruptFileException.class, "pages 10 to 10, allowed: 11 to 99999");
  }

  @Test
  void aPartBehindTheEnd() {
    header(5, 1);
    part(0, meta());
    part(100_000, new byte[PAGE]);
    part(0, new byte[0]);
    refuses(CorruptFileException.class, "pages 100000 to 100000, allowed: 3 to 99999");
  }

  @Test
  void anotherFormatVersion() {
    refusesMeta(
        UnsupportedFormatException.class,
        page -> PageBytes.put32(page, MetaLayout.FORMAT_VERSION, 7),
        "version 7");
  }

  @Test
  void anUnknownFeature() {
    refusesMeta(
        UnsupportedFormatException.class,
        page -> put64(page, TRAILER + MetaLayout.INCOMPATIBLE, 1L << 40),
        "increment");
  }

  /** Without a trailer nothing says what the increment belongs to. */
  @Test
  void aMetaWithoutATrailer() {
    refusesMeta(
        CorruptFileException.class,
        page -> put64(page, TRAILER + MetaLayout.ID_LIMIT, 0),
        "its meta is damaged");
  }

  @Test
  void aLogBeforeTheFile() {
    refusesMeta(
        CorruptFileException.class,
        page -> {
          put64(page, TRAILER + MetaLayout.LOG_PGNO, -64);
          put64(page, TRAILER + MetaLayout.LOG_PAGES, 128);
        },
        "its meta is damaged");
  }
}
