package dev.pando.txn.catalog;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a write transaction has changed, by names in the catalog. */
public final class ChangedTables {
  private ChangedTables() {}

  /** The names of tables of users that may differ from those of the base, in order. */
  public static SortedSet<String> of(Catalog catalog) {
    SortedSet<String> names = new TreeSet<>(catalog.changedEntries());
    for (Map.Entry<String, OpenTable> each : catalog.open().entrySet()) {
      if (each.getValue().isChanged()) {
        names.add(each.getKey());
      }
    }
    names.removeIf(TableNames::isInternal);
    return names;
  }

  /**
   * Whether the commit has feeds.
   *
   * @param base whether the commit before has some
   */
  public static boolean hasFeeds(Catalog catalog, String file, boolean base) {
    for (String name : catalog.changedEntries()) { // in every commit, so no stream
      if (TableNames.isFeedTree(name)) {
        return !TableNames.ofFeeds(catalog.tree(), file).isEmpty();
      }
    }
    return base;
  }
}
