package dev.pando.txn.readers;

import dev.pando.pager.PageMap;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Maps that newer snapshots do not use. Each is released when no reader is left that may use it: so
 * readers need not count themselves in and out of maps, and one reader keeps one map, however many
 * were made since. Guarded by its owner.
 *
 * <p>See DECISIONS.md, 'Life of a mapping'.
 */
public final class RetiredMaps {
  /** A map, and the snapshots that were the newest ones while it was the newest map. */
  private static final class Retired {
    final PageMap map;
    final long first;
    final long last;

    /** For {@link #release}. */
    boolean used;

    Retired(PageMap map, long first, long last) {
      this.map = map;
      this.first = first;
      this.last = last;
    }
  }

  /** Ascending by their snapshots; neighbours may have one in common. */
  private final List<Retired> maps = new ArrayList<>();

  private final IdentityHashMap<PageMap, Retired> byMap = new IdentityHashMap<>();

  /** Snapshots from {@code first} to {@code last} were shown through the map. */
  void add(PageMap map, long first, long last) {
    Retired retired = new Retired(map, first, last);
    maps.add(retired);
    byMap.put(map, retired);
  }

  /**
   * Releases what no reader uses. A reader that has just pinned the newest snapshot may not have
   * said yet through which map it reads it, so the snapshot counts. A reader of a named snapshot
   * reads what is older than its map, so the map counts, too: it is known before the older snapshot
   * is pinned.
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
    long pin = slot.pin(); // first: the map may have been stored before it only
    PageMap map = slot.lastMap();
    Retired known = map == null ? null : byMap.get(map);
    if (known != null) {
      known.used = true;
    }
    for (int i = firstUpTo(pin - 1); i < maps.size() && maps.get(i).first <= pin - 1; i++) {
      maps.get(i).used = true;
    }
  }

  /** The first map that may show a snapshot, or a newer one. */
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

  /** Pages of the longest of them. */
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
