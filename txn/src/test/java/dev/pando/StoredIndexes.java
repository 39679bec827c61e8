package dev.pando;

import dev.pando.pager.TreeRootLayout;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What the file has of indexes and conversions besides their entries, for tests of models. */
public final class StoredIndexes {
  private StoredIndexes() {}

  /** The names of a table's indexes, and whether each is built. */
  public static Map<String, Boolean> of(ReadTxn tx, String table) {
    Map<String, Boolean> all = new TreeMap<>();
    CatalogEntry entry = tx.catalogEntry(table);
    if (entry != null) {
      for (IndexRecord index : entry.indexes()) {
        all.put(index.name(), !index.building());
      }
    }
    return all;
  }

  /** How many entries of a table an unfinished conversion has read, and will not read again. */
  public static long converted(ReadTxn tx, String table) {
    CatalogEntry entry = tx.catalogEntry(table);
    StepwiseConversion.State state = tx.get(StepwiseConversion.STATES, table);
    if (entry == null || state == null || !tx.tables().contains(table + Conversion.SUFFIX)) {
      return 0;
    }
    byte[] root = new byte[TreeRootLayout.SIZE];
    TreeRootLayout.write(root, 0, entry.root());
    return Arrays.equals(state.root(), root) ? state.read() : 0;
  }
}
