package dev.pando;

import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import org.jspecify.annotations.Nullable;

/**
 * An index that a table has in the file, whether the program has registered it or not. From {@link
 * ReadTxn#indexes}.
 *
 * @param name its name, one in its table
 * @param keyCodec the id of the codec of its keys
 * @param function the id of the function that makes its keys
 * @param unique whether a key has one row at most
 * @param complete whether all rows have their entries; false while it is being built
 * @param entries entries that it has
 * @param pages pages of its tree
 */
public record IndexStat(
    String name,
    String keyCodec,
    String function,
    boolean unique,
    boolean complete,
    long entries,
    long pages) {

  static IndexStat of(IndexRecord index, @Nullable CatalogEntry tree) {
    TableStat stat = tree == null ? null : TableStat.of(index.name(), tree, 0);
    return new IndexStat(
        index.name(),
        index.codec(),
        index.function(),
        index.unique(),
        !index.building(),
        stat == null ? 0 : stat.entries(),
        stat == null ? 0 : stat.pages());
  }
}
