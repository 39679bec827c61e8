package dev.pando.txn;

import dev.pando.error.CorruptFileException;
import java.util.Arrays;

/** Runs of free pages. Added in any order; sorted and merged when asked to. */
final class RunList {
  private final String file;
  private long[] starts = new long[16];
  private long[] lengths = new long[16];
  private int head;
  private int end;
  private long pages;

  /** No run is longer: spares searches that would find nothing. */
  private long longest;

  /**
   * An empty list.
   *
   * @param file for messages
   */
  RunList(String file) {
    this.file = file;
  }

  /** Runs in the list. */
  int size() {
    return end - head;
  }

  /** Pages in all runs. */
  long pages() {
    return pages;
  }

  long start(int index) {
    return starts[head + index];
  }

  long length(int index) {
    return lengths[head + index];
  }

  void add(long start, long length) {
    if (end == starts.length) {
      starts = Arrays.copyOf(starts, 2 * end);
      lengths = Arrays.copyOf(lengths, 2 * end);
    }
    starts[end] = start;
    lengths[end] = length;
    end++;
    pages += length;
    longest = Math.max(longest, length);
  }

  void addAll(RunList other) {
    for (int i = 0; i < other.size(); i++) {
      add(other.start(i), other.length(i));
    }
  }

  void clear() {
    head = 0;
    end = 0;
    pages = 0;
    longest = 0;
  }

  /**
   * Orders runs by page number and joins those that touch.
   *
   * @throws CorruptFileException if a page stands in two runs
   */
  void sort() {
    if (!isSorted()) {
      sortByStart();
    }
    int from = head;
    int to = end;
    clear();
    for (int i = from; i < to; i++) {
      addBehind(starts[i], lengths[i]);
    }
  }

  private void addBehind(long start, long length) {
    long lastEnd = end == 0 ? 0 : starts[end - 1] + lengths[end - 1];
    if (start < lastEnd) {
      throw new CorruptFileException(file, start, "the page is in two runs of free pages");
    }
    if (start == lastEnd && lengths[end - 1] + length <= FreeRecord.MAX_LENGTH) {
      lengths[end - 1] += length;
      pages += length;
      longest = Math.max(longest, lengths[end - 1]);
    } else {
      add(start, length);
    }
  }

  private boolean isSorted() {
    for (int i = head + 1; i < end; i++) {
      if (starts[i - 1] >= starts[i]) {
        return false;
      }
    }
    return true;
  }

  private void sortByStart() {
    long[][] order = new long[size()][];
    for (int i = 0; i < order.length; i++) {
      order[i] = new long[] {start(i), length(i)};
    }
    Arrays.sort(order, (a, b) -> Long.compare(a[0], b[0]));
    for (int i = 0; i < order.length; i++) {
      starts[head + i] = order[i][0];
      lengths[head + i] = order[i][1];
    }
  }

  /** Takes the first page of the first run; -1 if the list is empty. */
  long takePage() {
    if (head == end) {
      return -1;
    }
    long page = starts[head]++;
    pages--;
    if (--lengths[head] == 0) {
      head++;
    }
    return page;
  }

  /** Takes pages that follow each other from the first run that has them; -1 if none has. */
  long takeRun(long wanted) {
    if (wanted > longest) {
      return -1;
    }
    for (int i = head; i < end; i++) {
      if (lengths[i] >= wanted) {
        return takeFrom(i, wanted);
      }
    }
    longest = wanted - 1;
    return -1;
  }

  private long takeFrom(int at, long wanted) {
    long start = starts[at];
    starts[at] += wanted;
    lengths[at] -= wanted;
    pages -= wanted;
    if (lengths[at] == 0) {
      System.arraycopy(starts, at + 1, starts, at, end - at - 1);
      System.arraycopy(lengths, at + 1, lengths, at, end - at - 1);
      end--;
    }
    return start;
  }
}
