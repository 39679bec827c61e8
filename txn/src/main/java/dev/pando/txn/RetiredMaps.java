package dev.pando.txn;

import dev.pando.pager.PageMap;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps that newer snapshots do not use. Each is released when no reader is left that is old enough
 * to use it: so readers need not count themselves in and out of maps. Guarded by its owner.
 */
final class RetiredMaps {
  private record Retired(PageMap map, long lastTxn) {}

  private final List<Retired> maps = new ArrayList<>();

  /** Snapshots up to {@code lastTxn} may use the map. */
  void add(PageMap map, long lastTxn) {
    maps.add(new Retired(map, lastTxn));
  }

  /** Releases what no reader uses. */
  void release(ReaderSlots readers) {
    if (!maps.isEmpty()) {
      long oldest = readers.oldestHere();
      maps.removeIf(
          retired -> {
            boolean unused = retired.lastTxn < oldest;
            if (unused) {
              retired.map.release();
            }
            return unused;
          });
    }
  }

  /** Pages of the longest of them. */
  long longest() {
    return maps.stream().mapToLong(retired -> retired.map.pageCount()).max().orElse(0);
  }

  /** Releases all: readers that are left get exceptions. */
  void releaseAll() {
    maps.forEach(retired -> retired.map.release());
    maps.clear();
  }
}
