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
 *
 * <p>Changes that wait are made in an attempt, which for a table with indexes is a statement with a
 * savepoint. In it a codec may read another table whose changes wait. They must not be made there,
 * because they would be undone with the statement. So the attempt is undone, they are made first,
 * and it begins again. Attempts are never inside of each other.
 */
abstract class Batches {
  /** In the order in which they began to wait. */
  private final List<Pending> waiting = new ArrayList<>();

  /** The table whose changes an attempt is making; null if there is none. */
  private @Nullable String attempted;

  /** The table whose changes the attempt needs first; null if it needs none. */
  private @Nullable String asked;

  /** The tables of attempts that were undone, and wait for what they need. */
  private final List<String> held = new ArrayList<>(0);

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

  /** Whether an exception is that of a statement which was undone, so that all is as before it. */
  abstract boolean isUndone(Throwable why);

  /** Whether a codec decodes a row for the indexes of its table. */
  abstract boolean isDecoding();

  /** Whether a tree is that of an index of a table. */
  abstract boolean isIndexOf(String tree, String table);

  /** Changes are lost, wherever making them failed: the transaction must not commit. */
  abstract void fail(Throwable why);

  /** The changes of a batch are over: the change that comes next may not use the reserve. */
  abstract void endChanges();

  // The batches.

  final long version() {
    return version;
  }

  final void put(PendingChanges to, KeyBuffer key, MemorySegment value, long at, long length) {
    checkNotDecoding(to.table());
    if (length > PendingChanges.LONG_VALUE) {
      putNow(to, key, value, at, length);
      return;
    }
    makeRoom(to, key.length() + length);
    to.addPut(key, value, at, (int) length);
  }

  private void putNow(PendingChanges to, KeyBuffer key, MemorySegment value, long at, long length) {
    String table = to.table().name();
    flushTable(table);
    Runnable put = () -> make(to, () -> new Application(to).put(key, value, at, length));
    for (String first; (first = attempt(table, put)) != null; ) {
      makeFirst(first, table);
    }
  }

  final void delete(PendingChanges to, KeyBuffer key) {
    checkNotDecoding(to.table());
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

  /** Makes the changes of one batch, or stores the entries of a load, for the program. */
  final void flushInCall(Pending pending) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      flush(pending);
    } finally {
      mine.end(call);
    }
  }

  private void flush(Pending pending) {
    for (int at; (at = waiting.indexOf(pending)) >= 0; ) {
      String table = pending.table().name();
      checkNotAttempting(table);
      waiting.remove(at);
      String first = attemptOrFail(pending);
      if (first != null) {
        waiting.add(at, pending);
        makeFirst(first, table);
      }
    }
  }

  /** As {@link #attempt}; if it fails, the changes are lost. */
  private @Nullable String attemptOrFail(Pending pending) {
    String first = null;
    try {
      first = attempt(pending.table().name(), () -> make(pending));
    } catch (Throwable e) {
      fail(pending, e);
      throw e;
    } finally {
      if (first == null) {
        pending.clear();
      }
    }
    return first;
  }

  /**
   * Makes changes of a table, unless a codec reads another table whose changes wait.
   *
   * @return that table; then nothing has been made. Null if the changes are made
   */
  private @Nullable String attempt(String table, Runnable changes) {
    attempted = table;
    asked = null;
    try {
      changes.run();
    } catch (RuntimeException | Error e) {
      String first = asked;
      if (first == null || !isUndone(e)) {
        throw e;
      }
      return first;
    } finally {
      attempted = null;
      endChanges();
    }
    return null;
  }

  /** Makes changes that those of another table need first. */
  private void makeFirst(String table, String needing) {
    held.add(needing);
    try {
      flushTable(table);
    } finally {
      held.removeLast();
    }
  }

  private void make(Pending pending) {
    switch (pending) {
      case PendingChanges batch -> {
        batch.sort();
        make(batch, () -> batch.forEach(new Application(batch)));
      }
      case PendingLoad load -> {
        TreeWriter tree = find(load.table(), true);
        load.storeIn(tree == null ? create(load.table()) : tree);
      }
    }
  }

  private void fail(Pending pending, Throwable why) {
    if (pending instanceof PendingLoad load && why instanceof RuntimeException refused) {
      load.refuse(refused);
      if (why instanceof IllegalArgumentException) {
        return;
      }
    }
    fail(why);
  }

  /** Refuses to make changes in an attempt. If they can be made before it, it is tried again. */
  private void checkNotAttempting(String table) {
    String making = attempted;
    if (making == null) {
      return;
    }
    if (!held.contains(table)) {
      asked = table;
      throw needs(making, table);
    }
    throw new IllegalStateException(
        "table %s: a codec reads table %s while a batch is made, and the changes that wait for %2$s need those of %1$s first; flush one of the two batches before the other has changes"
            .formatted(making, table));
  }

  /** Refuses the end of an attempt whose codec has caught the refusal of a read. */
  final void checkHasAll() {
    String first = asked;
    String making = attempted;
    if (first != null && making != null) {
      throw needs(making, first);
    }
  }

  private static IllegalStateException needs(String table, String first) {
    return new IllegalStateException(
        "table %s: a codec reads table %s, whose changes are made first".formatted(table, first));
  }

  /** Refuses changes in the middle of a statement, which may be undone or visit the same batch. */
  private void checkNotDecoding(Table<?, ?> table) {
    if (isDecoding()) {
      throw new IllegalStateException(
          "table %s: a codec has put into a batch or load while it decoded a row for an index; it may only read then"
              .formatted(table.name()));
    }
  }

  /**
   * Makes the changes that wait for a table, before it is read or changed otherwise. The tree of an
   * index waits for its table.
   */
  final void flushTable(String table) {
    for (Pending found; (found = waitingFor(table)) != null; ) {
      flush(found);
    }
  }

  private @Nullable Pending waitingFor(String table) {
    for (int i = 0; i < waiting.size(); i++) {
      String name = waiting.get(i).table().name();
      if (name.equals(table) || (TableNames.isInternal(table) && isIndexOf(table, name))) {
        return waiting.get(i);
      }
    }
    return null;
  }

  /** Makes all changes that wait. */
  final void flushAll() {
    while (!waiting.isEmpty()) {
      flush(waiting.getLast());
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
  }

  /** From now on entries of a sorted load wait: whatever reads the table stores them first. */
  final void begin(PendingLoad load) {
    Caller mine = caller();
    long call = mine.begin();
    try {
      checkWritable();
      checkNotDecoding(load.table());
      check(load.table(), true);
      waiting.add(load);
      version++;
      forgetTable();
    } finally {
      mine.end(call);
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
