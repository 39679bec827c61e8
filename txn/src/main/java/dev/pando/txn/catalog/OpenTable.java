package dev.pando.txn.catalog;

import dev.pando.btree.TreeWriter;
import org.jspecify.annotations.Nullable;

/** A table that a write transaction has touched. */
final class OpenTable {
  final CatalogEntry entry;
  final TreeWriter tree;

  /** The newest savepoint since which the table's state before its changes is noted. */
  long noted;

  /** The last of the updates sharing the transaction that used the table. */
  int usedBy = -1;

  /** The ids of codecs that were compared last. */
  private @Nullable String checkedKey;

  private @Nullable String checkedValue;

  OpenTable(String name, CatalogEntry entry, TreeWriter tree) {
    TableIndexes.attach(name, entry, tree);
    this.entry = entry;
    this.tree = tree;
  }

  /** Whether its entry in the catalog is out of date. */
  boolean isChanged() {
    return !tree.root().equals(entry.root());
  }

  void checkCodecs(String table, String keyId, String valueId) {
    if (!keyId.equals(checkedKey) || !valueId.equals(checkedValue)) { // fast for the same ids
      entry.checkCodecs(table, keyId, valueId);
      checkedKey = keyId;
      checkedValue = valueId;
    }
  }
}
