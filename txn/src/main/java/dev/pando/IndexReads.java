package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.error.CorruptFileException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads of an index in a transaction. */
final class IndexReads {
  /**
   * An index that a transaction has found.
   *
   * @param version of the transaction's tables
   * @param record the one of the table's record
   */
  private record Found(Index<?, ?, ?> index, long version, IndexRecord record) {}

  private final Txn tx;

  /** The one that was used last. */
  private @Nullable Found last;

  IndexReads(Txn tx) {
    this.tx = tx;
  }

  /** Finds an index that may be read; null if it is empty because there is no table. */
  private @Nullable IndexRecord find(Index<?, ?, ?> index) {
    Objects.requireNonNull(index, "the index is null");
    Found known = last;
    if (known != null && known.index == index && known.version == tx.tablesVersion()) {
      return known.record;
    }
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
      IndexRecord record = record(mine, index);
      tx.check(mine, call);
      last = record == null ? null : new Found(index, tx.tablesVersion(), record);
      return record;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private @Nullable IndexRecord record(Caller mine, Index<?, ?, ?> index) {
    String table = index.table().name();
    long rows = tx.tree(mine, index.table()).entries(); // refuses other codecs
    CatalogEntry entry = tx.catalogEntry(table);
    IndexRecord record = entry == null ? null : entry.index(index.name());
    if (record != null) {
      index.check(record);
    }
    if (record == null ? rows > 0 : record.building()) {
      throw new IllegalStateException(
          "index %s of table %s %s; Database.build or WriteTxn.create builds it"
              .formatted(
                  index.name(),
                  table,
                  record == null ? "is not there, and the table has rows" : "is being built"));
    }
    return record;
  }

  /** As {@link #find}; of a missing index the record of a tree that no index has. */
  IndexRecord found(Index<?, ?, ?> index) {
    IndexRecord record = find(index);
    return record != null ? record : index.record(0);
  }

  /** As {@link #found}, of an index that must be unique. */
  IndexRecord foundUnique(Index<?, ?, ?> index) {
    if (!index.isUnique()) {
      throw new IllegalArgumentException(
          "index %s of table %s is not unique: a key may have many rows; use scan with Range.only"
              .formatted(index.name(), index.table().name()));
    }
    return found(index);
  }

  /** The row of an entry of an index. */
  <K, V> V row(Index<?, K, V> index, K key) {
    V row = get(index.table(), key);
    if (row == null) {
      throw new CorruptFileException(
          tx.snapshot().map().name(),
          -1,
          "index %s of table %s has an entry for the key %s, which the table does not have"
              .formatted(index.name(), index.table().name(), key));
    }
    return row;
  }

  /** As {@link ReadTxn#get}. */
  <K, V> @Nullable V get(Table<K, V> table, K key) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
      Workspace memory = mine.memory();
      KeyBuffer wanted = memory.encodeKey(table, key);
      Tree tree = tx.tree(mine, table);
      long then = tx.epoch();
      V value = tree.get(wanted, memory.valueSlice) ? memory.decodeValue(table) : null;
      tx.check(mine, call, then);
      return value;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }
}
