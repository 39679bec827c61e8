package dev.pando.txn;

import java.util.Arrays;

/** Where dirty pages stand in memory: a hash table from page numbers to addresses, both long. */
final class FrameTable {
  /** What {@link #get} answers for a page that is not dirty. */
  static final long ABSENT = Long.MIN_VALUE;

  private static final long EMPTY = 0; // no dirty page has number 0, a meta slot
  private static final int INITIAL = 64;

  private long[] pages = new long[INITIAL];
  private long[] addresses = new long[INITIAL];
  private int size;

  int size() {
    return size;
  }

  long get(long page) {
    int mask = pages.length - 1;
    for (int i = slot(page, mask); pages[i] != EMPTY; i = i + 1 & mask) {
      if (pages[i] == page) {
        return addresses[i];
      }
    }
    return ABSENT;
  }

  void put(long page, long address) {
    if (2 * size >= pages.length) {
      rehash();
    }
    int mask = pages.length - 1;
    int i = slot(page, mask);
    while (pages[i] != EMPTY) {
      assert pages[i] != page : "page " + page + " is dirty already";
      i = i + 1 & mask;
    }
    pages[i] = page;
    addresses[i] = address;
    size++;
  }

  /** Removes a page; returns its address or {@link #ABSENT}. */
  long remove(long page) {
    int mask = pages.length - 1;
    int i = slot(page, mask);
    while (pages[i] != page) {
      if (pages[i] == EMPTY) {
        return ABSENT;
      }
      i = i + 1 & mask;
    }
    final long address = addresses[i];
    // Move up what was pushed behind it by collisions, so that no search ends early.
    int gap = i;
    for (int j = gap + 1 & mask; pages[j] != EMPTY; j = j + 1 & mask) {
      if ((j - slot(pages[j], mask) & mask) >= (j - gap & mask)) {
        pages[gap] = pages[j];
        addresses[gap] = addresses[j];
        gap = j;
      }
    }
    pages[gap] = EMPTY;
    size--;
    return address;
  }

  /** The dirty pages' numbers, ascending. */
  long[] sortedPages() {
    long[] sorted = new long[size];
    int n = 0;
    for (long page : pages) {
      if (page != EMPTY) {
        sorted[n++] = page;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  void clear() {
    Arrays.fill(pages, EMPTY);
    size = 0;
  }

  private static int slot(long page, int mask) {
    return (int) ((page * 0x9E3779B97F4A7C15L) >>> 32) & mask;
  }

  private void rehash() {
    long[] oldPages = pages;
    long[] oldAddresses = addresses;
    pages = new long[2 * oldPages.length];
    addresses = new long[2 * oldPages.length];
    size = 0;
    for (int i = 0; i < oldPages.length; i++) {
      if (oldPages[i] != EMPTY) {
        put(oldPages[i], oldAddresses[i]);
      }
    }
  }
}
