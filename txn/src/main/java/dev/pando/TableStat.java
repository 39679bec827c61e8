package dev.pando;

import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;

/**
 * The size of a table.
 *
 * @param name the table
 * @param keyCodec the id of the codec of its keys
 * @param valueCodec the id of the codec of its values
 * @param counted whether it is a {@linkplain Table#counted counted} table, or a multimap
 * @param entries keys
 * @param depth pages on the way from the root to an entry
 * @param branchPages pages that lead to others
 * @param leafPages pages of keys and values
 * @param overflowPages pages of large values
 * @param pageSize bytes of a page
 */
public record TableStat(
    String name,
    String keyCodec,
    String valueCodec,
    boolean counted,
    long entries,
    int depth,
    long branchPages,
    long leafPages,
    long overflowPages,
    int pageSize) {

  static TableStat of(String name, CatalogEntry entry, int pageSize) {
    TreeRoot root = entry.root();
    return new TableStat(
        name,
        CatalogEntry.codecOf(entry.keyCodec()),
        entry.valueCodec(),
        root.counted(),
        root.entries(),
        root.depth(),
        root.branchPages(),
        root.leafPages(),
        root.overflowPages(),
        pageSize);
  }

  /** The bytes of all pages of the table. */
  public long bytes() {
    return pages() * pageSize;
  }

  /** All pages of the table. */
  public long pages() {
    return branchPages + leafPages + overflowPages;
  }
}
