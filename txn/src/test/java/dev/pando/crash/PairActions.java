package dev.pando.crash;

import static dev.pando.crash.MemberActions.action;
import static dev.pando.crash.MemberActions.commit;
import static dev.pando.crash.MemberActions.fault;
import static dev.pando.crash.MemberActions.member;
import static dev.pando.crash.MemberActions.number;
import static dev.pando.crash.MemberActions.readers;

import dev.pando.crash.MemberActions.Step;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;

/** The actions of chains with tables of pairs. */
final class PairActions {
  private static final int KEYS = 11;

  private PairActions() {}

  /**
   * Chains of actions.
   *
   * @param start begins a program
   * @param length steps of a chain
   * @param faults whether calls of the disk fail, and processes are killed
   */
  static Arbitrary<ActionChain<PairRun>> chains(
      Supplier<PairRun> start, int length, boolean faults) {
    var chain =
        ActionChain.startWith(start)
            .withAction(12, put())
            .withAction(1, fill())
            .withAction(4, delete())
            .withAction(2, deleteKey())
            .withAction(14, deleteRanges())
            .withAction(13, moveCursor())
            .withAction(1, closeCursor())
            .withAction(12, read())
            .withAction(3, readKept())
            .withAction(6, savepoints())
            .withAction(5, commit())
            .withAction(2, readers())
            .withAction(1, clear())
            .withAction(2, member())
            .withMaxTransformations(length);
    return faults ? chain.withAction(2, fault()) : chain;
  }

  private static Step<PairRun> step(String name, Consumer<PairRun> action) {
    return new Step<>(name, action);
  }

  // ---- numbers

  private static Arbitrary<Integer> table() {
    return number(0, 1);
  }

  private static Arbitrary<Integer> key() {
    return number(0, KEYS - 1);
  }

  private static Arbitrary<Integer> value() {
    return number(0, PairTable.VALUES - 1);
  }

  private static Arbitrary<PairRun.Series> series(int most) {
    return Combinators.combine(
            key(), value(), number(1, most), Arbitraries.of(1, 2, 7, 11), Arbitraries.of(0, 0, 1))
        .as(PairRun.Series::new);
  }

  // ---- ranges

  private record Cut(boolean reversed, int skip, int limit) {}

  private static final Cut NO_CUT = new Cut(false, 0, -1);

