package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.commit.Changes;
import dev.pando.txn.commit.LogRecord;
import dev.pando.txn.dirty.DirtyPages;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.space.FreeSpace;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The internals of a write transaction: the beginning of a change, the effect of a failed one, and
 * the end while another thread is in a call.
 */
abstract sealed class ChangingTxn extends ReadTxn permits TableWrites {
  /** The greatest length, in bytes, of a value that {@link #shown} copies. */
  private static final int MOST_COPIED = 1 << 20;

  private static final Logger LOG = System.getLogger(WriteTxn.class.getName());

  final Writers writing;
  private final Changes changes;

  // Parts of the changes: a call reads them without a detour.

  final DirtyPages pages;
  final FreeSpace free;
  final Catalog catalog;
  final LogRecord record;
  final Savepoints savepoints;
  final CommitHooks hooks;
  private final Tree missing;

  /** Batches whose changes wait. */
  final Batches batches = new TxnBatches(this);

  /** Made when indexes need it. */
  private @Nullable TreeWrites treeWrites;

  /** Set when a thread called during another thread's call: nothing may be committed. */
  volatile @Nullable IllegalStateException misuse;

  /** The thread in {@link WriteTxn#commit()}. */
  @Nullable Thread committer;

  /** The caller that another thread was in when an update that shares this ended; or null. */
  @Nullable Caller left;

  /** Whether this belongs to an update, so that only the end of the update may commit. */
  final boolean inClosure;

  ChangingTxn(Writers writing, Changes changes) {
    super(writing.lifecycle(), changes.base(), writing.memory());
    this.writing = writing;
    this.changes = changes;
    this.pages = changes.pages();
    this.free = changes.free();
    this.catalog = changes.catalog();
    this.record = changes.record();
    this.hooks = new CommitHooks();
    this.savepoints = new Savepoints(pages, catalog, record, hooks);
    this.missing = new Tree(pages, TreeRoot.EMPTY);
    this.inClosure = false;
  }

  /** The same transaction, for an update that shares it; see {@link SharedUpdate}. */
  ChangingTxn(ChangingTxn whole, CommitHooks hooks) {
    super(whole.lifecycle, whole.snapshot(), whole.writing.memory());
    this.writing = whole.writing;
    this.changes = whole.changes;
    this.pages = whole.pages;
    this.free = whole.free;
    this.catalog = whole.catalog;
    this.record = whole.record;
    this.hooks = hooks;
    this.savepoints = whole.savepoints;
    savepoints.beginUpdate(hooks);
    this.missing = whole.missing;
    this.inClosure = true;
  }

  /** A thread begins a call: if another thread is in a call, the transaction is lost. */
  @Override
  Caller arrive(@Nullable Caller last, Thread me) {
    checkOpen();
    Caller only = onlyCaller();
    if (!only.take(me)) {
      IllegalStateException met = new IllegalStateException(misuse(only.name(), Caller.name(me)));
      misuse = met; // before it is thrown: a commit after the exception is refused
      throw met;
    }
    return only;
  }

  @Override
  String adviceForThreads() {
    return "nothing of this one can be committed any more, close it";
  }

  // Changes.

  /** Stores an entry, and keeps the indexes of its table. */
  final boolean put(TreeWriter tree, KeyBuffer key, MemorySegment value, long at, long length) {
    return tree.attachment() == null
        ? putPlain(tree, key, value, at, length)
        : KeptIndexes.of(treeWrites(), tree).put(key, value, at, length);
  }

  /** Stores an entry of a tree that has no indexes, or whose indexes the caller keeps. */
  final boolean putPlain(
      TreeWriter tree, KeyBuffer key, MemorySegment value, long at, long length) {
    try {
      record.put(key, value, at, length);
      return tree.put(key, value, at, length);
    } catch (Throwable e) {
      changes.broken = e; // here: there may be no stack left for a call
      throw broken(e);
    }
  }

  final void append(
      TreeWriter tree, String table, KeyBuffer key, MemorySegment value, long at, long length) {
    if (tree.attachment() == null) {
      appendPlain(tree, table, key, value, at, length);
    } else {
      KeptIndexes.of(treeWrites(), tree).append(key, value, at, length);
    }
  }

  /** As {@link #putPlain}, of a key that is greater than all others. */
  final void appendPlain(
      TreeWriter tree, String table, KeyBuffer key, MemorySegment value, long at, long length) {
    try {
      tree.append(key, value, at, length);
      record.put(key, value, at, length); // it may have been refused
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("table " + table + ": " + e.getMessage(), e);
    } catch (Throwable e) {
      changes.broken = e;
      throw broken(e);
    }
  }

