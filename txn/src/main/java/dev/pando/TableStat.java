package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
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

  /**
   * The description of the table with codecs {@linkplain Codec#parse of its ids}, for tools that
   * read and write any table.
   *
   * @throws IllegalArgumentException if a codec is not known, or if it is a multimap table
   */
  public Table<Object, Object> table() {
    if (isMulti()) {
      throw new IllegalArgumentException(
          "table %s is a multimap table; use multiTable()".formatted(name));
    }
    Table<Object, Object> described =
        Table.of(name, Codec.parse(keyCodec), Codec.parse(valueCodec));
    return counted ? described.counted() : described;
  }

  /**
   * As {@link #table}, for a multimap table.
   *
   * @throws IllegalArgumentException if a codec is not known, or if it is no multimap table
   */
  public MultiTable<Object, Object> multiTable() {
    Codec<Object> pairs = Codec.parse(keyCodec);
    if (!isMulti() || LeadingBytes.components(pairs) != 2) {
      throw new IllegalArgumentException(
          "table %s of %s and %s is no multimap table; use table()"
              .formatted(name, keyCodec, valueCodec));
    }
    return MultiTable.of(name, part(pairs, 0), part(pairs, 1));
  }

  @SuppressWarnings("unchecked") // it is a part of one that was parsed
  private static Codec<Object> part(Codec<Object> pairs, int which) {
    return (Codec<Object>) LeadingBytes.component(pairs, which);
  }

  /** Whether it is a {@link MultiTable}. */
  public boolean isMulti() {
    return valueCodec.equals(CatalogEntry.MULTIMAP);
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