  private static Arbitrary<Cut> cut() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, Arbitraries.just(NO_CUT)),
        Tuple.of(
            1,
            Combinators.combine(Arbitraries.of(false, true), number(0, 5), number(-1, 30))
                .as(Cut::new)));
  }

  private static final List<Span.Shape> BOUNDED =
      List.of(Span.Shape.CLOSED, Span.Shape.OPEN, Span.Shape.CLOSED_OPEN, Span.Shape.OPEN_CLOSED);

  /** Of values of a key, of pairs from one to another, and rarely of those up to an end. */
  private static Arbitrary<Span> span() {
    Arbitrary<Span.Shape> any = Arbitraries.of(Span.Shape.class);
    Arbitrary<Span.Shape> bounded = Arbitraries.of(BOUNDED);
    Arbitrary<Tuple.Tuple2<Span.Shape, Boolean>> shapes =
        Arbitraries.frequencyOf(
            Tuple.of(20, bounded.map(shape -> Tuple.of(shape, true))),
            Tuple.of(8, any.map(shape -> Tuple.of(shape, true))),
            Tuple.of(8, bounded.map(shape -> Tuple.of(shape, false))),
            Tuple.of(1, any.map(shape -> Tuple.of(shape, false))));
    Arbitrary<Integer> keys = Arbitraries.of(0, 0, 0, 1);
    Arbitrary<Integer> values = Arbitraries.oneOf(number(0, 12), number(0, 12), number(0, 80));
    return Combinators.combine(shapes, key(), value(), keys, values, cut())
        .as(
            (shape, key, value, moreKeys, moreValues, cut) ->
                new Span(
                    shape.get1(),
                    shape.get2(),
                    key,
                    value,
                    key + moreKeys,
                    value + moreValues,
                    cut.reversed,
                    cut.skip,
                    cut.limit));
  }

  // ---- actions

  private static Action.Independent<PairRun> put() {
    return action(
        Combinators.combine(table(), series(25))
            .as(
                (table, series) ->
                    step("put into " + table + " " + series, run -> run.put(table, series))));
  }

  private static Action.Independent<PairRun> fill() {
    return action(
        Combinators.combine(table(), value(), number(40, 150))
            .as(
                (table, value, count) ->
                    step(
                        "put %d pairs of all keys from %d on into %d"
                            .formatted(count, value, table),
                        run -> run.put(table, new PairRun.Series(0, value, count, 7, 1)))));
  }

  private static Action.Independent<PairRun> delete() {
    return action(
        Combinators.combine(table(), series(15))
            .as(
                (table, series) ->
                    step("delete from " + table + " " + series, run -> run.delete(table, series))));
  }

  private static Action.Independent<PairRun> deleteKey() {
    return action(
        Combinators.combine(table(), key())
            .as(
                (table, key) ->
                    step(
                        "delete key " + key + " from " + table, run -> run.deleteKey(table, key))));
  }

  private static Action.Independent<PairRun> deleteRanges() {
    return action(
        Combinators.combine(table(), span(), number(1, 14))
            .as(
                (table, span, ranges) ->
                    step(
                        "delete %d ranges from %d: %s".formatted(ranges, table, span),
                        run -> run.deleteRanges(table, span, ranges))));
  }

  private static Arbitrary<List<PairCursor.Move>> moves() {
    return Arbitraries.of(PairCursor.Move.class).list().ofMinSize(1).ofMaxSize(5);
  }

  private static Action.Independent<PairRun> moveCursor() {
    return action(
        Combinators.combine(number(0, PairRun.CURSORS - 1), table(), moves(), key(), value())
            .as(
                (which, table, moves, key, value) ->
                    step(
                        "cursor %d in %d: %s, %d %d".formatted(which, table, moves, key, value),
                        run -> run.move(which, table, moves, key, value))));
  }

  private static Action.Independent<PairRun> closeCursor() {
    return action(
        number(0, PairRun.CURSORS - 1)
            .map(which -> step("close cursor " + which, run -> run.closeCursor(which))));
  }

  private static Action.Independent<PairRun> read() {
    return action(
        Combinators.combine(table(), span(), number(0, 1000))
            .as(
                (table, span, number) ->
                    step(
                        "read %d, %d: %s".formatted(table, number, span),
                        run -> run.read(table, span, number))));
  }

  private static Action.Independent<PairRun> readKept() {
    return action(
        Combinators.combine(number(0, 2), table(), span(), number(0, 1000), moves())
            .as(
                (which, table, span, number, moves) ->
                    step(
                        "reader %d reads %d, %d: %s, %s"
                            .formatted(which, table, number, span, moves),
                        run -> run.readKept(which, table, span, number, moves))));
  }

  private static Action.Independent<PairRun> savepoints() {
    return action(
        Combinators.combine(number(0, 4), number(0, 2))
            .as(
                (what, which) ->
                    switch (what) {
                      case 0, 1 -> step("savepoint", PairRun::savepoint);
                      case 2 -> step("release " + which, run -> run.endSavepoint(which, false));
                      default -> step("roll back " + which, run -> run.endSavepoint(which, true));
                    }));
  }

  private static Action.Independent<PairRun> clear() {
    return action(
        Combinators.combine(table(), Arbitraries.of(true, false))
            .as(
                (table, drop) ->
                    drop
                        ? step("drop " + table, run -> run.drop(table))
                        : step("clear " + table, run -> run.clear(table))));
  }
}
