package dev.pando.txn;

import java.util.Arrays;

/** Pages of older transactions that a transaction freed, in the order in which it did. */
final class FreedPages {
  private static final int FIELDS = 3;

  /** First page, pages, birth. */
  private long[] runs = new long[64 * FIELDS];

  private int size;

  /** Runs in the list. */
  int size() {
    return size;
  }

  long start(int index) {
    return runs[index * FIELDS];
  }

  long length(int index) {
    return runs[index * FIELDS + 1];
  }

  long birth(int index) {
    return runs[index * FIELDS + 2];
  }

  void add(long start, long length, long birth) {
    int at = size * FIELDS;
    if (at == runs.length) {
      runs = Arrays.copyOf(runs, 2 * at);
    }
    runs[at] = start;
    runs[at + 1] = length;
    runs[at + 2] = birth;
    size++;
  }

  /** Forgets all runs but the first ones. */
  void truncate(int newSize) {
    size = newSize;
  }
}
