package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.TreeWriter;
import dev.pando.txn.catalog.TableNames;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a write transaction whose changes wait, and its sorted loads whose entries do. All
 * methods but {@link #caller} and {@link #flushInCall} run in a call of the transaction.
 */
abstract class Batches {
  private final List<PendingChanges> waiting = new ArrayList<>();

  private final List<PendingLoad> loads = new ArrayList<>(0);

  /** Grows when changes begin to wait: a tree that was found before does not have them. */
  private long version;

  // What the transaction does.

  /** The caller of this thread, for a call. */
  abstract Caller caller();

  abstract void checkWritable();

  /** A value to be written; copied if a write would move it. */
  abstract MemorySegment checked(String table, MemorySegment value, Workspace memory);

  /** Forgets trees that were found: the next call finds them again. */
  abstract void forgetTable();

  /**
   * Refuses changes of a table that cannot be made, before they wait. Makes those that wait for the
   * table in another batch.
   */
  abstract void check(Table<?, ?> table, boolean typed);

  /** The tree of a table, ready to be changed; null if there is no such table. */
  abstract @Nullable TreeWriter find(Table<?, ?> table, boolean typed);

  abstract TreeWriter create(Table<?, ?> table);

  abstract void put(TreeWriter tree, KeyBuffer key, MemorySegment value, long at, long length);

  abstract void delete(@Nullable TreeWriter tree, KeyBuffer key);

  /** Stores entries at the end of a table, see {@link dev.pando.btree.SortedLoad#append}. */
  abstract void append(
      TreeWriter tree, String table, MemorySegment memory, int[] bounds, int from, int to);

  /** Makes the changes of a batch; of a table with indexes as one statement, all or none. */
  abstract void make(PendingChanges batch, Runnable changes);

  /** Changes are lost, wherever making them failed: the transaction must not commit. */
  abstract void fail(Throwable why);

  /** The changes of a batch are over: the change that comes next may not use the reserve. */
  abstract void endChanges();

  // The batches.

  final long version() {
    return version;
  }

  final void put(PendingChanges to, KeyBuffer key, MemorySegment value, long at, long length) {
    if (length > PendingChanges.LONG_VALUE) {
      flushTable(to.table().name());
      try {
        make(to, () -> new Application(to).put(key, value, at, length));
      } finally {
        endChanges();
      }
      return;
    }
    makeRoom(to, key.length() + length);
    to.addPut(key, value, at, (int) length);
  }

  final void delete(PendingChanges to, KeyBuffer key) {
    makeRoom(to, key.length());
    to.addDelete(key);
  }

  /** Makes room; changes of one table wait in one batch, so that the later one counts. */
  private void makeRoom(PendingChanges to, long bytes) {
    if (!to.hasRoom(bytes)) {
      flush(to);
    }
    if (to.isEmpty()) {
      check(to.table(), to.isTyped());
      waiting.add(to);
      version++;
      forgetTable();
    }
  }

  /** Makes the changes of one batch, for the program. */
  final void flushInCall(PendingChanges batch) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      flush(batch);
    } finally {
      mine.end(call);
    }
  }

  private void flush(PendingChanges batch) {
    if (!waiting.remove(batch)) {
      return;
    }
    try {
      batch.sort();
      make(batch, () -> batch.forEach(new Application(batch)));
    } catch (Throwable e) {
      fail(e);
      throw e;
    } finally {
      batch.clear();
      endChanges();
    }
  }

  /**
   * Makes the changes that wait for a table, before it is read or changed otherwise. The tree of an
   * index waits for its table.
   */
  final void flushTable(String table) {
    if (TableNames.isIndexTree(table) && !(waiting.isEmpty() && loads.isEmpty())) {
      flushAll();
      return;
    }
    for (int i = waiting.size() - 1; i >= 0; i--) {
      if (waiting.get(i).table().name().equals(table)) {
        flush(waiting.get(i));
      }
    }
    for (int i = loads.size() - 1; i >= 0; i--) {
      if (loads.get(i).table().name().equals(table)) {
        flush(loads.get(i));
      }
    }
  }

  /** Makes all changes that wait. */
  final void flushAll() {
    while (!waiting.isEmpty()) {
      flush(waiting.getLast());
    }
    while (!loads.isEmpty()) {
      flush(loads.getLast());
    }
  }

  /**
   * Forgets the changes that wait: they are undone. Needs no memory: a rollback may be for want.
   */
  final void discard() {
    for (int i = 0; i < waiting.size(); i++) {
      waiting.get(i).clear();
    }
    waiting.clear();
    for (int i = 0; i < loads.size(); i++) {
      loads.get(i).clear();
    }
    loads.clear();
  }

  /** From now on entries of a sorted load wait: whatever reads the table stores them first. */
  final void begin(PendingLoad load) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      check(load.table(), true);
      loads.add(load);
      version++;
      forgetTable();
    } finally {
      mine.end(call);
    }
  }

  /** Stores the entries of a sorted load that wait, for the program. */
  final void flushInCall(PendingLoad load) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      flush(load);
    } finally {
      mine.end(call);
    }
  }

  private void flush(PendingLoad load) {
    if (!loads.remove(load)) {
      return;
    }
    try {
      TreeWriter tree = find(load.table(), true);
      load.storeIn(tree == null ? create(load.table()) : tree);
    } catch (IllegalArgumentException e) {
      load.refuse(e);
      throw e;
    } catch (Throwable e) {
      if (e instanceof RuntimeException refused) {
        load.refuse(refused);
      }
      fail(e);
      throw e;
    } finally {
      load.clear();
      endChanges();
    }
  }

  /** Makes changes as other calls of the transaction do, in the order in which they come. */
  private final class Application implements PendingChanges.Visitor {
    private final PendingChanges batch;
    private @Nullable TreeWriter tree;

    Application(PendingChanges batch) {
      this.batch = batch;
      TreeWriter found = find(batch.table(), batch.isTyped());
      tree =
          found == null && batch.hasPut() ? create(batch.table()) : found; // also if it is undone
    }

    @Override
    public void put(KeyBuffer key, MemorySegment values, long at, long length) {
      TreeWriter into = tree;
      if (into == null) {
        into = create(batch.table());
        tree = into;
      }
      Batches.this.put(into, key, values, at, length);
    }

    @Override
    public void delete(KeyBuffer key) {
      Batches.this.delete(tree, key);
    }
  }
}
