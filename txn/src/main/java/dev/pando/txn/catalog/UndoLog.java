package dev.pando.txn.catalog;

import dev.pando.btree.TreeWriter;
import dev.pando.pager.TreeRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The earlier states of changed tables and of the catalog, since the oldest savepoint. Each is
 * recorded once per savepoint, before its first change. Created with the first savepoint of a
 * transaction.
 */
final class UndoLog {
  /**
   * What was there before a change.
   *
   * @param name a table; null for the catalog itself
   * @param open what was known of the table, or null if it did not exist
   * @param root of the tree, as it was
   */
  record Before(@Nullable String name, @Nullable OpenTable open, TreeRoot root) {}

  /**
   * A savepoint.
   *
   * @param serial higher than those of all savepoints before
   * @param changes in {@link #changes} when it began
   */
  private record Mark(long serial, int changes) {}

  /** In the order of the changes. */
  private final List<Before> changes = new ArrayList<>();

  private final List<Mark> marks = new ArrayList<>();
  private long lastSerial;
  private long catalogNoted;

  /** The tree that was noted last, so that a row of changes to a table costs one look-up. */
  private @Nullable TreeWriter lastNoted;

  /** Whether no savepoint is left. */
  boolean isEmpty() {
    return marks.isEmpty();
  }

  /** Begins a savepoint: later changes can be undone. */
  void begin() {
    marks.add(new Mark(++lastSerial, changes.size()));
    lastNoted = null;
  }

  /** Removes the newest savepoint: nothing was changed since. */
  void forget() {
    marks.removeLast();
  }

  /** Merges the changes since the newest savepoint into the one around it. */
  void release() {
    marks.removeLast();
    if (marks.isEmpty()) {
      changes.clear();
    }
  }

  /** The newest savepoint ends; undoes what has changed since, the last change first. */
  void rollBack(Consumer<Before> undo) {
    int end = marks.removeLast().changes;
    while (changes.size() > end) {
      undo.accept(changes.removeLast());
    }
    lastNoted = null;
  }

  /** Whether a table's tree may have to be noted before it changes. */
  boolean isNews(TreeWriter table) {
    return !marks.isEmpty() && table != lastNoted;
  }

  /** The tree need not be noted again before another one is. */
  void notedLast(TreeWriter table) {
    lastNoted = table;
  }

  void note(String name, OpenTable table) {
    if (!isNoted(table.noted)) {
      table.noted = lastSerial;
      changes.add(new Before(name, table, table.tree.root()));
    }
  }

  /** There is no table of this name. */
  void noteAbsent(String name) {
    if (!marks.isEmpty()) {
      changes.add(new Before(name, null, TreeRoot.EMPTY));
    }
  }

  void noteCatalog(TreeWriter catalog) {
    if (!isNoted(catalogNoted)) {
      catalogNoted = lastSerial;
      changes.add(new Before(null, null, catalog.root()));
    }
  }

  /** The catalog is what it was: its next change is noted again. */
  void forgetCatalog() {
    catalogNoted = 0;
  }

  /** Whether something is in {@link #changes} since the newest savepoint, or need not be. */
  private boolean isNoted(long serial) {
    return marks.isEmpty() || serial >= marks.getLast().serial;
  }
}
