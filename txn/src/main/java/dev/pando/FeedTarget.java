package dev.pando;

import dev.pando.error.IndexNotRegisteredException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.feed.FeedEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table to which changes of a feed are applied, in a transaction of any database. It gets the
 * codecs of the original, and keeps the indexes that it has.
 */
final class FeedTarget {
  private final TreeWrites writes;
  private final FeedEntry.OfTable table;
  private final CatalogEntry wanted;

  FeedTarget(TreeWrites writes, FeedEntry.OfTable table) {
    this.writes = writes;
    this.table = table;
    this.wanted = CatalogEntry.empty(table.keyCodec(), table.valueCodec());
  }

  /**
   * Gives the table the codecs of the original: creates it, replaces an empty one, or stores the id
   * of the values that follow.
   *
   * @param gets whether an entry follows; without one, a missing or empty table stays as it is
   * @throws IllegalArgumentException if it has other codecs, and entries
   * @throws IndexNotRegisteredException if it has other codecs, and an index that the program has
   *     not registered with those of the original
   */
  void prepare(boolean gets) {
    String name = table.name();
    CatalogEntry found = writes.catalog.entryNow(name);
    boolean isEmpty = found == null || found.root().entries() == 0;
    if ((isEmpty && !gets) || (found != null && is(found, table.valueCodec()))) {
      return;
    }
    if (found != null && is(found, table.valueCodecBefore()) && found.mayGet(table.valueCodec())) {
      checkIndexes(found);
      writes.changeCatalog(() -> writes.catalog.setValueId(name, table.valueCodec()));
    } else if (found == null || isEmpty) {
      replace(found);
    } else {
      throw new IllegalArgumentException(
          "table %s has codecs %s and %s, and %d entries, allowed: %s and %s, or no entries; apply the commits of a feed in their order, each as a whole"
              .formatted(
                  name,
                  found.keyCodec(),
                  found.valueCodec(),
                  found.root().entries(),
                  table.keyCodec(),
                  table.valueCodec()));
    }
    writes.record.incomplete();
  }

  private boolean is(CatalogEntry found, String valueCodec) {
    return found.keyCodec().equals(table.keyCodec()) && found.valueCodec().equals(valueCodec);
  }

  /** Refuses other codecs for a table whose indexes could not be kept any more. */
  private void checkIndexes(CatalogEntry found) {
    for (IndexRecord record : found.indexes()) {
      Index<?, ?, ?> index = writes.registered.find(table.name(), record.name());
      if (index == null || !reads(index)) {
        throw new IndexNotRegisteredException(table.name(), record.name());
      }
    }
  }

  /** Whether the description of the index's table reads what follows. */
  private boolean reads(Index<?, ?, ?> index) {
    try {
      String _ = wanted.checkCodecs(table.name(), index.table().used());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void replace(@Nullable CatalogEntry found) {
    if (found != null) {
      checkIndexes(found);
    }
    List<Index<?, ?, ?>> indexes =
        writes.registered.of(table.name()).stream().filter(this::reads).toList();
    IndexBuild.checkAll(writes, table.name(), indexes);
    writes.catalog.checkName(table.name());
    writes.changeCatalog(
        () -> {
          boolean _ = writes.catalog.drop(table.name());
          var _ = writes.catalog.create(table.name(), table.keyCodec(), table.valueCodec());
          IndexBuild.createAll(writes, indexes);
        });
  }
}
