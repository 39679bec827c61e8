package dev.pando;

import dev.pando.btree.Tree;
import dev.pando.txn.file.Lifecycle;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The differences of a table between two snapshots, read on demand, from {@link Database#diff}.
 * They are in the order of the keys, or in the direction of the range. Each {@link #iterator} and
 * each {@link #stream} begins with the first one.
 *
 * {@snippet :
 * try (ReadTxn monday = db.snapshots().open("monday");
 *     ReadTxn now = db.beginRead();
 *     Changes<Long, Order> changes = db.diff(monday, now, ORDERS)) {
 *   for (Change<Long, Order> change : changes) {
 *     switch (change.kind()) { ... }
 *   }
 * }
 * }
 *
 * <p>Pages that both snapshots share are not read, nor long values that both refer to. So ten
 * changes in a million entries take some dozen pages. After {@link Database#compact} and after a
 * table was written again, more pages are read, and the differences are the same.
 *
 * <p>Valid until one of the two transactions ends; then, and after {@link #close}, iterators throw
 * {@link IllegalStateException}. Not thread-safe: only a thread that uses both transactions may
 * call it. Closing is optional: nothing is held but the transactions.
 */
public final class Changes<K, V> implements Iterable<Change<K, V>>, AutoCloseable {
  final Txn before;
  final Txn after;
  final Tree treeBefore;
  final Tree treeAfter;
  final Table<K, V> table;
  final EncodedRange range;
  private boolean closed;

  private Changes(
      Txn before,
      Txn after,
      Tree treeBefore,
      Tree treeAfter,
      Table<K, V> table,
      EncodedRange range) {
    this.before = before;
    this.after = after;
    this.treeBefore = treeBefore;
    this.treeAfter = treeAfter;
    this.table = table;
    this.range = range;
  }

  /**
   * The differences between two read transactions.
   *
   * @param typed false for a table whose codecs are not known
   */
  static <K, V> Changes<K, V> between(
      Lifecycle database,
      Txn before,
      Txn after,
      Table<K, V> table,
      Range<? super K> range,
      boolean typed) {
    Objects.requireNonNull(range, "the range is null");
    checkIsReader(database, Objects.requireNonNull(before, "the transaction before is null"));
    checkIsReader(database, Objects.requireNonNull(after, "the transaction after is null"));
    return new Changes<>(
        before,
        after,
        tree(before, table, typed),
        tree(after, table, typed),
        table,
        range.encode(table.keyCodec()));
  }

  private static void checkIsReader(Lifecycle database, Txn tx) {
    if (tx.mayWrite()) {
      throw new IllegalArgumentException(
          "this is a write transaction, whose pages change, allowed: read transactions; commit it, and begin one: "
              + tx);
    }
    if (tx.lifecycle != database) {
      throw new IllegalArgumentException(
          "this is of another database: %s, allowed: transactions of %s"
              .formatted(tx, database.path()));
    }
  }

  private static Tree tree(Txn tx, Table<?, ?> table, boolean typed) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
      Tree found = typed ? tx.tree(mine, table) : tx.findRawTree(table.name());
      tx.check(mine, call);
      return found;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  @Override
  public Iterator<Change<K, V>> iterator() {
    checkOpen();
    return new ChangeIterator<>(this);
  }

  /** The differences as a sequential, ordered stream. Closing it closes these changes. */
  public Stream<Change<K, V>> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false)
        .onClose(this::close);
  }

  /** Throws if it was closed. */
  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the changes of table " + table.name() + " are closed");
    }
  }

  /** Ends all iterators, not the transactions. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
  }
}
