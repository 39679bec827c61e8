package dev.pando.txn.feed;

import dev.pando.btree.TreeWriter;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.commit.Changes;

/** A table to which changes of a feed are applied, in a transaction of any database. */
public final class FeedTarget {
  private FeedTarget() {}

  /**
   * Gives the table the codecs of the original: creates it, replaces an empty one, or stores the id
   * of the values that follow.
   *
   * @param gets whether an entry follows; without one, a missing or empty table stays as it is
   * @throws IllegalArgumentException if it has other codecs, and entries
   */
  public static void prepare(Changes changes, FeedEntry.OfTable table, boolean gets) {
    String name = table.name();
    CatalogEntry found = changes.catalog().entryNow(name);
    if (!gets && (found == null || found.root().entries() == 0)) {
      return;
    } else if (found == null) {
      create(changes, table);
    } else if (found.keyCodec().equals(table.keyCodec())
        && found.valueCodec().equals(table.valueCodec())) {
      return;
    } else if (found.root().entries() == 0) {
      boolean _ = changes.catalog().drop(name);
      create(changes, table);
    } else if (found.keyCodec().equals(table.keyCodec())
        && found.valueCodec().equals(table.valueCodecBefore())) {
      changes.catalog().setValueId(name, table.valueCodec());
    } else {
      throw new IllegalArgumentException(
          "table %s has codecs %s and %s, and %d entries, allowed: %s and %s, or no entries"
              .formatted(
                  name,
                  found.keyCodec(),
                  found.valueCodec(),
                  found.root().entries(),
                  table.keyCodec(),
                  table.valueCodec()));
    }
    changes.record().incomplete();
  }

  private static void create(Changes changes, FeedEntry.OfTable table) {
    TreeWriter _ = changes.catalog().create(table.name(), table.keyCodec(), table.valueCodec());
  }
}
