package dev.pando.txn.catalog;

import dev.pando.btree.TreeWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of a table that a write transaction has touched. It is attached to the table's tree,
 * so that a write finds it by one field: the trees of other tables have no attachment.
 */
public final class TableIndexes {
  private final String table;
  private final List<IndexRecord> records;

  /** What keeps them, made by the first write. */
  private @Nullable Object keeper;

  private TableIndexes(String table, List<IndexRecord> records) {
    this.table = table;
    this.records = records;
  }

  /** Attaches the indexes of a record to its table's tree, in place of those before. */
  static void attach(String table, CatalogEntry entry, TreeWriter tree) {
    List<IndexRecord> records = entry.indexes();
    tree.attach(records.isEmpty() ? null : new TableIndexes(table, records));
  }

  /** Those of a tree; null if it has none. */
  public static @Nullable TableIndexes of(TreeWriter tree) {
    return (TableIndexes) tree.attachment();
  }

  /** The table's name now. */
  public String table() {
    return table;
  }

  public List<IndexRecord> records() {
    return records;
  }

  public @Nullable Object keeper() {
    return keeper;
  }

  public void keptBy(Object keeping) {
    keeper = keeping;
  }
}
