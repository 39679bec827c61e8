package dev.pando.txn.space;

import java.util.Arrays;

/**
 * A set of page numbers, one bit each. It grows as pages are added. A search passes over a long
 * run, in the set or not, in a few steps.
 */
public final class PageSet {
  private final long limit;
  private long[] bits = {};

  /** Marks the words with a page in the set. */
  private final WordIndex some = new WordIndex();

  /** Marks the words with a page that is not in the set. */
  private final WordIndex gaps = new WordIndex();

  private long size;

  /** Makes a set with room for page numbers below {@code pageCount}. */
  public PageSet(long pageCount) {
    this(pageCount, Long.MAX_VALUE);
  }

  private PageSet(long pageCount, long limit) {
    this.limit = limit;
    makeRoom(pageCount);
  }

  /**
   * Makes a set for the pages of a named snapshot, which may have had more pages than there are
   * now. The pages beyond are counted, not stored, so that the file's size bounds the memory.
   *
   * @param pageCount present number of pages, rounded up to a whole chunk
   */
  public static PageSet keeping(long pageCount) {
    return new PageSet(
        0, (pageCount + FreeRecord.CHUNK_PAGES - 1) & -(long) FreeRecord.CHUNK_PAGES);
  }

  /** Whether the pages from here on are only counted. */
  boolean countsOnly(long pgno) {
    return pgno >= limit;
  }

  /** Removes all pages; works even if an error has left the set in the middle of a change. */
  void clear() {
    Arrays.fill(bits, 0);
    some.clear();
    gaps.clear();
    gaps.setRange(0, bits.length);
    size = 0;
  }

  /** As {@link #clear}, in proportion to the contents of the set. */
  void removeAll() {
    long _ = removeRun(0, end());
  }

  private static int words(long pageCount) {
    return Math.toIntExact((pageCount + Long.SIZE - 1) / Long.SIZE);
  }

  /** Returns the number of pages in the set. */
  public long size() {
    return size;
  }

  /** Returns a page number that is greater than all in the set. */
  public long end() {
    return (long) bits.length << 6;
  }

  /** Adds a page; false if it was there. */
  public boolean add(long pgno) {
    return addRun(pgno, 1) == 1;
  }

  /** Adds adjacent pages; returns how many were absent. */
  public long addRun(long first, long pages) {
    long end = Math.clamp(limit, first, first + pages);
    makeRoom(Math.min(end, limit));
    long before = size;
    size += first + pages - end;
    if (first < end) {
      int low = (int) (first >>> 6);
      int high = (int) ((end - 1) >>> 6);
      put(low, bits[low] | FreeChunk.mask(first, end));
      fill(low + 1, high);
      put(high, bits[high] | FreeChunk.mask(Math.max(first, (long) high << 6), end));
    }
    return size - before;
  }

  /** Adds all pages of some words. */
  private void fill(int first, int end) {
    if (first < end) {
      for (int i = first; i < end; i++) {
        size += Long.SIZE - Long.bitCount(bits[i]);
        bits[i] = -1;
      }
      some.setRange(first, end);
      gaps.clearRange(first, end);
    }
  }

  /** Adds all pages of another set, or none: only the first step needs memory. */
  public void addAll(PageSet other) {
    makeRoom(other.end());
    for (int i = other.some.next(0); i < other.bits.length; i = other.some.next(i + 1)) {
      setWord(i, other.bits[i] | word(i));
    }
  }

  /** Removes adjacent pages; returns how many were there. */
  long removeRun(long first, long pages) {
    long kept = Math.clamp(limit, first, first + pages);
    long end = Math.min(kept, (long) bits.length << 6);
    long before = size;
    size -= first + pages - kept;
    if (first < end) {
      int low = (int) (first >>> 6);
      int high = (int) ((end - 1) >>> 6);
      put(low, bits[low] & ~FreeChunk.mask(first, end));
      empty(low + 1, high);
      put(high, bits[high] & ~FreeChunk.mask(Math.max(first, (long) high << 6), end));
    }
    return before - size;
  }