  final boolean delete(@Nullable TreeWriter tree, KeyBuffer key) {
    if (tree == null) {
      record.nothing();
      return false;
    }
    return tree.attachment() == null
        ? deletePlain(tree, key)
        : KeptIndexes.of(treeWrites(), tree).delete(key);
  }

  /** What indexes need of this. */
  final TreeWrites treeWrites() {
    TreeWrites made = treeWrites;
    if (made == null) {
      made = new PlainWrites(this);
      treeWrites = made;
    }
    return made;
  }

  private final class PlainWrites extends TreeWrites {
    PlainWrites(ChangingTxn tx) {
      super(tx, tx.catalog, tx.record, tx.writing.indexes());
    }

    @Override
    void beginChange() {
      ChangingTxn.this.beginChange();
    }

    @Override
    boolean put(TreeWriter tree, KeyBuffer key, MemorySegment value, long at, long length) {
      return putPlain(tree, key, value, at, length);
    }

    @Override
    void append(
        TreeWriter tree, String table, KeyBuffer key, MemorySegment value, long at, long length) {
      appendPlain(tree, table, key, value, at, length);
    }

    @Override
    boolean delete(TreeWriter tree, KeyBuffer key) {
      return deletePlain(tree, key);
    }

    @Override
    TreeWriter createTable(Table<?, ?> table) {
      return ChangingTxn.this.createTable(table);
    }

    @Override
    void changeCatalog(Runnable change) {
      orBreak(change);
      forgetTable();
    }

    @Override
    boolean isBroken() {
      return changes.broken != null;
    }
  }

  /** As {@link #putPlain}: removes an entry. */
  final boolean deletePlain(TreeWriter tree, KeyBuffer key) {
    try {
      record.delete(key);
      return tree.delete(key);
    } catch (Throwable e) {
      changes.broken = e;
      throw broken(e);
    }
  }

  /** Changes that free pages may use the reserve, until the next change begins. */
  final void mayUseReserve() {
    free.mayUseReserve(true);
  }

  final @Nullable TreeWriter beginRemoval(Caller mine, Table<?, ?> table) {
    TreeWriter tree = beginChangeIfThere(mine, table);
    mayUseReserve();
    return tree;
  }

  /** Removes, in a call, a key that a scan has found; false if it is not there any more. */
  @Override
  final boolean deleteFound(Caller mine, Table<?, ?> table, MemorySegment key) {
    checkOpen();
    KeyBuffer wanted = mine.memory().setKey(key);
    return delete(beginRemoval(mine, table), wanted);
  }

  final @Nullable TreeWriter beginChangeIfThere(Caller mine, Table<?, ?> table) {
    beginChange();
    return willChange(table.name(), tree(mine, table));
  }

  /** Null for a table that is missing. */
  final @Nullable TreeWriter willChange(String table, Tree found) {
    if (found instanceof TreeWriter tree) {
      catalog.willChange(table, tree);
      record.of(table);
      return tree;
    }
    return null;
  }

  final TreeWriter createTable(Table<?, ?> table) {
    forgetTable();
    record.of(table.name());
    try {
      IndexBuild.checkFor(treeWrites(), table); // before anything changes
      TreeWriter created = catalog.findOrCreate(table.name(), table.used());
      IndexBuild.createFor(treeWrites(), table);
      return created;
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Throwable e) {
      changes.broken = e;
      throw broken(e);
    }
  }

  @Override
  final void flushBatches() {
    batches.flushAll();
  }

  /** Ends views, and writes dirty pages if there are too many. */
  final void beginChange() {
    checkWritable();
    record.beginChange();
    nextEpoch();
    VarHandle.storeStoreFence(); // a thread that sees the change sees that views ended
    free.mayUseReserve(false);
    try {
      pages.spillIfLarge();
    } catch (Throwable e) {
      changes.broken = e;
      throw broken(e);
    }
  }

  final void orBreak(Runnable step) {
    boolean _ =
        orBreak(
            () -> {
              step.run();
              return true;
            });
  }

  /** Runs a step; if it fails, the transaction is unusable. */
  final boolean orBreak(BooleanSupplier step) {
    try {
      return step.getAsBoolean();
    } catch (Throwable e) {
      changes.broken = e;
      throw broken(e);
    }
  }

