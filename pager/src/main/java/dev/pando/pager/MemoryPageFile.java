package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file in memory that is not on the heap, in pieces that are allocated when it grows and freed
 * when it is truncated or ended. A map shows these pieces, so readers read what was written, in
 * place. All processes but this one are out of its reach.
 *
 * <p>Pieces do not follow each other in memory. A page, or a leaf of several, may begin in one
 * piece and end in the next: so the memory of each piece continues with a copy of the first bytes
 * of the next one, and a write there writes both. A longer run that crosses the end of a piece is
 * copied when it is first read; see {@link JoinedRuns}.
 *
 * <p>See DECISIONS.md, 'Databases in memory'.
 */
final class MemoryPageFile implements PageFile {
  /** The logarithm of {@link #CHUNK}. */
  private static final int CHUNK_SHIFT = 20;

  /** Bytes of a chunk of the map; each piece has one or more. */
  private static final long CHUNK = 1 << CHUNK_SHIFT;

  /** Bytes of the largest piece that is allocated ahead of need. */
  private static final long MOST_AHEAD = 64 << 20;

  /** A piece that is allocated ahead has one byte for so many that are there. */
  private static final long AHEAD_SHARE = 8;

  /** Bytes; that of a page of the operating system. */
  private static final long ALIGNMENT = 4096;

  private final MemoryStorage.Source source;
  private final long overlap;
  private final MapLayout layout;
  private final JoinedRuns joined = new JoinedRuns();
  private volatile Path path;
  private volatile boolean closed;

  /** What is allocated, at least {@link #size}; replaced as a whole. */
  private volatile Memory memory = Memory.NONE;

  private volatile long size;

  /**
   * Pieces in the order of the file, and the memory of its chunks.
   *
   * @param bytes without the overlap of the last piece
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Memory(MapPiece[] pieces, MemorySegment[] chunks, long bytes) {
    static final Memory NONE = new Memory(new MapPiece[0], new MemorySegment[0], 0);

    /** The index of the piece that holds an offset. */
    int pieceAt(long offset) {
      int low = 0;
      int high = pieces.length - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (pieces[middle].start() <= offset) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
    }

    long endOf(int piece) {
      return piece + 1 < pieces.length ? pieces[piece + 1].start() : bytes;
    }

    Memory with(MapPiece added, long length) {
      MapPiece[] more = Arrays.copyOf(pieces, pieces.length + 1);
      more[pieces.length] = added;
      MemorySegment[] shown = Arrays.copyOf(chunks, (int) ((bytes + length) >>> CHUNK_SHIFT));
      for (int i = chunks.length; i < shown.length; i++) {
        shown[i] = added.from((long) i << CHUNK_SHIFT);
      }
      return new Memory(more, shown, bytes + length);
    }

