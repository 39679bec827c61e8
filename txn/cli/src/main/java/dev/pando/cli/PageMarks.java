package dev.pando.cli;

/**
 * A number for each page of a file, 0 at first. It takes 4 bytes a page where a page near by has a
 * number, and nothing where none has.
 */
final class PageMarks {
  private static final int CHUNK_SHIFT = 16;
  private static final int CHUNK = 1 << CHUNK_SHIFT;

  private final long pageCount;
  private final int[][] chunks;

  /** Of pages 0 to {@code pageCount - 1}. */
  PageMarks(long pageCount) {
    this.pageCount = pageCount;
    this.chunks = new int[Math.toIntExact((pageCount + CHUNK - 1) >> CHUNK_SHIFT)][];
  }

  /** How many pages may have a number. */
  long pageCount() {
    return pageCount;
  }

  /** The number of a page. */
  int get(long pgno) {
    int[] chunk = chunks[(int) (pgno >> CHUNK_SHIFT)];
    return chunk == null ? 0 : chunk[(int) pgno & (CHUNK - 1)];
  }

  /** Gives a page a number, unless it has one; returns whether it had none. */
  boolean set(long pgno, int mark) {
    boolean isNew = get(pgno) == 0;
    if (isNew) {
      put(pgno, mark);
    }
    return isNew;
  }

  /** Gives a page a number. */
  void put(long pgno, int mark) {
    int at = (int) (pgno >> CHUNK_SHIFT);
    if (chunks[at] == null) {
      chunks[at] = new int[CHUNK];
    }
    chunks[at][(int) pgno & (CHUNK - 1)] = mark;
  }
}
