package dev.pando.txn;

import java.util.Arrays;

/** A set of page numbers, one bit each. Grows as pages are added. */
final class PageSet {
  private final long limit;
  private long[] bits;
  private long size;

  /** A set with room for page numbers below {@code pageCount}. */
  PageSet(long pageCount) {
    this(pageCount, Long.MAX_VALUE);
  }

  private PageSet(long pageCount, long limit) {
    this.limit = limit;
    bits = new long[words(pageCount)];
  }

  /**
   * A set for what a named snapshot says, which may have had more pages than there are now: those
   * are counted, not kept, so that its memory is bounded by the file.
   *
   * @param pageCount pages that there are now, rounded up to a whole chunk
   */
  static PageSet keeping(long pageCount) {
    return new PageSet(
        0, (pageCount + FreeRecord.CHUNK_PAGES - 1) & -(long) FreeRecord.CHUNK_PAGES);
  }

  /** Whether the pages from here on are counted only. */
  boolean countsOnly(long pgno) {
    return pgno >= limit;
  }

  void clear() {
    Arrays.fill(bits, 0);
    size = 0;
  }

  private static int words(long pageCount) {
    return Math.toIntExact((pageCount + Long.SIZE - 1) / Long.SIZE);
  }

  /** Pages in the set. */
  long size() {
    return size;
  }

  /** All pages of the set are below this. */
  long end() {
    return (long) bits.length << 6;
  }

  /** Adds a page; false if it was there. */
  boolean add(long pgno) {
    return addRun(pgno, 1) == 1;
  }

  /** Adds pages that follow each other; returns how many were absent. */
  long addRun(long first, long pages) {
    long end = Math.clamp(limit, first, first + pages);
    makeRoom(Math.min(end, limit));
    long before = size;
    size += first + pages - end;
    for (long at = first; at < end; at = (at | Long.SIZE - 1) + 1) {
      int word = (int) (at >>> 6);
      long mask = mask(at, end);
      size += Long.bitCount(mask & ~bits[word]);
      bits[word] |= mask;
    }
    return size - before;
  }

  void addAll(PageSet other) {
    for (int i = 0; i < other.bits.length; i++) {
      if (other.bits[i] != 0) {
        setWord(i, other.bits[i] | word(i));
      }
    }
  }

  /** Removes pages that follow each other; returns how many were there. */
  long removeRun(long first, long pages) {
    long kept = Math.clamp(limit, first, first + pages);
    long end = Math.min(kept, (long) bits.length << 6);
    long before = size;
    size -= first + pages - kept;
    for (long at = first; at < end; at = (at | Long.SIZE - 1) + 1) {
      int word = (int) (at >>> 6);
      long mask = mask(at, end);
      size -= Long.bitCount(mask & bits[word]);
      bits[word] &= ~mask;
    }
    return before - size;
  }

  /** The bits of one word from a page to the word's end or the end given. */
  private static long mask(long at, long end) {
    long up = -1L << at;
    return end - (at & -Long.SIZE) >= Long.SIZE ? up : up & ~(-1L << end);
  }

  private void makeRoom(long pageCount) {
    if (words(pageCount) > bits.length) {
      bits = Arrays.copyOf(bits, Math.max(words(pageCount), bits.length + bits.length / 4));
    }
  }

  boolean contains(long pgno) {
    int word = (int) (pgno >>> 6);
    return word < bits.length && (bits[word] & 1L << pgno) != 0;
  }

  /** The first page of the set from {@code from} on; {@code limit} if there is none below it. */
  long nextIn(long from, long limit) {
    return next(from, limit, 0);
  }

  /** The first page not in the set from {@code from} on, at most {@code limit}. */
  long nextOut(long from, long limit) {
    return next(from, limit, -1);
  }

  /** Where the run of pages in the set begins that ends just before {@code end}. */
  long startOfRunBefore(long end) {
    long start = end;
    while (start > 0) {
      int index = (int) ((start - 1) >>> 6);
      int last = (int) (start - 1) & (Long.SIZE - 1);
      long absent = ~word(index) & (-1L >>> (Long.SIZE - 1 - last));
      if (absent != 0) {
        return ((long) index << 6) + Long.SIZE - Long.numberOfLeadingZeros(absent);
      }
      start = (long) index << 6;
    }
    return start;
  }

  private long next(long from, long limit, long flip) {
    for (long at = from; at < limit; at = (at | Long.SIZE - 1) + 1) {
      long word = (word((int) (at >>> 6)) ^ flip) & -1L << at;
      if (word != 0) {
        return Math.min((at & -Long.SIZE) + Long.numberOfTrailingZeros(word), limit);
      }
    }
    return limit;
  }

  /** 64 pages as bits, from page 64 * {@code index} on. */
  long word(int index) {
    return index < bits.length ? bits[index] : 0;
  }

  /** Replaces 64 pages. */
  void setWord(int index, long word) {
    makeRoom((index + 1L) << 6);
    size += Long.bitCount(word) - Long.bitCount(bits[index]);
    bits[index] = word;
  }
}
