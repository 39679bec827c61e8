package dev.pando.txn;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageException;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one transaction that may write, from {@link Database#beginWrite} or {@link Database#update}.
 * It sees what it wrote; everybody else sees it once {@link #commit} returns, and then it is on
 * disk. Without commit, {@link #close} rolls everything back.
 *
 * {@snippet :
 * try (WriteTxn tx = db.beginWrite()) {
 *   tx.put(ORDERS, 7L, order);
 *   tx.delete(DRAFTS, 7L);
 *   tx.commit();
 * }
 * }
 *
 * <p>Used by one thread at a time; it may move from thread to thread. When a write fails with a
 * {@link dev.pando.error.StorageException}, such as a full disk, the transaction can only be
 * closed, or {@linkplain #rollbackTo rolled back to a savepoint}; earlier commits are not touched.
 */
public final class WriteTxn extends ReadTxn {
  /** The longest value, in bytes: 2 GiB - 1. */
  public static final int MAX_VALUE = Integer.MAX_VALUE;

  /** The longest value, in bytes, of which {@link #shown} makes a copy. */
  private static final int MOST_COPIED = 1 << 20;

  private final DirtyPages pages;
  private final FreeSpace free;
  private final Catalog catalog;
  private final Savepoints savepoints;
  private final Tree missing;
  private @Nullable Throwable broken;

  /** Whether this is an update's, so that only its end may commit. */
  private final boolean inClosure;

  WriteTxn(
      Database database, Snapshot base, WriterMemory memory, DirtyPages pages, FreeSpace free) {
    super(database, base, memory.workspace);
    this.pages = pages;
    this.free = free;
    this.catalog = new Catalog(pages, base.meta().catalog(), memory);
    this.savepoints = new Savepoints(pages, catalog);
    this.missing = new Tree(pages, TreeRoot.EMPTY);
    this.inClosure = false;
  }

  /** See {@link #share}. */
  private WriteTxn(WriteTxn whole) {
    super(whole.database, whole.snapshot(), whole.workspace());
    this.pages = whole.pages;
    this.free = whole.free;
    this.catalog = whole.catalog;
    this.savepoints = whole.savepoints;
    this.missing = whole.missing;
    this.inClosure = true;
  }

  /**
   * The same transaction for one of several updates that share it, one after the other. It ends
   * with the update, and does not end the whole.
   */
  WriteTxn share() {
    return new WriteTxn(this);
  }

  /** The update has returned: checks that what it did may be committed. */
  void checkShare() {
    checkWritable();
  }

  /** The only update of its transaction so far keeps what it did since its savepoints. */
  void releaseShare() {
    atSavepoint(savepoints::releaseAll);
  }

  /** Undoes what an update did since a savepoint of before it. */
  void undoShare(Savepoint before) {
    if (!mayGoOn()) {
      throw new IllegalStateException("not known what state the transaction is in", broken);
    }
    savepoints.rollBackTo(before);
    savepoints.release(before);
  }

  /** The update is over. */
  void endShare() {
    boolean _ = end();
    catalog.forgetCursors();
  }

  /** The id under which this transaction will be committed. */
  @Override
  public long txnId() {
    return pages.txnId();
  }

  /**
   * Stores a value under a key, in place of the one there may be. The table is created if it is
   * missing.
   *
   * @return whether the key is new
   */
  public <K, V> boolean put(Table<K, V> table, K key, V value) {
    KeyBuffer wanted = workspace().encodeKey(table, key);
    Sink encoded = encodeValue(table, value);
    TreeWriter tree = beginChange(table);
    try {
      return tree.put(wanted, encoded.segment(), 0, encoded.length());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /**
   * Stores a value under a key that is absent; otherwise leaves the value that is there.
   *
   * @return whether the key was absent
   */
  public <K, V> boolean putIfAbsent(Table<K, V> table, K key, V value) {
    return !contains(table, key) && put(table, key, value);
  }

  /**
   * Stores a value under a key behind all others of the table. As {@link #put}, but a sorted load
   * that is not sorted fails instead of being slow.
   *
   * @throws IllegalArgumentException if the key is not behind the last one; nothing has changed
   */
  public <K, V> void append(Table<K, V> table, K key, V value) {
    KeyBuffer wanted = workspace().encodeKey(table, key);
    Sink encoded = encodeValue(table, value);
    append(beginChange(table), table.name(), wanted, encoded.segment(), encoded.length());
  }

  private void append(
      TreeWriter tree, String table, KeyBuffer key, MemorySegment value, long length) {
    try {
      tree.append(key, value, 0, length);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("table " + table + ": " + e.getMessage(), e);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Removes a key; false if it is absent. */
  public <K> boolean delete(Table<K, ?> table, K key) {
    KeyBuffer wanted = workspace().encodeKey(table, key);
    TreeWriter tree = beginChangeIfThere(table);
    return tree != null && delete(tree, wanted);
  }

  private boolean delete(TreeWriter tree, KeyBuffer key) {
    try {
      return tree.delete(key);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Removes all entries of a table; the table stays. Nothing happens if there is no such table. */
  public void clear(Table<?, ?> table) {
    TreeWriter tree = beginChangeIfThere(table);
    if (tree != null) {
      try {
        tree.clear();
      } catch (Throwable e) {
        throw broken(e);
      }
    }
  }

  /**
   * Removes a table with all its entries.
   *
   * @return false if there is no such table
   */
  public boolean drop(String table) {
    beginChange();
    try {
      return catalog.drop(table);
    } catch (Throwable e) {
      throw broken(e);
    } finally {
      forgetTable();
    }
  }

  /**
   * Gives a table another name.
   *
   * @param to 1 to {@value Table#MAX_NAME} bytes of UTF-8
   * @return false if there is no such table
   * @throws IllegalArgumentException if there is a table of the new name
   */
  public boolean rename(String from, String to) {
    Table<byte[], byte[]> renamed = Table.of(to, Codec.bytes(), Codec.bytes()); // checks the name
    beginChange();
    try {
      return catalog.rename(from, renamed.name());
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Throwable e) {
      throw broken(e);
    } finally {
      forgetTable();
    }
  }

  /** Pages are about to move. */
  void beginMove() {
    beginChange();
  }

  void putSnapshot(SnapshotEntry entry) {
    beginChange();
    try {
      catalog.putSnapshot(entry);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  boolean dropSnapshot(String name) {
    beginChange();
    try {
      return catalog.removeSnapshot(name);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /**
   * Marks a point to which {@link #rollbackTo} can go back. Savepoints nest to any depth. One costs
   * what is changed after it: each page is copied once before its first change.
   *
   * {@snippet :
   * Savepoint before = tx.savepoint();
   * try {
   *   importOrder(tx, order);
   *   tx.release(before);
   * } catch (InvalidOrderException e) {
   *   tx.rollbackTo(before); // the orders before it are still there
   * }
   * }
   */
  public Savepoint savepoint() {
    checkWritable();
    return savepoints.begin();
  }

  /**
   * Undoes everything the transaction did since a savepoint, which can be gone back to again;
   * savepoints inside it end. Views, cursors and iterators that are open end as well: what they
   * stand on may be gone. Scans and raw tables go on.
   *
   * <p>A transaction that a failed write made unusable is usable again, if the failure was a {@link
   * dev.pando.error.StorageException} that left what was there at the savepoint whole, such as a
   * full disk or a damaged page.
   *
   * @throws IllegalStateException if the savepoint has ended, or if the transaction cannot go on
   *     after an earlier failure
   * @throws IllegalArgumentException if it is another transaction's
   */
  public void rollbackTo(Savepoint savepoint) {
    checkOpen();
    savepoints.check(savepoint);
    if (!mayGoOn()) {
      checkWritable();
    }
    nextRollback();
    atSavepoint(() -> savepoints.rollBackTo(savepoint));
    broken = null;
  }

  /**
   * Ends a savepoint and those inside it, and keeps what was done since. Committing does so with
   * all of them.
   *
   * @throws IllegalStateException if the savepoint has ended
   * @throws IllegalArgumentException if it is another transaction's
   */
  public void release(Savepoint savepoint) {
    checkWritable();
    savepoints.check(savepoint);
    atSavepoint(() -> savepoints.release(savepoint));
  }

  private void atSavepoint(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /**
   * Makes all writes visible, and durable if {@link Options#withDurability} says nothing else: then
   * they survive a crash when this returns.
   *
   * @throws dev.pando.error.DatabaseFullException if there is no room: the transaction is rolled
   *     back, the database goes on
   * @throws dev.pando.error.DatabaseFailedException if it is not known what is on disk: nobody can
   *     write until the database is closed and opened again
   */
  public void commit() {
    commit(database.durability());
  }

  /** As {@link #commit()}, with a durability of its own. */
  public void commit(Durability durability) {
    checkOpen();
    if (inClosure) {
      throw new IllegalStateException(
          "update commits when its closure returns; do not call commit");
    }
    checkWritable();
    atSavepoint(savepoints::releaseAll);
    database.commit(this, durability);
  }

  /** Rolls back unless committed. A second call does nothing. */
  @Override
  public void close() {
    if (end() && !inClosure) {
      database.rollBack(this);
    }
  }

  // Raw tables.

  boolean putRaw(RawTable table, KeyBuffer key, MemorySegment value) {
    TreeWriter tree = beginChange(table);
    try {
      return tree.put(key, value, 0, value.byteSize());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void appendRaw(RawTable table, KeyBuffer key, MemorySegment value) {
    append(beginChange(table), table.name(), key, value, value.byteSize());
  }

  boolean deleteRaw(RawTable table, KeyBuffer key) {
    TreeWriter tree = beginChangeIfThere(table);
    return tree != null && delete(tree, key);
  }

  // The begin and the end of a change.

  private <V> Sink encodeValue(Table<?, V> table, V value) {
    Workspace mine = workspace();
    mine.encodeValue(table, value);
    return mine.sink;
  }

  /** The table's tree, ready to be changed. */
  private TreeWriter beginChange(Table<?, ?> table) {
    TreeWriter tree = beginChangeIfThere(table);
    return tree != null ? tree : create(table);
  }

  private TreeWriter beginChange(RawTable table) {
    TreeWriter tree = beginChangeIfThere(table);
    return tree != null ? tree : create(table.table());
  }

  private @Nullable TreeWriter beginChangeIfThere(Table<?, ?> table) {
    beginChange();
    return willChange(table.name(), tree(table));
  }

  private @Nullable TreeWriter beginChangeIfThere(RawTable table) {
    beginChange();
    return willChange(table.name(), table.tree());
  }

  /** Null for a table that is missing. */
  private @Nullable TreeWriter willChange(String table, Tree found) {
    if (found instanceof TreeWriter tree) {
      catalog.willChange(table, tree);
      return tree;
    }
    return null;
  }

  private TreeWriter create(Table<?, ?> table) {
    forgetTable();
    try {
      return catalog.findOrCreate(table);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Views end, and when there are too many dirty pages, they are written. */
  private void beginChange() {
    checkWritable();
    nextEpoch();
    try {
      pages.spillIfLarge();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private void checkWritable() {
    checkOpen();
    if (!inClosure) {
      database.writes();
    }
    if (broken != null) {
      String wayOut = mayGoOn() ? "roll back to a savepoint before it, or " : "";
      throw new IllegalStateException(
          "an earlier write of this transaction failed: %sclose it, and begin a new one"
              .formatted(wayOut),
          broken);
    }
  }

  /**
   * Whether going back to a savepoint mends what failed. A change that failed half-way has touched
   * no page that the savepoint needs, and left the lists of pages in order: errors of storage come
   * out of calls between their changes. Of other errors nobody knows where they struck.
   */
  private boolean mayGoOn() {
    boolean known =
        broken == null
            || (broken instanceof StorageException && !(broken instanceof DatabaseFailedException));
    return known && !savepoints.isEmpty() && pages.isWhole();
  }

  /** A change that failed half-way leaves trees that nobody may use. */
  private RuntimeException broken(Throwable e) {
    broken = e;
    forgetTable();
    if (e instanceof InternalError || e instanceof IllegalStateException) {
      return explained(e);
    }
    if (e instanceof Error error) {
      throw error;
    }
    return (RuntimeException) e;
  }

  // What a write transaction sees.

  @Override
  Tree findTree(Table<?, ?> table) {
    checkWritable(); // after a failed change the trees cannot be read either
    TreeWriter tree = catalog.find(table);
    return tree == null ? missing : tree;
  }

  @Override
  Tree findRawTree(String table) {
    checkWritable(); // after a failed change the trees cannot be read either
    TreeWriter tree = catalog.find(table);
    return tree == null ? missing : tree;
  }

  @Override
  long tablesVersion() {
    return catalog.version();
  }

  @Override
  List<String> tableNames() {
    return catalog.names();
  }

  @Override
  @Nullable CatalogEntry catalogEntry(String table) {
    return catalog.entryNow(table);
  }

  @Override
  MemorySegment shown(Slice found) {
    boolean copy = found.length <= MOST_COPIED && pages.mayChange(found.segment);
    return copy ? MemorySegment.ofArray(found.toArray()).asReadOnly() : super.shown(found);
  }

  @Override
  WriteTxn forWriting() {
    checkWritable();
    return this;
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

  @Override
  public String toString() {
    return "write transaction " + pages.txnId() + " of " + database.path();
  }
}
