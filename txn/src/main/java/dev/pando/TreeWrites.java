package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.TreeWriter;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.commit.LogRecord;
import java.lang.foreign.MemorySegment;

/**
 * What indexes need of their write transaction: changes of single trees that keep no index. Part of
 * the transaction, apart from it so that {@link KeptIndexes} does not depend on the class that
 * calls it.
 */
abstract class TreeWrites {
  final Txn tx;
  final Catalog catalog;
  final LogRecord record;

  /** The indexes that the program has named. */
  final RegisteredIndexes registered;

  /** How many decodings of rows are running, each inside of the one before. */
  private int decodings;

  TreeWrites(Txn tx, Catalog catalog, LogRecord record, RegisteredIndexes registered) {
    this.tx = tx;
    this.catalog = catalog;
    this.record = record;
    this.registered = registered;
  }

  /** A change begins: ends views, and writes dirty pages if there are too many. */
  abstract void beginChange();

  /** Stores an entry; whether its key is new. */
  abstract boolean put(TreeWriter tree, KeyBuffer key, MemorySegment value, long at, long length);

  /** Stores an entry whose key is greater than all others of its tree. */
  abstract void append(
      TreeWriter tree, String table, KeyBuffer key, MemorySegment value, long at, long length);

  /** Removes an entry; false if it is not there. */
  abstract boolean delete(TreeWriter tree, KeyBuffer key);

  /** Creates a missing table with its registered indexes. */
  abstract TreeWriter createTable(Table<?, ?> table);

  /** Changes the catalog; if that fails, the transaction is unusable. */
  abstract void changeCatalog(Runnable change);

  /** Whether the transaction is unusable after a failed change. */
  abstract boolean isBroken();

  /** A codec begins to decode a row for the indexes: it may read, but not put into a batch. */
  final void decodingBegins() {
    decodings++;
  }

  final void decodingEnds() {
    decodings--;
  }

  /** Whether a codec decodes a row for the indexes. */
  final boolean isDecoding() {
    return decodings > 0;
  }

  /** Refuses calls of the transaction from within the running one, or allows them again. */
  final void refuseCalls(boolean refused) {
    tx.onlyCaller().refuseCalls(refused);
  }

  /** The size of pages, in bytes. */
  final int pageSize() {
    return tx.snapshot().map().pageSize();
  }
}
