package dev.pando;

import dev.pando.btree.Slice;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a range of a table, read on demand: nothing is loaded ahead, except by {@link
 * #parallelStream}. Each {@link #iterator} and each {@link #stream} starts at the beginning of the
 * range.
 *
 * {@snippet :
 * for (Entry<Long, Order> entry : tx.scan(ORDERS, Range.atLeast(100L).limit(20))) { ... }
 *
 * try (Stream<Entry<Long, Order>> orders = tx.scan(ORDERS).stream()) { ... }
 * }
 *
 * <p>A scan is read fastest by {@link #forEach} and {@link #forEachKeyValue}.
 *
 * <p>In a write transaction the table may be changed while it is scanned, the entry just visited
 * included; entries that follow are seen as they are when the scan reaches them. {@link
 * Iterator#remove} deletes the entry that {@code next} returned last; in a read transaction it
 * throws {@link UnsupportedOperationException}, and {@link IllegalStateException} if the table was
 * dropped or renamed since the iterator was opened. An unfinished scan makes the next write to the
 * table a little slower, unless it is closed.
 *
 * <p>Not thread-safe: only the thread that uses the transaction may call it. Throws {@link
 * IllegalStateException} after the transaction's end. An iterator opened before a {@linkplain
 * WriteTxn#rollbackTo rollback to a savepoint} throws it after the rollback. Close a scan that is
 * left early; one that reaches its end closes itself.
 */
public final class Scan<K, V> implements Iterable<Entry<K, V>>, AutoCloseable {
  private final Txn tx;
  private final Table<K, V> table;
  private final EncodedRange range;
  private final @Nullable Grouping grouping;

  /**
   * The iterator opened last, so that it is closed at once. Others notice the close when they are
   * used.
   */
  private @Nullable RangeCursor last;

  /** The second cursor of the last {@link #twoEnded}. */
  private @Nullable RangeCursor otherEnd;

  private final ScanEnd end;

  Scan(Txn tx, Table<K, V> table, EncodedRange range, @Nullable Grouping grouping) {
    this.tx = tx;
    this.table = table;
    this.range = range;
    this.grouping = grouping;
    this.end = new ScanEnd(table.name());
  }

  /**
   * The first entry, in the range's direction, of each group of keys with the same leading
   * components. What is between is skipped, not read: of a million keys in ten groups, ten are
   * read. A limit of the range counts groups.
   *
   * {@snippet :
   * tx.scan(PLACES).distinct(1)   // of (country, name, id): the first place of each country
   * }
   *
   * @param components how many leading components of keys that are tuples or records
   * @throws IllegalArgumentException if the keys have fewer components, or none
   * @throws IllegalStateException if the range skips keys, which are no groups
   */
  public Scan<K, V> distinct(int components) {
    if (range.skip() != 0) {
      throw new IllegalStateException(
          "a scan that skips keys has no distinct ones, table " + table.name());
    }
    return new Scan<>(tx, table, range, new Grouping(table.keyCodec(), components));
  }

  /**
   * The entries from both ends, as long as the ends have not met.
   *
   * @throws IllegalStateException if the range has a limit or skips keys, or after {@link
   *     #distinct}: then it is not known where the other end is
   */
  public TwoEndedScan<K, V> twoEnded() {
    if (range.skip() != 0 || range.limit() != Long.MAX_VALUE || grouping != null) {
      throw new IllegalStateException(
          "a scan with a limit, that skips keys, or of distinct ones, has one end only, table "
              + table.name());
    }
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      end.check();
      RangeCursor first = open(mine);
      RangeCursor back = new RangeCursor(tx, mine, table, range.opposite(), null);
      otherEnd = back;
      return new TwoEndedScan<>(tx, table, first, back);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  @Override
  public Iterator<Entry<K, V>> iterator() {
    return new ScanIterator<>(tx, table, openInCall(tx.caller()), end);
  }

  private RangeCursor open(Caller mine) {
    end.check();
    RangeCursor cursor = new RangeCursor(tx, mine, table, range, grouping);
    last = cursor;
    return cursor;
  }

  /**
   * Hands each entry to an action. In a read transaction this is faster than a loop over {@link
   * #iterator}: it is one call of the transaction. The action may call the transaction too, but
   * must not end it, nor wait for another thread that calls it.
   */
  @Override
  public void forEach(Consumer<? super Entry<K, V>> action) {
    Objects.requireNonNull(action);
    if (tx.mayWrite()) {
      Iterable.super.forEach(action); // which has the entries already
    } else {
      forEachKeyValue((key, value) -> action.accept(new Entry<>(key, value)));
    }
  }

  /**
   * As {@link #forEach}, for an action that takes key and value, without an {@link Entry} for them.
   */
  public void forEachKeyValue(BiConsumer<? super K, ? super V> action) {
    Objects.requireNonNull(action);
    if (tx.mayWrite()) { // the action may write, and a counted call must begin after that
      for (Entry<K, V> entry : this) {
        action.accept(entry.key(), entry.value());
      }
      return;
    }
    visitInCall((mine, call, cursor, then) -> visitLeaf(mine, call, cursor, then, action));
  }

  /** Visits the entry under the cursor, and those after it that can be read without a check. */
  private interface Leaf {
    void visit(Caller mine, long call, RangeCursor cursor, long then);
  }

  private void visitInCall(Leaf leaf) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      RangeCursor cursor = open(mine);
      long then = tx.epoch();
      tx.checkStep(mine, call); // after the epoch was read, which must not be that of an end
      while (cursor.advance(mine)) {
        tx.checkStep(mine, call);
        leaf.visit(mine, call, cursor, then);
        end.check();
      }
      tx.checkStep(mine, call);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private void visitLeaf(
      Caller mine,
      long call,
      RangeCursor cursor,
      long then,
      BiConsumer<? super K, ? super V> action) {
    Workspace memory = mine.memory();
    Slice key = cursor.key;
    Slice value = cursor.value;
    do {
      K decoded = memory.decodeKey(table, key.segment, key.offset, key.length);
      V read = memory.decodeValue(table, value.segment, value.offset, value.length);
      tx.checkVisit(mine, call, then); // the pages that were decoded may have been reused
      action.accept(decoded, read);
    } while (!end.isClosed() && cursor.advanceInLeaf());
  }

  /**
   * The entries as a sequential, ordered stream. Closing it closes the scan. Made {@linkplain
   * Stream#parallel parallel}, it is read as {@link #parallelStream} says.
   */
  public Stream<Entry<K, V>> stream() {
    return StreamSupport.stream(spliterator(), false).onClose(this::close);
  }

  /**
   * The entries as an ordered stream that several threads read. Each divides what is left of the
   * range and reads its part in a {@linkplain ReadTxn#fork fork}, so all see this snapshot.
   *
   * {@snippet :
   * try (ReadTxn tx = db.beginRead()) {
   *   double total =
   *       tx.scan(ORDERS).parallelStream().mapToDouble(entry -> entry.value().total()).sum();
   * }
   * }
   *
   * <p>The transaction must stay open until the stream's terminal operation has returned. Forks are
   * closed then, also if the operation has not read all entries, so the stream need not be closed.
   * After an exception of a function, other threads may still finish their parts and close their
   * forks.
   *
   * <p>An operation that may stop early, such as {@code findFirst}, reads up to 16 KiB of entries
   * ahead in each thread, or one larger entry. Several threads call the functions that are given to
   * the stream. These must not call this transaction, but may fork it.
   *
   * @return a sequential stream if the range has a limit or skips keys, after {@link #distinct},
   *     and in a write transaction, whose changes no fork sees
   */
  public Stream<Entry<K, V>> parallelStream() {
    return isDivisible() ? stream().parallel() : stream();
  }

  /** The entries for a stream; see {@link #stream} and {@link #parallelStream}. */
  @Override
  public Spliterator<Entry<K, V>> spliterator() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
    return isDivisible()
        ? new ScanParts<>(tx, table, range, iterator())
        : Spliterators.spliteratorUnknownSize(iterator(), traits);
  }

  /** Whether parts of the range can be read in forks. */
  private boolean isDivisible() {
    return !tx.mayWrite() && grouping == null && !range.hasLimit();
  }

  /** As {@link #forEachKeyValue}, for an action that takes keys; values are not decoded. */
  public void forEachKey(Consumer<? super K> action) {
    Objects.requireNonNull(action);
    visitKeys((key, _) -> action.accept(key));
  }

  /** All keys of the range, as a list that the caller owns; values are not decoded. */
  public List<K> keys() {
    List<K> all = new ArrayList<>();
    forEachKey(all::add);
    return all;
  }

  /**
   * As {@link #forEachKeyValue}, for an action that does not need all values: one is decoded when
   * the action calls {@link Supplier#get}.
   *
   * @param action its supplier throws {@link IllegalStateException} when the action has returned,
   *     or has written to the transaction
   */
  public void forEachLazily(BiConsumer<? super K, Supplier<V>> action) {
    Objects.requireNonNull(action);
    LazyValues<V> values = new LazyValues<>(tx, table);
    try {
      visitKeys((key, cursor) -> action.accept(key, values.of(cursor)));
    } finally {
      values.end();
    }
  }

  /** Hands each key to an action, with the cursor that is on its entry. */
  private void visitKeys(BiConsumer<? super K, RangeCursor> action) {
    if (tx.mayWrite()) {
      visitBetweenCalls(action);
    } else {
      visitInCall((mine, call, cursor, then) -> visitLeafKeys(mine, call, cursor, then, action));
    }
  }

  private void visitLeafKeys(
      Caller mine,
      long call,
      RangeCursor cursor,
      long then,
      BiConsumer<? super K, RangeCursor> action) {
    Workspace memory = mine.memory();
    Slice key = cursor.key;
    do {
      K decoded = memory.decodeKey(table, key.segment, key.offset, key.length);
      tx.checkVisit(mine, call, then); // the page that was decoded may have been reused
      action.accept(decoded, cursor);
    } while (!end.isClosed() && cursor.advanceInLeaf());
  }

  /** The action may write, or end the transaction: each step is a call. */
  private void visitBetweenCalls(BiConsumer<? super K, RangeCursor> action) {
    RangeCursor cursor = openInCall(tx.caller());
    try {
      for (K key = nextKey(cursor); key != null; key = nextKey(cursor)) {
        action.accept(key, cursor);
      }
    } finally {
      endInCall(cursor);
    }
  }

  private @Nullable K nextKey(RangeCursor cursor) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase();
      end.check();
      if (!cursor.advance(mine)) {
        tx.check(mine, call);
        return null;
      }
      long then = tx.epoch();
      Slice found = cursor.key;
      K key = mine.memory().decodeKey(table, found.segment, found.offset, found.length);
      tx.check(mine, call, then);
      return key;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private void endInCall(RangeCursor cursor) {
    Caller mine = tx.callerIfOpen();
    if (mine != null) {
      long call = mine.begin();
      try {
        cursor.end();
      } finally {
        mine.end(call);
      }
    }
  }

  private RangeCursor openInCall(Caller mine) {
    long call = mine.begin();
    try {
      return open(mine);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** All entries of the range, as a list that the caller owns. */
  public List<Entry<K, V>> toList() {
    List<Entry<K, V>> all = new ArrayList<>();
    forEach(all::add);
    return all;
  }

  /** Ends all iterators. A second call does nothing. */
  @Override
  public void close() {
    Caller mine = end.isClosed() ? null : tx.callerIfOpen();
    end.close();
    if (mine != null) {
      long call = mine.begin();
      try {
        if (last != null) {
          last.end();
          last = null;
        }
        if (otherEnd != null) {
          otherEnd.end();
          otherEnd = null;
        }
      } finally {
        mine.end(call);
      }
    }
  }
}
