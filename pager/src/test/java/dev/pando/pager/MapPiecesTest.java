package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.CorruptFileException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps of one file share what they have in common. */
class MapPiecesTest {
  private static final int PAGE = 512;

  /** Chunks of two pages, which show the next three, too; at most four chunks a piece. */
  private static final MapLayout SMALL = new MapLayout(10, 3 * PAGE, 4, 40);

  @TempDir Path dir;

  /** Memory in place of a file, which counts what is mapped. */
  private static final class Mapped implements MapPieces.Source {
    final List<MapPiece> live = new ArrayList<>();
    long bytes;
    int failAt = Integer.MAX_VALUE;
    int calls;

    @Override
    public MapPiece map(long start, long end) {
      if (++calls >= failAt) {
        throw new IllegalStateException("planned");
      }
      Arena arena = Arena.ofShared();
      MemorySegment memory = arena.allocate(end - start, Long.BYTES);
      for (long at = 0; at < end - start; at += Long.BYTES) {
        memory.set(ValueLayout.JAVA_LONG, at, start + at);
      }
      bytes += end - start;
      MapPiece piece = new MapPiece(start, memory, arena);
      live.add(piece);
      return piece;
    }

    /** Pieces that are not unmapped. */
    long live() {
      return live.stream().filter(piece -> piece.from(piece.start()).scope().isAlive()).count();
    }
  }

  private static void assertShows(MapPieces pieces, long end, MapLayout layout) {
    MemorySegment[] chunks = pieces.chunks();
    for (int i = 0; i < chunks.length; i++) {
      long start = (long) i << layout.chunkShift();
      long wanted = Math.min(start + (1L << layout.chunkShift()) + layout.overlap(), end);
      assertEquals(start, chunks[i].get(ValueLayout.JAVA_LONG, 0));
      assertTrue(start + chunks[i].byteSize() >= wanted, "chunk " + i + " of a map of " + end);
      assertTrue(start + chunks[i].byteSize() <= end, "no map reaches beyond the file");
    }
    long last = (long) (chunks.length - 1) << layout.chunkShift();
    assertTrue(last < end && end <= last + (1L << layout.chunkShift()));
  }

  @Test
  void growthMapsOnlyTheLastChunks() {
    Mapped source = new Mapped();
    MapPieces pieces = MapPieces.upTo(3 * PAGE, SMALL, null, source);
    for (long pages = 4; pages <= 60; pages++) {
      long before = source.bytes;
      MapPieces next = MapPieces.upTo(pages * PAGE, SMALL, pieces, source);
      assertShows(next, pages * PAGE, SMALL);
      assertTrue(source.bytes - before <= 7 * PAGE, "mapped at " + pages + " pages");
      pieces.release();
      pieces = next;
      assertEquals(pieces.count(), source.live());
    }
    pieces.release();
    assertEquals(0, source.live());
  }

  @Test
  void aLongFileIsMappedInPieces() {
    Mapped source = new Mapped();
    MapPieces pieces = MapPieces.upTo(100 * PAGE, SMALL, null, source);
    assertEquals(13, pieces.count());
    assertShows(pieces, 100 * PAGE, SMALL);
    MapPieces shorter = MapPieces.upTo(91 * PAGE, SMALL, pieces, source);
    assertShows(shorter, 91 * PAGE, SMALL);
    assertEquals(14, source.live(), "all but the end are shared");
    pieces.release();
    assertShows(shorter, 91 * PAGE, SMALL);
    shorter.release();
    assertEquals(0, source.live());
  }

  @Test
  void ofTooManyPiecesNoneIsShared() {
    Mapped source = new Mapped();
    MapPieces pieces = MapPieces.upTo(PAGE, SMALL, null, source);
    int most = 0;
    for (long pages = 2; pages <= 300; pages++) {
      MapPieces next = MapPieces.upTo(pages * PAGE, SMALL, pieces, source);
      pieces.release();
      pieces = next;
      most = Math.max(most, pieces.count());
    }
    assertEquals(SMALL.mostPieces(), most);
    assertShows(pieces, 300 * PAGE, SMALL);
    pieces.release();
    assertEquals(0, source.live());
  }

  @Test
  void aFailureKeepsNothing() {
    Mapped source = new Mapped();
    MapPieces pieces = MapPieces.upTo(20 * PAGE, SMALL, null, source);
    long live = source.live();
    source.failAt = source.calls + 3;
    assertThrows(
        IllegalStateException.class, () -> MapPieces.upTo(90 * PAGE, SMALL, pieces, source));
    assertEquals(live, source.live());
    assertShows(pieces, 20 * PAGE, SMALL);
    pieces.release();
    assertEquals(0, source.live());
  }

  @Test
  void memoryInOnePieceIsOneChunk() {
    Arena arena = Arena.ofShared();
    MemorySegment memory = arena.allocate(10 * PAGE);
    MapPieces pieces = MapPieces.of(new MapPiece(0, memory, arena));
    assertSame(memory, pieces.chunks()[0]);
    MapPieces next =
        MapPieces.upTo(PAGE, MapLayout.WHOLE, pieces, (_, end) -> new Mapped().map(0, end));
    assertEquals(1, next.count());
    pieces.release();
    assertFalse(memory.scope().isAlive());
    next.release();
  }

  /** A run may begin in one chunk and end in the next one. */
  @Test
  void runsAreWholeInTheMemoryOfTheirFirstPage() {
    Storage storage = new FileStorage(SMALL);
    try (PageFile file = storage.create(dir.resolve("f"))) {
      for (long pgno = 3; pgno < 42; pgno += 3) {
        byte[] run = Pages.sealed(PAGE, PageHeader.OVERFLOW, 3, pgno, 7);
        file.write(ByteBuffer.wrap(run), pgno * PAGE);
      }
      PageMap map = file.map(PAGE, 42, Checksums.FIRST_TOUCH, null);
      for (long pgno = 3; pgno < 42; pgno += 3) {
        long address = map.locate(pgno, 7);
        MemorySegment shown =
            map.segment(address).asSlice(map.offset(address), 3 * PAGE).asReadOnly();
        byte[] run = Pages.sealed(PAGE, PageHeader.OVERFLOW, 3, pgno, 7);
        assertEquals(-1, shown.mismatch(MemorySegment.ofArray(run)));
      }
      assertThrows(CorruptFileException.class, () -> map.locate(39, 6));
      PageMap longer = file.map(PAGE, 42, Checksums.FIRST_TOUCH, map);
      assertSame(map.segment(0), longer.segment(0));
      map.release();
      assertEquals(3, PageHeader.pgno(longer.segment(3 * PAGE), longer.offset(3 * PAGE)));
      MemorySegment kept = longer.segment(0);
      longer.release();
      assertThrows(IllegalStateException.class, () -> kept.get(ValueLayout.JAVA_BYTE, 0));
    }
  }
}
