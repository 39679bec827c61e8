package dev.pando;

import dev.pando.txn.catalog.Catalog;
import dev.pando.txn.commit.LogRecord;
import dev.pando.txn.dirty.DirtyPages;
import java.util.ArrayList;

/** The savepoints of a write transaction, each inside the one before: for its pages and tables. */
final class Savepoints {
  private final DirtyPages pages;
  private final Catalog catalog;
  private final LogRecord record;
  private CommitHooks hooks;
  private final ArrayList<Savepoint> active = new ArrayList<>(0);

  Savepoints(DirtyPages pages, Catalog catalog, LogRecord record, CommitHooks hooks) {
    this.pages = pages;
    this.catalog = catalog;
    this.record = record;
    this.hooks = hooks;
  }

  /** The next update of the transaction has hooks of its own. */
  void beginUpdate(CommitHooks others) {
    hooks = others;
  }

  boolean isEmpty() {
    return active.isEmpty();
  }

  Savepoint begin() {
    Savepoint begun = new Savepoint(this, active.size(), hooks.size());
    begin(begun);
    return begun;
  }

  /** In pages and tables, or, without memory, in neither. */
  private void begin(Savepoint savepoint) {
    record.reserveSavepoint();
    active.add(savepoint);
    boolean inTables = false;
    boolean done = false;
    try {
      catalog.beginSavepoint();
      inTables = true;
      pages.beginSavepoint();
      record.beginSavepoint();
      done = true;
    } finally {
      if (!done) {
        Savepoint _ = active.removeLast();
        if (inTables) {
          catalog.forgetSavepoint();
        }
      }
    }
  }

  /**
   * Refuses a savepoint that is not active.
   *
   * @throws IllegalArgumentException if it is another transaction's
   * @throws IllegalStateException if it has ended
   */
  void check(Savepoint savepoint) {
    if (savepoint.all != this) {
      throw new IllegalArgumentException("the savepoint belongs to another transaction");
    }
    if (savepoint.depth >= active.size() || active.get(savepoint.depth) != savepoint) {
      throw new IllegalStateException(
          "the savepoint has ended: it was released, or one around it was released or rolled back to");
    }
  }

  /** Undoes all changes since; the savepoint begins again, those inside it end. */
  void rollBackTo(Savepoint savepoint) {
    hooks.truncate(savepoint.hooks);
    while (active.size() > savepoint.depth) {
      active.removeLast();
      catalog.rollBackSavepoint();
      pages.rollBackSavepoint();
      record.rollBackSavepoint();
    }
    begin(savepoint);
  }

  /** Keeps all changes since; the savepoint ends, and so do those inside it. */
  void release(Savepoint savepoint) {
    releaseFrom(savepoint.depth);
  }

  /** Keeps everything. */
  void releaseAll() {
    releaseFrom(0);
  }

  private void releaseFrom(int depth) {
    while (active.size() > depth) {
      active.removeLast();
      catalog.releaseSavepoint();
      pages.releaseSavepoint();
      record.releaseSavepoint();
    }
  }
}
