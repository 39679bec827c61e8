package dev.pando.crash;

import dev.pando.MultiTable;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import dev.pando.codec.Tuple2;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A cursor in a table of pairs, and where it should be: of a multimap, or of its pairs. Every move
 * is made by both, with the same result demanded of both. A call of the cursor that throws moves
 * and changes nothing here.
 */
abstract sealed class PairCursor<K extends Comparable<K>, P> implements AutoCloseable
    permits MultiPairCursor, SinglePairCursor {
  /** What a cursor does. A cursor that has no such call goes to the next pair. */
  enum Move {
    FIRST,
    LAST,
    NEXT,
    PREV,
    SEEK,
    SEEK_EXACT,
    SEEK_FLOOR,
    SEEK_HIGHER,
    SEEK_LOWER,
    SEEK_INDEX,
    SEEK_KEY,
    SEEK_EXACT_KEY,
    FIRST_VALUE,
    LAST_VALUE,
    NEXT_VALUE,
    PREV_VALUE,
    NEXT_KEY,
    PREV_KEY,
    VALUES,
    COUNT,
    PUT,
    PUT_IF_ABSENT,
    APPEND,
    REPLACE,
    DELETE,
    /** Deletes all values of the key that it is on. */
    DELETE_KEY;

    boolean writes() {
      return compareTo(PUT) >= 0;
    }
  }

  final ReadTxn tx;
  final ExpectedPairs<K, P> expected;
  final ExpectedPlace<K> place;

  PairCursor(ReadTxn tx, ExpectedPairs<K, P> expected) {
    this.tx = tx;
    this.expected = expected;
    this.place = new ExpectedPlace<>(expected);
  }

  /** Opens one of a transaction, of the multimap if that is asked for and there is one. */
  static <K extends Comparable<K>, P> PairCursor<K, P> open(
      ReadTxn tx, ExpectedPairs<K, P> expected, boolean ofMulti) {
    MultiTable<K, Integer> multi = expected.table.multi();
    return multi != null && ofMulti
        ? new MultiPairCursor<>(tx, expected, tx.cursor(multi))
        : new SinglePairCursor<>(tx, expected, tx.cursor(expected.table.pairs()));
  }

  /** Makes a move, and compares where the cursor is then. */
  final void step(Move move, int key, int value) {
    if (move.writes() && !(tx instanceof WriteTxn)) {
      refused(move, this::delete);
    } else {
      make(move, key, value);
    }
    verify();
  }

  abstract void make(Move move, int key, int value);

  /** Moves on; false after the last pair. */
  abstract boolean next();

  abstract void delete();

  /** Fails unless the cursor shows a pair, and what is stored with it. */
  abstract void assertOn(Tuple2<K, Integer> pair);

  abstract void showNothing();

  @Override
  public abstract void close();

  /** Fails unless the cursor is where it should be. */
  final void verify() {
    Tuple2<K, Integer> pair = place.pair();
    if (pair != null) {
      assertOn(pair);
    } else {
      refused("a cursor on no pair", this::showNothing);
    }
  }

  /** Fails unless the cursor has ended, because its transaction was rolled back to a savepoint. */
  final void assertEnded() {
    refused("a cursor from before a rollback", this::next);
  }

  // ---- for both kinds

  final boolean same(Move move, Object found, Object wanted) {
    expected.same("cursor " + move, found, wanted);
    return true;
  }

  /** What needs a pair on which the cursor is, and throws otherwise. */
  final void onPair(Move move, Runnable call, Consumer<Tuple2<K, Integer>> then) {
    Tuple2<K, Integer> pair = place.pair();
    if (pair == null) {
      refused(move, call);
    } else {
      call.run();
      then.accept(pair);
    }
  }

  final void append(Predicate<Tuple2<K, Integer>> call, Tuple2<K, Integer> pair, P payload) {
    boolean fits =
        expected.entries().isEmpty() || PairTable.compare(pair, expected.entries().lastKey()) > 0;
    boolean _ = same(Move.APPEND, call.test(pair), fits);
    if (fits) {
      boolean _ = expected.add(pair, payload);
      boolean _ = place.moveTo(pair);
    }
  }

  final void deleteCurrent() {
    onPair(Move.DELETE, this::delete, pair -> expected.entries().remove(pair));
  }

  /** The cursor is in a gap then. */
  final void deleteKey() {
    Tuple2<K, Integer> pair = place.pair();
    if (pair != null) {
      expected.deleteKey((WriteTxn) tx, pair.first());
    }
  }

  private void refused(Object what, Runnable call) {
    try {
      call.run();
    } catch (IllegalStateException e) {
      return;
    }
    throw new AssertionError(what + " in table " + expected.table + " was not refused");
  }
}
