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

  /** The codecs that were compared last. */
  private @Nullable UsedCodecs checked;

  /** Whether those write another id than the entry has. */
  private boolean writesOther;

  OpenTable(String name, CatalogEntry entry, TreeWriter tree) {
    TableIndexes.attach(name, entry, tree);
    this.entry = entry;
    this.tree = tree;
  }

  /** Whether its entry in the catalog is out of date. */
  boolean isChanged() {
    return !tree.root().equals(entry.root());
  }

  /** The same table with another entry. */
  OpenTable with(String name, CatalogEntry other) {
    OpenTable same = new OpenTable(name, other, tree);
    same.noted = noted;
    same.usedBy = usedBy;
    return same;
  }

  /**
   * Refuses codecs that the table was not written with.
   *
   * @return whether a value that they write changes the entry
   */
  boolean checkCodecs(String table, UsedCodecs used) {
    if (used != checked) { // fast for the same description
      boolean same =
          entry.keyCodec().equals(used.keyId()) && entry.valueCodec().equals(used.valueId());
      writesOther = !same && !entry.checkCodecs(table, used).equals(entry.valueCodec());
      checked = used;
    }
    return writesOther;
  }
}
