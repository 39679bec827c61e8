package dev.pando.txn.dirty;

import java.util.Arrays;

/**
 * A hash table from page numbers to numbers below 2^{@value #NUMBER_BITS}. An entry is one long,
 * and eight neighbouring pages share a cache line, because in a large transaction the table does
 * not stay in the processor's nearest caches.
 */
public class PageTable {
  /** What {@link #number} answers for a page that is not in the table. */
  static final long NONE = -1;

  private static final long EMPTY = 0; // no page in a table has number 0, a meta slot
  private static final int INITIAL = 64;
  private static final int NUMBER_BITS = 28;
  private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;

  /** Pages whose numbers differ only in these bits stand beside each other. */
  private static final int NEIGHBOURS = 7;

  private long[] entries = new long[INITIAL];
  private int size;

  /** Pages in the table. */
  public final int size() {
    return size;
  }

  /** Pages for which there is memory. */
  final int capacity() {
    return entries.length;
  }

  /** A page's number; {@link #NONE} if it is not in the table. */
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

  /** Adds pages of another table, none of which is in this one. */
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
    // Move up what was pushed behind it by collisions, so that no search ends early.
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

  /** For each entry, in no order. */
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

  /** The pages' numbers, ascending. */
  public final long[] sortedPages() {
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
