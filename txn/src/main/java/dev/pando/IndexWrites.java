package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.TreeWriter;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.catalog.TableIndexes;
import dev.pando.txn.commit.Changes;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Creates, builds and drops the indexes of tables. Users see its methods as those of {@link
 * WriteTxn}. Besides, writes of tables as bytes, on behalf of {@link RawTable} and {@link
 * RawCursor}.
 */
abstract sealed class IndexWrites extends ChangingTxn permits EntryWrites {
  IndexWrites(Writers writing, Changes changes) {
    super(writing, changes);
  }

  /** The same transaction, for an update that shares it; see {@link SharedUpdate}. */
  IndexWrites(IndexWrites whole, CommitHooks hooks) {
    super(whole, hooks);
  }

  /**
   * Registers an index as {@link Database#register} does, and creates it with the entries of all
   * rows, which are read. A missing table is created. Of a large table, {@link Database#build} does
   * so in many transactions.
   *
   * @return false if it is there, and built
   * @throws IllegalArgumentException if the table has other codecs, or another index of this name
   * @throws dev.pando.error.UniqueIndexException if the index is unique and a key has two rows;
   *     then nothing has changed. The same holds for an exception of the function
   */
  public final boolean create(Index<?, ?, ?> index) {
    return asStatement(
        () -> {
          boolean isNew = begin(index);
          boolean isBuilt = false;
          while (build(index) >= 0) {
            isBuilt = true;
          }
          return isNew || isBuilt;
        });
  }

  /**
   * Removes an index. The table stays, and its writes do not need the function any more.
   *
   * @return false if there is none
   */
  public final boolean drop(Index<?, ?, ?> index) {
    return inChange(index, () -> new IndexBuild<>(treeWrites(), index).drop());
  }

  /** Creates an index without entries, which is to be built; false if there is one. */
  final boolean begin(Index<?, ?, ?> index) {
    writing.indexes().add(index);
    return inChange(index, () -> beginNow(index));
  }

  private boolean beginNow(Index<?, ?, ?> index) {
    Caller mine = onlyCaller();
    TreeWriter rows = willChange(index.table().name(), tree(mine, index.table()));
    if (rows == null) {
      TreeWriter _ = createTable(index.table()); // and all its indexes
      return true;
    }
    IndexBuild<?, ?, ?> build = new IndexBuild<>(treeWrites(), index);
    if (build.record() != null) {
      record.nothing();
      return false;
    }
    IndexBuild<?, ?, ?> _ = build.createEmpty();
    return true;
  }

  /** Builds the next part; see {@link IndexBuild#step}. */
  final long build(Index<?, ?, ?> index) {
    return inChange(index, () -> new IndexBuild<>(treeWrites(), index).step());
  }

  private <R> R inChange(Index<?, ?, ?> index, Supplier<R> change) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkOpen();
      batches.flushTable(index.table().name());
      beginChange();
      return change.get();
    } catch (RuntimeException | Error e) {
      throw explained(e, mine);
    } finally {
      forgetTable();
      mine.end(call);
    }
  }

  /** Calls that are one statement. */
  interface Calls<R, X extends Exception> {
    R run() throws X;
  }

  /** Runs calls that are undone if one throws. */
  final <R, X extends Exception> R asStatement(Calls<R, X> calls) throws X {
    WriteTxn all = (WriteTxn) this;
    Savepoint before = all.savepoint();
    R result;
    try {
      result = calls.run();
    } catch (Throwable e) {
      undo(before, e);
      throw e;
    }
    all.release(before);
    return result;
  }

  private void undo(Savepoint before, Throwable cause) {
    try {
      ((WriteTxn) this).rollbackTo(before);
      ((WriteTxn) this).release(before);
    } catch (RuntimeException e) { // the transaction has ended, or cannot go on
      cause.addSuppressed(e);
    }
  }

  /** Removes all rows of a table, and all entries of its indexes. */
  final void clear(@Nullable TreeWriter tree) {
    if (tree == null) {
      return;
    }
    orBreak((Runnable) tree::clear);
    TableIndexes indexes = TableIndexes.of(tree);
    if (indexes != null) {
      for (IndexRecord each : indexes.records()) {
        TreeWriter entries = catalog.find(each.tree());
        if (entries != null) {
          catalog.willChange(each.tree(), entries);
          orBreak((Runnable) entries::clear);
        }
      }
    }
  }

  // Tables as bytes.

  private TreeWriter beginChange(Caller mine, RawTable table) {
    TreeWriter tree = beginChangeIfThere(mine, table);
    return tree != null ? tree : createTable(table.table());
  }

  private @Nullable TreeWriter beginChangeIfThere(Caller mine, RawTable table) {
    beginChange();
    return willChange(table.name(), table.tree(mine));
  }

  @Override
  boolean putRaw(RawTable table, MemorySegment key, MemorySegment value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      return putRaw(mine, table, mine.memory().setNewKey(table.name(), key), value);
    } finally {
      mine.end(call);
    }
  }

  @Override
  final boolean putRaw(Caller mine, RawTable table, KeyBuffer key, MemorySegment value) {
    MemorySegment checked = checked(table.name(), value, mine.memory());
    return put(beginChange(mine, table), key, checked, 0, checked.byteSize());
  }

  @Override
  RawBatch batchRaw(Table<?, ?> table, boolean typed) {
    return new RawBatch(batches, table, typed, pages.pageSize());
  }

  @Override
  void appendRaw(RawTable table, MemorySegment key, MemorySegment value) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      appendRaw(mine, table, mine.memory().setNewKey(table.name(), key), value);
    } finally {
      mine.end(call);
    }
  }

  @Override
  final void appendRaw(Caller mine, RawTable table, KeyBuffer key, MemorySegment value) {
    MemorySegment checked = checked(table.name(), value, mine.memory());
    append(beginChange(mine, table), table.name(), key, checked, 0, checked.byteSize());
  }

  @Override
  boolean deleteRaw(RawTable table, MemorySegment key) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      return deleteRaw(mine, table, mine.memory().setKey(key));
    } finally {
      mine.end(call);
    }
  }

  @Override
  final boolean deleteRaw(Caller mine, RawTable table, KeyBuffer key) {
    TreeWriter tree = beginChangeIfThere(mine, table);
    mayUseReserve();
    return delete(tree, key);
  }
}