  /** Removes all pages of some words. */
  private void empty(int first, int end) {
    if (first < end) {
      for (int i = some.next(first); i < end; i = some.next(i + 1)) {
        size -= Long.bitCount(bits[i]);
        bits[i] = 0;
      }
      some.clearRange(first, end);
      gaps.setRange(first, end);
    }
  }

  private void makeRoom(long pageCount) {
    int before = bits.length;
    if (words(pageCount) > before) {
      int words = Math.max(words(pageCount), before + before / 4);
      some.makeRoom(words); // any of these may fail: longer ones do no harm
      gaps.makeRoom(words);
      gaps.setRange(before, words);
      bits = Arrays.copyOf(bits, words);
    }
  }

  public boolean contains(long pgno) {
    int word = (int) (pgno >>> 6);
    return word < bits.length && (bits[word] & 1L << pgno) != 0;
  }

  /** Returns the first page of the set from {@code from} on; {@code limit} if none is below it. */
  public long nextIn(long from, long limit) {
    if (from >= limit) {
      return limit;
    }
    int index = (int) (from >>> 6);
    long word = word(index) & -1L << from;
    if (word == 0) {
      index = some.next(index + 1);
      word = word(index);
    }
    return word == 0 ? limit : Math.min(first(index, word), limit);
  }

  /** Returns the first page not in the set from {@code from} on, at most {@code limit}. */
  public long nextOut(long from, long limit) {
    if (from >= limit) {
      return limit;
    }
    int index = (int) (from >>> 6);
    long word = ~word(index) & -1L << from;
    if (word == 0) {
      index = Math.min(gaps.next(index + 1), bits.length); // later pages are absent
      word = ~word(index);
    }
    return Math.min(first(index, word), limit);
  }

  /** Sees runs of adjacent pages of a set. */
  @FunctionalInterface
  public interface RunVisitor {
    /** Sees a run: neither the page before it nor the one after it is in the set. */
    void run(long first, long pages);
  }

  /** Visits the runs of the set from {@code from} to {@code end}; clips the outer ones to these. */
  public void forEachRun(long from, long end, RunVisitor visitor) {
    for (long at = nextIn(from, end); at < end; ) {
      long out = nextOut(at, end);
      visitor.run(at, out - at);
      at = nextIn(out, end);
    }
  }

  /** Returns the start of the first {@code wanted} adjacent pages; -1 if there are none. */
  long firstRun(long from, long end, long wanted) {
    for (long at = nextIn(from, end); at + wanted <= end; ) {
      long out = nextOut(at, at + wanted);
      if (out - at == wanted) {
        return at;
      }
      at = nextIn(out, end);
    }
    return -1;
  }

  private static long first(int index, long word) {
    return ((long) index << 6) + Long.numberOfTrailingZeros(word);
  }

  /** Returns the start of the run of pages in the set that ends just before {@code end}. */
  long startOfRunBefore(long end) {
    if (end == 0) {
      return 0;
    }
    int index = (int) ((end - 1) >>> 6);
    int last = (int) (end - 1) & (Long.SIZE - 1);
    long absent = ~word(index) & (-1L >>> (Long.SIZE - 1 - last));
    if (absent == 0) {
      index = gaps.last(index - 1);
      absent = index < 0 ? 0 : ~bits[index];
    }
    return absent == 0 ? 0 : ((long) index << 6) + Long.SIZE - Long.numberOfLeadingZeros(absent);
  }

  /** Returns 64 pages as bits, from page 64 * {@code index} on. */
  long word(int index) {
    return index < bits.length ? bits[index] : 0;
  }

  /** Replaces 64 pages. */
  public void setWord(int index, long word) {
    makeRoom((index + 1L) << 6);
    put(index, word);
  }

  private void put(int index, long word) {
    long before = bits[index];
    if (word == before) {
      return;
    }
    bits[index] = word;
    size += Long.bitCount(word) - Long.bitCount(before);
    if (before == 0) {
      some.set(index);
    } else if (word == 0) {
      some.clear(index);
    }
    if (before == -1) {
      gaps.set(index);
    } else if (word == -1) {
      gaps.clear(index);
    }
  }
}
