package dev.pando.txn.catalog;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The names in a catalog. The tree of an index has a record as a table has, whose name begins with
 * {@link #INDEX_TREE}; tables of users have no such name.
 */
public final class TableNames {
  /** First character of the names of index trees, which come before those of tables. */
  static final char INDEX_TREE = 0;

  private TableNames() {}

  /** Whether a name is that of an index's tree. */
  public static boolean isIndexTree(String name) {
    return !name.isEmpty() && name.charAt(0) == INDEX_TREE;
  }

  /** The names of all tables, in the order of their UTF-8 bytes. */
  public static List<String> ofTables(Tree catalog, String file) {
    List<String> names = new ArrayList<>();
    forEach(catalog, file, new byte[] {CatalogEntry.TABLE, INDEX_TREE + 1}, names);
    return names;
  }

  /** The names of the trees of all indexes, and of all tables. */
  public static List<String> ofTrees(Tree catalog, String file) {
    List<String> names = new ArrayList<>();
    forEach(catalog, file, new byte[] {CatalogEntry.TABLE}, names);
    return names;
  }

  private static void forEach(Tree catalog, String file, byte[] from, List<String> names) {
    forEach(catalog, file, from, (key, _) -> names.add(CatalogEntry.name(file, key)));
  }

  /** Visits the records of all trees; the slices hold for the call only. */
  static void forEach(Tree catalog, String file, BiConsumer<Slice, Slice> visitor) {
    forEach(catalog, file, new byte[] {CatalogEntry.TABLE}, visitor);
  }

  private static void forEach(
      Tree catalog, String file, byte[] from, BiConsumer<Slice, Slice> visitor) {
    Slice key = new Slice();
    Slice entry = new Slice();
    KeyBuffer first = new KeyBuffer(from.length);
    first.set(from); // there may be many named snapshots before
    ScanOrder order = ScanOrder.ascendingFrom(file, first);
    try (Cursor cursor = catalog.cursor()) {
      for (boolean there = cursor.seek(first); there; there = cursor.next()) {
        cursor.entry(key, entry);
        order.check(key);
        if (CatalogKey.of(file, key) == CatalogKey.TABLE) {
          visitor.accept(key, entry);
        }
      }
    }
  }

  /** How many index trees there are. */
  static long indexTrees(Tree catalog, String file) {
    long count = 0;
    Slice key = new Slice();
    KeyBuffer first = new KeyBuffer(2);
    first.set(new byte[] {CatalogEntry.TABLE, INDEX_TREE});
    ScanOrder order = ScanOrder.ascendingFrom(file, first);
    try (Cursor cursor = catalog.cursor()) {
      for (boolean there = cursor.seek(first); there; there = cursor.next()) {
        cursor.key(key);
        order.check(key);
        if (CatalogKey.of(file, key) != CatalogKey.TABLE
            || !isIndexTree(CatalogEntry.name(file, key))) {
          break;
        }
        count++;
      }
    }
    return count;
  }
}
