package org.lmdbjava;

import dev.pando.TableStat;

/** The size of a table. Immutable. */
public final class Stat {
  /** Pages that lead to others. */
  public final long branchPages;

  /** Pages from the root to an entry, both included; 0 for an empty table. */
  public final int depth;

  /** Entries; in a table of many values, pairs of key and value. */
  public final long entries;

  /** Pages of entries. */
  public final long leafPages;

  /** Pages of large values. */
  public final long overflowPages;

  /** Bytes of a page. */
  public final int pageSize;

  Stat(TableStat stat) {
    this.branchPages = stat.branchPages();
    this.depth = stat.depth();
    this.entries = stat.entries();
    this.leafPages = stat.leafPages();
    this.overflowPages = stat.overflowPages();
    this.pageSize = stat.pageSize();
  }

  /** Of a table that nothing was written to. */
  Stat(int pageSize) {
    this.branchPages = 0;
    this.depth = 0;
    this.entries = 0;
    this.leafPages = 0;
    this.overflowPages = 0;
    this.pageSize = pageSize;
  }

  @Override
  public String toString() {
    return "Stat[entries=%d, depth=%d, branchPages=%d, leafPages=%d, overflowPages=%d, pageSize=%d]"
        .formatted(entries, depth, branchPages, leafPages, overflowPages, pageSize);
  }
}
