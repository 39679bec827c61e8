package dev.pando.txn.catalog;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.KeyOrder;
import dev.pando.btree.ScanOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The names in a catalog. The tree of an index has a record as a table has, whose name begins with
 * {@link #INTERNAL}; so has that of a change feed, with {@link #FEED} after it. Tables of users
 * have no such name.
 */
public final class TableNames {
  /** First character of the names of internal trees, which come before those of tables. */
  static final char INTERNAL = 0;

  /** Second character of the name of a feed's tree; the feed's name follows. */
  static final char FEED = 'f';

  private TableNames() {}

  /** Whether a name is that of an index's or a feed's tree. */
  public static boolean isInternal(String name) {
    return !name.isEmpty() && name.charAt(0) == INTERNAL;
  }

  /** Whether a name is that of a feed's tree. */
  public static boolean isFeedTree(String name) {
    return name.length() > 1 && isInternal(name) && name.charAt(1) == FEED;
  }

  /** The name of a feed's tree. */
  public static String feedTree(String feed) {
    return "" + INTERNAL + FEED + feed;
  }

  /** What an internal tree is, for messages. */
  public static String described(String tree) {
    return isFeedTree(tree)
        ? "tree of feed " + tree.substring(2)
        : "index tree " + tree.substring(1);
  }

  /** The names of all feeds, in the order of their UTF-8 bytes. */
  public static List<String> ofFeeds(Tree catalog, String file) {
    List<String> names = new ArrayList<>();
    byte[] from = {CatalogEntry.TABLE, INTERNAL, FEED};
    byte[] end = {CatalogEntry.TABLE, INTERNAL, FEED + 1};
    forEach(
        catalog, file, from, MemorySegment.ofArray(end), (key, _) -> names.add(feed(file, key)));
    return names;
  }

  private static String feed(String file, Slice key) {
    return CatalogEntry.name(file, key).substring(2);
  }

  /** The names of all tables, in the order of their UTF-8 bytes. */
  public static List<String> ofTables(Tree catalog, String file) {
    List<String> names = new ArrayList<>();
    forEach(catalog, file, new byte[] {CatalogEntry.TABLE, INTERNAL + 1}, names);
    return names;
  }

  /** The names of the trees of all indexes and feeds, and of all tables. */
  public static List<String> ofTrees(Tree catalog, String file) {
    List<String> names = new ArrayList<>();
    forEach(catalog, file, new byte[] {CatalogEntry.TABLE}, names);
    return names;
  }

  /** The names of the trees of all indexes, and of all tables: those that a snapshot restores. */
  static List<String> restored(Tree catalog, String file) {
    List<String> names = ofTrees(catalog, file);
    boolean _ = names.removeIf(TableNames::isFeedTree);
    return names;
  }

  private static void forEach(Tree catalog, String file, byte[] from, List<String> names) {
    forEach(catalog, file, from, null, (key, _) -> names.add(CatalogEntry.name(file, key)));
  }

  /** Visits the records of all trees but those of feeds; the slices hold for the call only. */
  static void forEachRestored(Tree catalog, String file, BiConsumer<Slice, Slice> visitor) {
    forEach(
        catalog,
        file,
        new byte[] {CatalogEntry.TABLE},
        null,
        (key, entry) -> {
          if (!isFeedTree(CatalogEntry.name(file, key))) {
            visitor.accept(key, entry);
          }
        });
  }

  private static void forEach(
      Tree catalog,
      String file,
      byte[] from,
      @Nullable MemorySegment end,
      BiConsumer<Slice, Slice> visitor) {
    Slice key = new Slice();
    Slice entry = new Slice();
    KeyBuffer first = new KeyBuffer(from.length);
    first.set(from); // there may be many named snapshots before
    ScanOrder order = ScanOrder.ascendingFrom(file, first);
    try (Cursor cursor = catalog.cursor()) {
      for (boolean there = cursor.seek(first); there; there = cursor.next()) {
        cursor.entry(key, entry);
        order.check(key);
        if (end != null && KeyOrder.compare(key, end) >= 0) {
          break;
        }
        if (CatalogKey.of(file, key) == CatalogKey.TABLE) {
          visitor.accept(key, entry);
        }
      }
    }
  }

  /** How many internal trees there are. */
  static long internalTrees(Tree catalog, String file) {
    long count = 0;
    Slice key = new Slice();
    KeyBuffer first = new KeyBuffer(2);
    first.set(new byte[] {CatalogEntry.TABLE, INTERNAL});
    ScanOrder order = ScanOrder.ascendingFrom(file, first);
    try (Cursor cursor = catalog.cursor()) {
      for (boolean there = cursor.seek(first); there; there = cursor.next()) {
        cursor.key(key);
        order.check(key);
        if (CatalogKey.of(file, key) != CatalogKey.TABLE
            || !isInternal(CatalogEntry.name(file, key))) {
          break;
        }
        count++;
      }
    }
    return count;
  }
}
