package dev.pando.txn;

import java.util.Arrays;

/**
 * Where dirty pages stand in memory: a hash table from page numbers to addresses. An entry is one
 * long, page number and frame number, and eight neighbouring pages share a cache line, because in a
 * large transaction the table does not stay in the processor's nearest caches.
 */
final class FrameTable {
  /** What {@link #get} answers for a page that is not dirty. */
  static final long ABSENT = Long.MIN_VALUE;

  private static final long EMPTY = 0; // no dirty page has number 0, a meta slot
  private static final int INITIAL = 64;

  /** A frame's number takes so many bits of an entry: with 4 KiB pages enough for 1 TiB. */
  private static final int FRAME_BITS = 28;

  private static final long FRAME_MASK = (1L << FRAME_BITS) - 1;

  /** Pages whose numbers differ only in these bits stand beside each other. */
  private static final int NEIGHBOURS = 7;

  private final int pageShift;
  private long[] entries = new long[INITIAL];
  private int size;

  FrameTable(int pageSize) {
    pageShift = Integer.numberOfTrailingZeros(pageSize);
  }

  int size() {
    return size;
  }

  long get(long page) {
    int mask = entries.length - 1;
    long entry;
    for (int i = slot(page, mask); (entry = entries[i]) != EMPTY; i = i + 1 & mask) {
      if (entry >>> FRAME_BITS == page) {
        return address(entry);
      }
    }
    return ABSENT;
  }

  private long address(long entry) {
    return ~((entry & FRAME_MASK) << pageShift);
  }

  /** Adds a page at a negative address, as {@link DirtyPages} makes them. */
  void put(long page, long address) {
    if (2 * size >= entries.length) {
      rehash();
    }
    long frame = ~address >>> pageShift;
    assert frame <= FRAME_MASK && page < 1L << (Long.SIZE - FRAME_BITS) : page + " at " + address;
    insert(page << FRAME_BITS | frame);
    size++;
  }

  private void insert(long entry) {
    int mask = entries.length - 1;
    int i = slot(entry >>> FRAME_BITS, mask);
    while (entries[i] != EMPTY) {
      assert entries[i] >>> FRAME_BITS != entry >>> FRAME_BITS : "dirty already";
      i = i + 1 & mask;
    }
    entries[i] = entry;
  }

  /** Removes a page; returns its address or {@link #ABSENT}. */
  long remove(long page) {
    int mask = entries.length - 1;
    int i = slot(page, mask);
    while (entries[i] >>> FRAME_BITS != page) {
      if (entries[i] == EMPTY) {
        return ABSENT;
      }
      i = i + 1 & mask;
    }
    final long address = address(entries[i]);
    // Move up what was pushed behind it by collisions, so that no search ends early.
    int gap = i;
    for (int j = gap + 1 & mask; entries[j] != EMPTY; j = j + 1 & mask) {
      if ((j - slot(entries[j] >>> FRAME_BITS, mask) & mask) >= (j - gap & mask)) {
        entries[gap] = entries[j];
        gap = j;
      }
    }
    entries[gap] = EMPTY;
    size--;
    return address;
  }

  /** The dirty pages' numbers, ascending. */
  long[] sortedPages() {
    long[] sorted = new long[size];
    int n = 0;
    for (long entry : entries) {
      if (entry != EMPTY) {
        sorted[n++] = entry >>> FRAME_BITS;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  void clear() {
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
