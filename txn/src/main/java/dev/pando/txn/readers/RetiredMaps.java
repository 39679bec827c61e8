package dev.pando.txn.readers;

import dev.pando.pager.PageMap;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Maps that newer snapshots do not use. Each is released when no reader that may use it is left. So
 * readers need not count their uses of a map, and a reader keeps only one map, however many were
 * made since. Guarded by its owner.
 *
 * <p>See DECISIONS.md, 'Life of a mapping'.
 */
final class RetiredMaps {
  /** A map, and the snapshots that were the newest ones while it was the newest map. */
  private static final class Retired {
    final PageMap map;
    final long first;
    final long last;

    /** Set and read by {@link #release}. */
    boolean used;

    Retired(PageMap map, long first, long last) {
      this.map = map;
      this.first = first;
      this.last = last;
    }
  }

  /** Ascending by their snapshots; two neighbours may share one snapshot. */
  private final List<Retired> maps = new ArrayList<>();

  private final IdentityHashMap<PageMap, Retired> byMap = new IdentityHashMap<>();

  /** Adds a map that showed the snapshots from {@code first} to {@code last}. */
  void add(PageMap map, long first, long last) {
    Retired retired = new Retired(map, first, last);
    maps.add(retired);
    byMap.put(map, retired);
  }

  /**
   * Releases the maps that no reader uses. A reader that has just pinned the newest snapshot may
   * not have recorded its map yet, so the snapshot counts. A reader of a named snapshot reads a
   * snapshot older than its map, so the map counts, too: it is known before the older snapshot is
   * pinned.
   */
  void release(ReaderSlots readers) {
    if (maps.isEmpty()) {
      return;
    }
    for (Retired retired : maps) {
      retired.used = false;
    }
    readers.forEachPinned(this::mark);
    maps.removeIf(
        retired -> {
          if (!retired.used) {
            Retired _ = byMap.remove(retired.map);
            retired.map.release();
          }
          return !retired.used;
        });
  }

  private void mark(ReaderSlot slot) {
    long pin = slot.pin(); // first: a map that was stored before this pin is then seen
    PageMap map = slot.lastMap();
    Retired known = map == null ? null : byMap.get(map);
    if (known != null) {
      known.used = true;
    }
    for (int i = firstUpTo(pin - 1); i < maps.size() && maps.get(i).first <= pin - 1; i++) {
      maps.get(i).used = true;
    }
  }

  /** Returns the index of the first map that may show a snapshot, or a newer one. */
  private int firstUpTo(long txnId) {
    int low = 0;
    int high = maps.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (maps.get(middle).last < txnId) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Returns the number of pages of the longest map. */
  long longest() {
    long longest = 0;
    for (Retired retired : maps) {
      longest = Math.max(longest, retired.map.pageCount());
    }
    return longest;
  }

  /** Releases all: readers that are left get exceptions. */
  void releaseAll() {
    maps.forEach(retired -> retired.map.release());
    maps.clear();
    byMap.clear();
  }
}
