package dev.pando.pager;

import org.jspecify.annotations.Nullable;

/**
 * How a file is divided for mapping. Readers see <em>chunks</em> of one size: a page's chunk
 * follows from its address by a shift. The system maps <em>pieces</em> of one or many chunks. Each
 * chunk's memory extends beyond its end by the overlap, so that a run of pages that begins in a
 * chunk is read from the memory of that chunk alone. The overlap takes address space, no memory.
 *
 * <p>See DECISIONS.md, 'Mapping in chunks'.
 *
 * @param chunkShift the logarithm of a chunk's bytes, at least that of the largest page
 * @param overlap bytes that a chunk's memory shows beyond its end; at least the longest run
 * @param pieceChunks chunks that one piece shows at most
 * @param mostPieces with this many pieces, the file is mapped again as a whole
 */
record MapLayout(int chunkShift, long overlap, int pieceChunks, int mostPieces) {
  /** Bytes of the longest run: that of a value of 2 GiB - 1. */
  private static final long LONGEST_RUN = (2L << 30) + PageHeader.MAX_PAGE_SIZE;

  /** Chunks of 1 GiB in pieces of 64 GiB; far fewer pieces than the maps that Linux allows. */
  static final MapLayout USUAL = new MapLayout(30, LONGEST_RUN, 64, 4096);

  /** One chunk, however long the file is. */
  static final MapLayout WHOLE = new MapLayout(Long.SIZE - 2, 0, 1, 1);

  /** By hand: that of a record is linked at its first call, which takes milliseconds. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof MapLayout layout
            && chunkShift == layout.chunkShift
            && overlap == layout.overlap
            && pieceChunks == layout.pieceChunks
            && mostPieces == layout.mostPieces);
  }

  @Override
  public int hashCode() {
    return 31 * chunkShift + pieceChunks;
  }

  /** The beginning of the chunk that holds an offset. */
  long chunkStart(long offset) {
    return (offset >>> chunkShift) << chunkShift;
  }

  /** Bytes of the chunks of one piece. */
  long pieceBytes() {
    return (long) pieceChunks << chunkShift;
  }
}
