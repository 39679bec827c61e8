package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Makes the changes of batches in their transaction. */
final class TxnBatches extends Batches {
  private final ChangingTxn tx;

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
    if (!(found instanceof TreeWriter)) {
      tx.catalog.checkName(table.name());
    }
  }

  @Override
  @Nullable TreeWriter find(Table<?, ?> table, boolean typed) {
    tx.record.suspend();
    tx.beginChange();
    tx.record.nothing();
    Tree found = typed ? tx.findTree(table) : tx.findRawTree(table.name());
    return tx.willChange(table.name(), found);
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
  void fail(Throwable why) {
    if (tx.changes().broken == null) {
      tx.changes().broken = why;
    }
  }

  @Override
  void endChanges() {
    tx.free.mayUseReserve(false);
    tx.record.resume();
  }
}
