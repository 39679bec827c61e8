package dev.pando;

import dev.pando.btree.TreeWriter;
import dev.pando.txn.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/**
 * A write that changes the catalog before it changes the table: it creates the table, or stores the
 * id of a shape that its values did not have before. The function of an index, a unique index, or
 * the order of appended keys may refuse the write after that. Then the catalog gets its old entry
 * again, so that the statement did nothing. Cursors of other tables stay open, unlike after a
 * rollback to a savepoint.
 */
final class FirstWrite {
  private final TreeWrites writes;
  private final Table<?, ?> table;

  FirstWrite(TreeWrites writes, Table<?, ?> table) {
    this.writes = writes;
    this.table = table;
  }

  /** Whether a value of a table that is there has another shape than the catalog names. */
  static boolean isOfNewShape(Catalog catalog, Table<?, ?> table) {
    return catalog.hasOlderIds() && catalog.idToStore(table.name(), table.used()) != null;
  }

  /** A write of a tree. */
  interface Write {
    boolean to(TreeWriter tree);
  }

  /**
   * Prepares the catalog and writes.
   *
   * @param found the table's tree; null for a table that is missing
   * @return what the write returns
   */
  boolean write(@Nullable TreeWriter found, Write write) {
    String before = found == null ? null : storeId(found);
    try {
      return write.to(found == null ? writes.createTable(table) : found);
    } catch (Throwable e) {
      undo(found == null, before, e);
      throw e;
    }
  }

  /**
   * Stores the id of the codec with which values are about to be written, if it is not there.
   *
   * @return the id before; null if nothing has changed
   * @throws IllegalArgumentException if the table has indexes that are registered with other codecs
   */
  @Nullable String storeId(TreeWriter tree) {
    String id = writes.catalog.idToStore(table.name(), table.used());
    if (id == null) {
      return null;
    }
    KeptIndexes.check(writes, tree, table);
    String before = writes.catalog.entryOf(table.name()).valueCodec();
    setId(id);
    writes.record.incomplete();
    return before;
  }

  private void setId(String id) {
    writes.changeCatalog(() -> writes.catalog.setValueId(table.name(), id));
  }

  private void undo(boolean isCreated, @Nullable String before, Throwable cause) {
    if (writes.isBroken()) {
      return;
    }
    try {
      if (isCreated) {
        writes.changeCatalog(
            () -> {
              boolean _ = writes.catalog.drop(table.name());
            });
      } else if (before != null) {
        setId(before);
      }
    } catch (RuntimeException | Error e) { // the transaction is unusable now
      cause.addSuppressed(e);
    }
  }
}
