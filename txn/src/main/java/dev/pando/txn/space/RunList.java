package dev.pando.txn.space;

import java.util.Arrays;

/** Runs of pages, in the order in which they were added; one that continues the last is joined. */
public final class RunList {
  private long[] starts = new long[16];
  private long[] lengths = new long[16];
  private int size;
  private long pages;

  /** Returns the number of runs. */
  int size() {
    return size;
  }

  /** Returns the number of pages in all runs. */
  long pages() {
    return pages;
  }

  long start(int index) {
    return starts[index];
  }

  long length(int index) {
    return lengths[index];
  }

  void add(long start, long length) {
    if (size > 0 && starts[size - 1] + lengths[size - 1] == start) {
      lengths[size - 1] += length;
      pages += length;
      return;
    }
    if (size == starts.length) {
      long[] longer = Arrays.copyOf(starts, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size); // may fail: the shorter array counts
      starts = longer;
    }
    starts[size] = start;
    lengths[size] = length;
    pages += length;
    size++;
  }

  /** Adds pages that are set in a word: its bit i is page 64 * {@code index} + i. */
  public void addWord(int index, long word) {
    for (long left = word; left != 0; ) {
      int start = Long.numberOfTrailingZeros(left);
      int length = Long.numberOfTrailingZeros(~(left >>> start));
      add((long) index * Long.SIZE + start, length);
      left &= start + length == Long.SIZE ? 0 : -1L << (start + length);
    }
  }

  void addAll(RunList other) {
    for (int i = 0; i < other.size; i++) {
      add(other.starts[i], other.lengths[i]);
    }
  }

  /** Removes pages from the beginning of a run. */
  void shorten(int index, long by) {
    starts[index] += by;
    lengths[index] -= by;
    pages -= by;
  }

  void clear() {
    size = 0;
    pages = 0;
  }
}
