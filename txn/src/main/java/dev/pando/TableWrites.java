package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.TreeWriter;
import dev.pando.error.IndexNotRegisteredException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import dev.pando.txn.catalog.TableIndexes;
import dev.pando.txn.commit.Changes;
import dev.pando.txn.feed.FeedEntry;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are of a table as a whole: its indexes, its conversion. Users see its methods as
 * those of {@link WriteTxn}. Besides, writes of tables as bytes, on behalf of {@link RawTable} and
 * {@link RawCursor}.
 */
abstract sealed class TableWrites extends ChangingTxn permits EntryWrites {
  /** How many statements run, each inside of the one before. */
  private int statements;

  TableWrites(Writers writing, Changes changes) {
    super(writing, changes);
  }

  /** The same transaction, for an update that shares it; see {@link SharedUpdate}. */
  TableWrites(TableWrites whole, CommitHooks hooks) {
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

  /** Changes trees of feeds. */
  final void changeFeeds(Consumer<Changes> change) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      flushBatches();
      beginChange();
      mayUseReserve();
      boolean _ =
          orRefuse(
              () -> {
                change.accept(changes());
                return true;
              });
      record.nothing(); // what is to be recorded is
    } finally {
      forgetTable();
      mine.end(call);
    }
  }

  /**
   * Gives a table the codecs that a feed names; see {@link FeedTarget}.
   *
   * @param gets whether an entry follows
   */
  final void prepare(FeedEntry.OfTable table, boolean gets) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      flushBatches();
      beginChange();
      new FeedTarget(treeWrites(), table).prepare(gets);
    } finally {
      record.nothing(); // or it is incomplete
      forgetTable();
      mine.end(call);
    }
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

  /**
   * Writes a table again with other codecs, as one statement: its components were renamed or
   * removed, or its keys are made in another way. The new table takes the place of the old one, and
   * may have its name. Other cursors and scans of the old table end. {@link Database#convert} does
   * the same in many transactions.
   *
   * {@snippet :
   * tx.convert(OLD, NEW, (id, old) -> new Entry<>(id, new Order(old.customer(), old.cents())));
   * }
   *
   * <p>The indexes that the program has registered for the new table are built at the end. It must
   * have registered one for each index of the old table, by its name, which is lost otherwise.
   *
   * <p>While it runs there is a table of the new name followed by {@code " (converting)"}. It is
   * written as by {@link WriteTxn#append} as long as its keys ascend.
   *
   * @param from the table; if it is missing, or has the codecs of {@code to} already, nothing is
   *     done
   * @param to a name that no other table has, and the new codecs
   * @param function makes the new entry of a key and its value, or null to leave it out; may read
   *     the transaction, and must not write to the table
   * @return how many entries were written
   * @throws dev.pando.error.IndexNotRegisteredException if the old table has an index whose name is
   *     not that of a registered index of the new one
   * @throws IllegalArgumentException if there is another table of the new name, if two entries get
   *     the same key, or if a name would be too long. After an exception, also one of the function,
   *     nothing has happened, and all cursors, iterators and views of the transaction have ended
   */
  public final <K, V, L, W> long convert(
      Table<K, V> from,
      Table<L, W> to,
      BiFunction<? super K, ? super V, ? extends Map.@Nullable Entry<L, W>> function) {
    Conversion<K, V, L, W> conversion = new Conversion<>(from, to, function);
    WriteTxn all = (WriteTxn) this;
    return asStatement(
        () -> {
          if (!conversion.isThere(all)) {
            return 0L;
          }
          checkIndexes(from, to);
          long written = conversion.all(all);
          createIndexes(to);
          return written;
        });
  }

  /**
   * Refuses a conversion that would lose an index of the old table.
   *
   * @throws IndexNotRegisteredException if no index of its name is registered for the new table
   */
  final void checkIndexes(Table<?, ?> from, Table<?, ?> to) {
    CatalogEntry entry = catalogEntry(from.name());
    for (IndexRecord index : entry == null ? List.<IndexRecord>of() : entry.indexes()) {
      Index<?, ?, ?> known = writing.indexes().find(to.name(), index.name());
      if (known == null || !known.isOf(to)) {
        throw new IndexNotRegisteredException(from.name(), index.name());
      }
    }
  }

  /** Creates the registered indexes of a table, with the entries of all rows. */
  final void createIndexes(Table<?, ?> table) {
    for (Index<?, ?, ?> index : writing.indexes().of(table.name())) {
      if (index.isOf(table)) {
        boolean _ = create(index);
      }
    }
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
    statements++;
    try {
      R result = calls.run();
      all.release(before); // fails if the calls have ended a savepoint around this one
      return result;
    } catch (Throwable e) {
      undo(before, e);
      throw e;
    } finally {
      statements--;
    }
  }

  /** Refuses a commit by a function of a statement: a part of it would be committed. */
  final void checkNoStatement() {
    if (statements > 0) {
      throw new IllegalStateException(
          "this is a call from within a statement, such as of the iterator of a sorted load: commit when the statement has returned; "
              + this);
    }
  }

  private void undo(Savepoint before, Throwable cause) {
    try {
      ((WriteTxn) this).rollbackTo(before);
      ((WriteTxn) this).release(before);
    } catch (RuntimeException e) { // the transaction has ended, or cannot go on
      cause.addSuppressed(e);
      if (isUsable() && changes().broken == null) { // a part of the statement may be left
        changes().broken = cause;
      }
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

  // Entries of tables that may be missing.

  /** Stores an entry of a table, which may have to be created, or get values of a new shape. */
  final boolean putInto(
      Table<?, ?> table,
      @Nullable TreeWriter found,
      KeyBuffer key,
      MemorySegment value,
      long at,
      long length) {
    return (found == null || FirstWrite.isOfNewShape(catalog, table))
        ? firstWrite(table).write(found, tree -> put(tree, key, value, at, length))
        : put(found, key, value, at, length);
  }

  /** As {@link #putInto}, of a key that is greater than all others. */
  final void appendTo(
      Table<?, ?> table,
      @Nullable TreeWriter found,
      KeyBuffer key,
      MemorySegment value,
      long at,
      long length) {
    if (found != null && !FirstWrite.isOfNewShape(catalog, table)) {
      append(found, table.name(), key, value, at, length);
      return;
    }
    boolean _ =
        firstWrite(table)
            .write(
                found,
                tree -> {
                  append(tree, table.name(), key, value, at, length);
                  return true;
                });
  }

  private FirstWrite firstWrite(Table<?, ?> table) {
    return new FirstWrite(treeWrites(), table);
  }

  // Tables as bytes.

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
    TreeWriter found = beginChangeIfThere(mine, table);
    return (found == null || table.isTyped())
        ? putInto(table.table(), found, key, checked, 0, checked.byteSize())
        : put(found, key, checked, 0, checked.byteSize());
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
    TreeWriter found = beginChangeIfThere(mine, table);
    if (found == null || table.isTyped()) {
      appendTo(table.table(), found, key, checked, 0, checked.byteSize());
    } else {
      append(found, table.name(), key, checked, 0, checked.byteSize());
    }
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
