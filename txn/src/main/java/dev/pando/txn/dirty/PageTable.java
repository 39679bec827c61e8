package dev.pando.txn.dirty;

import java.util.Arrays;

/**
 * A hash table from page numbers to numbers below 2^{@value #NUMBER_BITS}. An entry is one long,
 * and eight neighbouring pages share a cache line. In a large transaction the table does not fit
 * the processor's nearest caches.
 */
class PageTable {
  /** The answer of {@link #number} for a page that is not in the table. */
  static final long NONE = -1;

  private static final long EMPTY = 0; // page number 0 is a meta slot, and so never in a table
  private static final int INITIAL = 64;
  private static final int NUMBER_BITS = 28;
  private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;

  /** Mask of low bits of a page number: pages that differ only in them have adjacent entries. */
  private static final int NEIGHBOURS = 7;

  private long[] entries = new long[INITIAL];
  private int size;

  /** Returns the number of pages in the table. */
  final int size() {
    return size;
  }

  /** Returns the number of pages that the table has memory for. */
  final int capacity() {
    return entries.length;
  }

  /** Returns a page's number; {@link #NONE} if it is not in the table. */
  final long number(long page) {
    int mask = entries.length - 1;
    long entry;
    for (int i = slot(page, mask); (entry = entries[i]) != EMPTY; i = i + 1 & mask) {
      if (entry >>> NUMBER_BITS == page) {
        return entry & NUMBER_MASK;
      }
    }
    return NONE;
  }

  /** Adds a page that is not in the table. */
  final void add(long page, long number) {
    if (2 * size >= entries.length) {
      rehash();
    }
    assert number <= NUMBER_MASK && page < 1L << (Long.SIZE - NUMBER_BITS) : page + ": " + number;
    insert(page << NUMBER_BITS | number);
    size++;
  }

  /** Adds the pages of another table; no page may be in both. */
  final void addAll(PageTable other) {
    other.forEach(this::add);
  }

  private void insert(long entry) {
    int mask = entries.length - 1;
    int i = slot(entry >>> NUMBER_BITS, mask);
    while (entries[i] != EMPTY) {
      assert entries[i] >>> NUMBER_BITS != entry >>> NUMBER_BITS : "in the table already";
      i = i + 1 & mask;
    }
    entries[i] = entry;
  }

  /** Removes a page; returns its number or {@link #NONE}. */
  final long take(long page) {
    int mask = entries.length - 1;
    int i = slot(page, mask);
    while (entries[i] >>> NUMBER_BITS != page) {
      if (entries[i] == EMPTY) {
        return NONE;
      }
      i = i + 1 & mask;
    }
    final long number = entries[i] & NUMBER_MASK;
    // Move up the entries that collisions had pushed after this one, so that no search ends early.
    int gap = i;
    for (int j = gap + 1 & mask; entries[j] != EMPTY; j = j + 1 & mask) {
      if ((j - slot(entries[j] >>> NUMBER_BITS, mask) & mask) >= (j - gap & mask)) {
        entries[gap] = entries[j];
        gap = j;
      }
    }
    entries[gap] = EMPTY;
    size--;
    return number;
  }

  /** Sees each entry, in no particular order. */
  interface Entry {
    void of(long page, long number);
  }

  final void forEach(Entry action) {
    for (long entry : entries) {
      if (entry != EMPTY) {
        action.of(entry >>> NUMBER_BITS, entry & NUMBER_MASK);
      }
    }
  }

  /** Returns the pages' numbers, ascending. */
  final long[] sortedPages() {
    long[] sorted = new long[size];
    int n = 0;
    for (long entry : entries) {
      if (entry != EMPTY) {
        sorted[n++] = entry >>> NUMBER_BITS;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  final void clear() {
    Arrays.fill(entries, EMPTY);
    size = 0;
  }

  private static int slot(long page, int mask) {
    long hash = (page & ~NEIGHBOURS) * 0x9E3779B97F4A7C15L;
    return (((int) (hash >>> 32) & ~NEIGHBOURS) | ((int) page & NEIGHBOURS)) & mask;
  }

  private void rehash() {
    long[] old = entries;
    entries = new long[2 * old.length];
    for (long entry : old) {
      if (entry != EMPTY) {
        insert(entry);
      }
    }
  }
}