  /** As {@link #orBreak}, for a step that refuses an argument before it changes anything. */
  final boolean orRefuse(BooleanSupplier step) {
    try {
      return step.getAsBoolean();
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Throwable e) {
      changes.broken = e;
      throw broken(e);
    }
  }

  final void checkWritable() {
    checkOpen();
    if (!inClosure) {
      writing.isUsed();
    }
    IllegalStateException met = misuse;
    if (met != null) {
      throw new IllegalStateException(met.getMessage(), met);
    }
    Throwable failure = changes.broken;
    if (failure != null) {
      String wayOut = mayGoOn() ? "roll back to a savepoint before it, or " : "";
      throw new IllegalStateException(
          "an earlier write of this transaction failed: %sclose it, and begin a new one"
              .formatted(wayOut),
          failure);
    }
  }

  /**
   * Whether a rollback to a savepoint repairs the failure. A change that failed half-way has
   * touched no page that the savepoint needs. It left the lists of pages in order, because errors
   * of storage come from calls between changes of the lists. Other errors may strike anywhere.
   */
  final boolean mayGoOn() {
    boolean known = changes.isInOrder() && !(changes.broken instanceof DatabaseFailedException);
    return known && !savepoints.isEmpty() && pages.isWhole();
  }

  /** Marks it usable: it was rolled back to before the failure. */
  final void mended() {
    changes.broken = null;
  }

  /** A change that failed half-way leaves unusable trees: {@link Changes#broken} is set. */
  private RuntimeException broken(Throwable e) {
    forgetTable();
    if (e instanceof InternalError || e instanceof IllegalStateException) {
      return explained(e);
    }
    if (e instanceof Error error) {
      throw error;
    }
    return (RuntimeException) e;
  }

  /** A value to be written; copied if the write would move it. */
  final MemorySegment checked(String table, MemorySegment value, Workspace memory) {
    long length = Objects.requireNonNull(value, "the value is null").byteSize();
    if (length > WriteTxn.MAX_VALUE) {
      throw new IllegalArgumentException(
          "table %s: value length=%d, allowed at most %d bytes"
              .formatted(table, length, WriteTxn.MAX_VALUE));
    }
    return pages.isDirty(value) ? memory.copy(value) : value;
  }

  // What a write transaction sees.

  @Override
  final boolean mayWrite() {
    return true;
  }

  @Override
  Tree findTree(Table<?, ?> table) {
    checkReadable();
    batches.flushTable(table.name());
    TreeWriter tree = catalog.find(table.name(), table.used());
    return tree == null ? missing : tree;
  }

  @Override
  Tree findRawTree(String table) {
    checkReadable();
    batches.flushTable(table);
    TreeWriter tree = catalog.find(table);
    return tree == null ? missing : tree;
  }

  private void checkReadable() {
    checkWritable(); // after a failed change the trees cannot be read either
  }

  @Override
  long tablesVersion() {
    return catalog.version() + batches.version(); // both only grow
  }

  @Override
  List<String> tableNames() {
    flushBatches();
    return catalog.names();
  }

  @Override
  @Nullable CatalogEntry catalogEntry(String table) {
    batches.flushTable(table);
    return catalog.entryNow(table);
  }

  @Override
  MemorySegment shown(Slice found) {
    boolean copy = found.length <= MOST_COPIED && pages.mayChange(found.segment);
    return copy ? MemorySegment.ofArray(found.toArray()).asReadOnly() : super.shown(found);
  }

  Changes changes() {
    return changes;
  }

  DirtyPages pages() {
    return pages;
  }

  FreeSpace free() {
    return free;
  }

  Catalog catalog() {
    return catalog;
  }

  // The end.

  /** Its changes are committed. */
  final void ended() {
    boolean _ = end();
  }

  final void rollBack(Caller taken) {
    long _ = taken.begin();
    try {
      rollBack();
    } finally {
      taken.endLast();
    }
  }

  final void rollBack() {
    batches.discard();
    if (end() && !inClosure) {
      writing.rollBack(this);
    }
  }

  /** A thread is in a call whose memory the next transaction would get. */
  final void endLater(Caller last) {
    LOG.log(
        Logger.Level.WARNING,
        "{0} was closed while {1} is in a call of it, and keeps the turn to write until that ends",
        this,
        last.name());
    Housekeeping.WATCH.add(
        new Housekeeping.Task() {
          @Override
          public void tick(long now) {
            if (last.take(Thread.currentThread())) {
              Housekeeping.WATCH.remove(this);
              rollBack(last);
            }
          }
        });
  }
}
