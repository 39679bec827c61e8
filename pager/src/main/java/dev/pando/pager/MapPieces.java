package dev.pando.pager;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pieces that one map shows, and its chunks in them. A map of the same file that is made later
 * shares the pieces whose chunks are whole, and maps only the rest. So growth costs address space
 * and page faults for the last chunks, not for the file.
 *
 * <p>Pieces ascend, begin where a chunk begins, and overlap. A chunk is shown by the last piece
 * that begins at its start or before. No piece reaches beyond the end of the map, because a file
 * can be truncated to the end of its longest map.
 */
final class MapPieces {
  /** Maps parts of the file. */
  interface Source {
    /** Maps the bytes from one offset up to another one. */
    MapPiece map(long start, long end);
  }

  private final MapLayout layout;
  private final MapPiece[] pieces;

  /** Each chunk's memory; it begins with the chunk, and ends after it. Never changed. */
  private final MemorySegment[] chunks;

  /** Null if the overlap is at least the longest run. */
  private final @Nullable JoinedRuns joined;

  private MapPieces(
      MapLayout layout, MapPiece[] pieces, MemorySegment[] chunks, @Nullable JoinedRuns joined) {
    this.layout = layout;
    this.pieces = pieces;
    this.chunks = chunks;
    this.joined = joined;
  }

  /** Memory that holds all of a file, as one chunk. */
  static MapPieces of(MapPiece whole) {
    return new MapPieces(
        MapLayout.WHOLE, new MapPiece[] {whole}, new MemorySegment[] {whole.from(0)}, null);
  }

  /**
   * Memory that holds the beginning of a file.
   *
   * @param pieces each with a reference for this object
   * @param chunks may be more than the pieces show
   * @param joined where runs are that are longer than the overlap
   */
  static MapPieces of(
      MapLayout layout, MapPiece[] pieces, MemorySegment[] chunks, JoinedRuns joined) {
    return new MapPieces(layout, pieces, chunks, joined);
  }

  /**
   * Maps the beginning of a file.
   *
   * @param end bytes to show
   * @param previous of an earlier map, which stays meanwhile; null if there is none
   */
  static MapPieces upTo(long end, MapLayout layout, @Nullable MapPieces previous, Source source) {
    List<MapPiece> all = new ArrayList<>();
    try {
      MapPieces known = previous != null && previous.canShare(layout) ? previous : null;
      long shared = known == null ? 0 : known.shareWith(all, end);
      for (long at = shared; at < end; ) {
        long pieceEnd = Math.min(at + layout.pieceBytes() + layout.overlap(), end);
        all.add(source.map(at, pieceEnd));
        at = pieceEnd == end ? end : at + layout.pieceBytes();
      }
      MapPiece[] pieces = all.toArray(new MapPiece[0]);
      MemorySegment[] same = known == null ? new MemorySegment[0] : known.chunks;
      return new MapPieces(layout, pieces, chunks(pieces, end, layout, same, shared), null);
    } catch (Throwable e) {
      all.forEach(MapPiece::release);
      throw e;
    }
  }

  private boolean canShare(MapLayout wanted) {
    return layout.equals(wanted) && pieces.length < wanted.mostPieces();
  }

  /**
   * Adds pieces that a map up to {@code end} can share, each with a reference of its own.
   *
   * @return the offset up to which they show chunks that are whole in such a map
   */
  private long shareWith(List<MapPiece> all, long end) {
    long shared = 0;
    MapPiece last = pieces[pieces.length - 1];
    for (MapPiece piece : pieces) {
      boolean ends = piece == last && piece.end() == end;
      long whole = ends ? end : layout.chunkStart(piece.end() - layout.overlap());
      if (piece.end() > end || whole <= shared) { // also if it is shorter than the overlap
        break;
      }
      all.add(piece.retain());
      shared = whole;
    }
    return shared;
  }

  /**
   * The memory of all chunks.
   *
   * @param known of a map that shares the pieces up to {@code shared}
   */
  private static MemorySegment[] chunks(
      MapPiece[] pieces, long end, MapLayout layout, MemorySegment[] known, long shared) {
    int count = (int) (((end - 1) >>> layout.chunkShift()) + 1);
    int same = (int) (shared >>> layout.chunkShift());
    MemorySegment[] chunks = Arrays.copyOf(Arrays.copyOf(known, same), count);
    int piece = 0;
    for (int i = same; i < count; i++) {
      long start = (long) i << layout.chunkShift();
      while (piece + 1 < pieces.length && pieces[piece + 1].start() <= start) {
        piece++;
      }
      chunks[i] = pieces[piece].from(start);
    }
    return chunks;
  }

  MemorySegment[] chunks() {
    return chunks;
  }

  /** The logarithm of a chunk's bytes. */
  int chunkShift() {
    return layout.chunkShift();
  }

  /** How many parts of the file the system has mapped for this map. */
  int count() {
    return pieces.length;
  }

  /** See {@link PageReader#joined}. */
  @Nullable MemorySegment joined(long address, long birth, long bytes) {
    return joined == null ? null : joined.get(address, birth, bytes, this::copy);
  }

  private void copy(long offset, MemorySegment target) {
    for (long done = 0; done < target.byteSize(); ) {
      long at = offset + done;
      MemorySegment chunk = chunks[(int) (at >>> layout.chunkShift())];
      long start = at - layout.chunkStart(at);
      long bytes = Math.min(target.byteSize() - done, chunk.byteSize() - start);
      MemorySegment.copy(chunk, start, target, done, bytes);
      done += bytes;
    }
  }

  /** Gives all pieces back. */
  void release() {
    for (MapPiece piece : pieces) {
      piece.release();
    }
  }
}