    /** Only the first pieces. */
    Memory first(int count) {
      long left = count == 0 ? 0 : endOf(count - 1);
      return new Memory(
          Arrays.copyOf(pieces, count), Arrays.copyOf(chunks, (int) (left >>> CHUNK_SHIFT)), left);
    }
  }

  /** What is done with a part of one piece. */
  private interface Part {
    /**
     * A part.
     *
     * @param at its offset in the memory
     * @param done bytes of all parts before it
     */
    void visit(MemorySegment memory, long at, long done, long bytes);
  }

  /**
   * An empty file.
   *
   * @param pageSize of all its pages
   */
  MemoryPageFile(Path path, int pageSize, MemoryStorage.Source source) {
    this.path = path;
    this.source = source;
    // Also the bytes of a run that are verified at a time.
    this.overlap =
        Math.max((long) PageHeader.maxLeafPages(pageSize) * pageSize, PageHeader.MAX_PAGE_SIZE);
    this.layout = new MapLayout(CHUNK_SHIFT, overlap, 1, Integer.MAX_VALUE);
  }

  void rename(Path to) {
    path = to;
  }

  /** Opens it again after {@link #close}. */
  MemoryPageFile reopen() {
    closed = false;
    return this;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public long size() {
    checkOpen();
    return size;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public boolean isPrivate() {
    return true;
  }

  @Override
  public boolean isNamed() {
    return true;
  }

  @Override
  public boolean tryLock(boolean exclusive) {
    return true;
  }

  /** What was written is as safe as it will be. */
  @Override
  public void sync(boolean metadataToo) {
    checkOpen();
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    checkOpen();
    int bytes = target.remaining();
    if (offset + bytes > size) {
      throw new CorruptFileException(
          path.toString(),
          -1,
          "the file ends at %d, the read needs %d bytes at %d".formatted(size, bytes, offset));
    }
    copy(offset, MemorySegment.ofBuffer(target));
    target.position(target.limit());
  }

  private void copy(long offset, MemorySegment target) {
    Memory now = memory;
    for (long done = 0; done < target.byteSize(); ) {
      int piece = now.pieceAt(offset + done);
      MemorySegment from = now.pieces[piece].from(offset + done);
      long bytes = Math.min(target.byteSize() - done, from.byteSize());
      MemorySegment.copy(from, 0, target, done, bytes);
      done += bytes;
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    checkOpen();
    long end = offset + source.remaining();
    reserve(end);
    writeThrough(source, offset);
    if (end > size) {
      lengthen(end);
    }
  }

  /** Several threads write and grow: none may take back what another one added. */
  private synchronized void lengthen(long end) {
    size = Math.max(size, end);
  }

  @Override
  public void writeThrough(ByteBuffer source, long offset) {
    checkOpen();
    MemorySegment bytes = MemorySegment.ofBuffer(source);
    joined.drop(offset, offset + bytes.byteSize());
    forEachPart(
        offset,
        bytes.byteSize(),
        (target, at, done, length) -> MemorySegment.copy(bytes, done, target, at, length));
    source.position(source.limit());
  }

  /** Visits what shows a part of the file: the pieces, and the copies at the ends of others. */
  private void forEachPart(long offset, long bytes, Part part) {
    Memory now = memory;
    for (long done = 0; done < bytes; ) {
      long at = offset + done;
      int i = now.pieceAt(at);
      MapPiece piece = now.pieces[i];
      long length = Math.min(bytes - done, now.endOf(i) - at);
      part.visit(piece.from(piece.start()), at - piece.start(), done, length);
      long inOverlap = piece.start() + overlap - at;
      if (i > 0 && inOverlap > 0) {
        MapPiece before = now.pieces[i - 1];
        MemorySegment tail = before.from(before.start());
        part.visit(tail, at - before.start(), done, Math.min(length, inOverlap));
      }
      done += length;
    }
  }

  @Override
  public void grow(long newSize) {
    checkOpen();
    reserve(newSize);
    if (newSize > size) {
      lengthen(newSize); // what is beyond is zeros already
    }
  }

  /** Allocates memory for a longer file. */
  private synchronized void reserve(long newSize) {
    Memory now = memory;
    long missing = newSize - now.bytes;
    if (missing > 0) {
      long least = (missing + CHUNK - 1) / CHUNK * CHUNK;
      long ahead = Math.clamp(now.bytes / AHEAD_SHARE / CHUNK * CHUNK, CHUNK, MOST_AHEAD);
      memory = allocate(now, least, Math.max(least, ahead));
    }
  }

  private Memory allocate(Memory now, long least, long wanted) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment added = source.allocate(arena, wanted + overlap, ALIGNMENT);
      return now.with(new MapPiece(now.bytes, added, arena), wanted);
    } catch (OutOfMemoryError e) {
      arena.close();
      if (wanted > least) {
        return allocate(now, least, least);
      }
      throw new DatabaseFullException(
          "%s: cannot grow from %d bytes by %d, the system has no memory; delete data, or set a limit with Options.withMaxSize that leaves memory to the program"
              .formatted(path, size, least),
          e);
    }
  }

  @Override
  public synchronized void truncate(long newSize) {
    checkOpen();
    if (newSize < 0) {
      throw new IllegalArgumentException("size=" + newSize + ", allowed: 0 up");
    }
    if (newSize >= size) {
      return;
    }
    long before = size;
    size = newSize;
    joined.drop(newSize, Long.MAX_VALUE);
    Memory all = memory;
    int kept = newSize == 0 ? 0 : all.pieceAt(newSize - 1) + 1;
    Memory left = all.first(kept);
    zero(newSize, Math.min(before, left.bytes + overlap)); // with the copy after the last piece
    memory = left;
    for (int i = kept; i < all.pieces.length; i++) {
      all.pieces[i].release();
    }
  }

  private void zero(long from, long to) {
    forEachPart(
        from,
        to - from,
        (target, at, done, length) -> {
          MemorySegment _ = target.asSlice(at, length).fill((byte) 0);
        });
  }

  @Override
  public synchronized PageMap map(
      int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
    checkOpen();
    PageHeader.checkPageSize(pageSize);
    long bytes = Math.multiplyExact(pageCount, pageSize);
    if (size < bytes) {
      throw new CorruptFileException(
          path.toString(),
          -1,
          "the file is %d bytes long, %d pages of %d bytes are %d"
              .formatted(size, pageCount, pageSize, bytes));
    }
    Memory now = memory;
    MapPiece[] shown = Arrays.copyOf(now.pieces, bytes == 0 ? 0 : now.pieceAt(bytes - 1) + 1);
    for (MapPiece piece : shown) {
      MapPiece _ = piece.retain();
    }
    MapPieces pieces = MapPieces.of(layout, shown, now.chunks, joined);
    try {
      return PageMap.of(path.toString(), pieces, pageSize, pageCount, mode, previous, null);
    } catch (RuntimeException e) {
      pieces.release();
      throw e;
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(path + ": the file is closed");
    }
  }

  /** Keeps the content. */
  @Override
  public void close() {
    closed = true;
  }

  /** Frees the memory that no map shows. It must not be opened again. */
  synchronized void end() {
    closed = true;
    Memory all = memory;
    memory = Memory.NONE;
    size = 0;
    for (MapPiece piece : all.pieces) {
      piece.release();
    }
  }
}
