package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.txn.catalog.TableIndexes;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Makes the changes of batches in their transaction. */
final class TxnBatches extends Batches {
  private final ChangingTxn tx;

  /** The last failure of a batch that was undone, so that the transaction can go on. */
  private @Nullable Throwable undone;

  TxnBatches(ChangingTxn tx) {
    this.tx = tx;
  }

  @Override
  Caller caller() {
    return tx.caller();
  }

  @Override
  void checkWritable() {
    tx.checkWritable();
  }

  @Override
  MemorySegment checked(String table, MemorySegment value, Workspace memory) {
    return tx.checked(table, value, memory);
  }

  @Override
  void forgetTable() {
    tx.forgetTable();
  }

  @Override
  void check(Table<?, ?> table, boolean typed) {
    Tree found = typed ? tx.findTree(table) : tx.findRawTree(table.name());
    if (!(found instanceof TreeWriter tree)) {
      tx.catalog.checkName(table.name());
    } else if (tree.attachment() != null) {
      KeptIndexes<?, ?> _ = KeptIndexes.of(tx.treeWrites(), tree); // refuses, before changes wait
    }
  }

  @Override
  void make(PendingChanges batch, Runnable changes) {
    if (!hasIndexes(batch.table().name())) {
      changes.run();
      return;
    }
    allOrNone(changes);
  }

  @Override
  boolean isIndexOf(String tree, String table) {
    TreeWriter found = tx.catalog.find(table);
    TableIndexes indexes = found == null ? null : TableIndexes.of(found);
    return indexes != null && indexes.records().stream().anyMatch(e -> e.tree().equals(tree));
  }

  @Override
  boolean isDecoding() {
    return tx.treeWrites().isDecoding();
  }

  private void allOrNone(Runnable changes) {
    Savepoint before = tx.savepoints.begin();
    try {
      changes.run();
      checkHasAll();
    } catch (Throwable e) {
      undo(before, e);
      throw e;
    }
    tx.savepoints.release(before);
  }

  /** Whether a table has indexes, or will have when it is created. */
  private boolean hasIndexes(String table) {
    TreeWriter tree = tx.catalog.find(table);
    return tree == null ? !tx.writing.indexes().of(table).isEmpty() : tree.attachment() != null;
  }

  private void undo(Savepoint before, Throwable cause) {
    Throwable failure = tx.changes().broken;
    if (failure != null && !tx.mayGoOn()) {
      return;
    }
    tx.nextRollback();
    tx.orBreak(() -> tx.savepoints.rollBackTo(before));
    tx.orBreak(() -> tx.savepoints.release(before));
    undone = failure == null ? cause : null;
  }

  @Override
  @Nullable TreeWriter find(Table<?, ?> table, boolean typed) {
    tx.record.suspend();
    tx.beginChange();
    tx.record.nothing();
    Tree found = typed ? tx.findTree(table) : tx.findRawTree(table.name());
    TreeWriter tree = tx.willChange(table.name(), found);
    if (tree != null && typed && FirstWrite.isOfNewShape(tx.catalog, table)) {
      String _ = new FirstWrite(tx.treeWrites(), table).storeId(tree);
    }
    return tree;
  }

  @Override
  TreeWriter create(Table<?, ?> table) {
    return tx.createTable(table);
  }

  @Override
  void put(TreeWriter tree, KeyBuffer key, MemorySegment value, long at, long length) {
    tx.beginChange();
    boolean _ = tx.put(tree, key, value, at, length);
  }

  @Override
  void delete(@Nullable TreeWriter tree, KeyBuffer key) {
    tx.beginChange();
    tx.mayUseReserve();
    boolean _ = tx.delete(tree, key);
  }

  @Override
  void append(TreeWriter tree, String table, MemorySegment memory, int[] bounds, int from, int to) {
    if (tree.attachment() != null) {
      allOrNone(() -> appendEach(tree, table, memory, bounds, from, to));
      return;
    }
    tx.beginChange();
    try {
      boolean _ =
          tx.orRefuse(
              () -> {
                tree.sortedLoad().append(memory, bounds, from, to);
                return true;
              });
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("table " + table + ": " + e.getMessage(), e);
    }
    record(memory, bounds, from, to);
  }

  /** Each entry of a table with indexes is a change of its own, which keeps them. */
  private void appendEach(
      TreeWriter tree, String table, MemorySegment memory, int[] bounds, int from, int to) {
    KeyBuffer key = new KeyBuffer(Tree.maxKey(tx.pages.pageSize())); // of calls: others are in use
    TreeWriter _ = tx.willChange(table, tree); // after the savepoint, which restores the tree
    for (int i = from; i < to; i++) {
      int value = bounds[2 * i + 1];
      key.set(memory, bounds[2 * i], value - bounds[2 * i]);
      tx.beginChange();
      tx.append(tree, table, key, memory, value, bounds[2 * i + 2] - value);
    }
  }

  /** Records entries that were stored, for the commit log. */
  private void record(MemorySegment memory, int[] bounds, int from, int to) {
    if (!tx.record.isOpen()) {
      tx.record.nothing();
      return;
    }
    KeyBuffer key = new KeyBuffer(Tree.maxKey(tx.pages.pageSize())); // of calls: others are in use
    for (int i = from; i < to && tx.record.isOpen(); i++) {
      int value = bounds[2 * i + 1];
      key.set(memory, bounds[2 * i], value - bounds[2 * i]);
      tx.record.put(key, memory, value, bounds[2 * i + 2] - value);
    }
    tx.record.nothing();
  }

  @Override
  boolean isUndone(Throwable why) {
    return why == undone;
  }

  @Override
  void fail(Throwable why) {
    if (why == undone) {
      undone = null;
    } else if (tx.changes().broken == null) {
      tx.changes().broken = why;
    }
  }

  @Override
  void endChanges() {
    tx.free.mayUseReserve(false);
    tx.record.resume();
  }
}
