package dev.pando.crash;

import static dev.pando.crash.MemberActions.action;
import static dev.pando.crash.MemberActions.commit;
import static dev.pando.crash.MemberActions.fault;
import static dev.pando.crash.MemberActions.member;
import static dev.pando.crash.MemberActions.number;
import static dev.pando.crash.MemberActions.ofMember;
import static dev.pando.crash.MemberActions.readers;

import dev.pando.crash.IndexedShape.Row;
import dev.pando.crash.MemberActions.Step;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;

/** The actions of chains with a table with indexes. */
final class IndexActions {
  private static final int FIRST_KEY = 500;
  private static final int KEYS = 120;

  private IndexActions() {}

  /**
   * Chains of actions.
   *
   * @param start begins a program
   * @param length steps of a chain
   */
  static Arbitrary<ActionChain<IndexRun>> chains(Supplier<IndexRun> start, int length) {
    return ActionChain.startWith(start)
        .withAction(14, put())
        .withAction(2, fill())
        .withAction(5, delete())
        .withAction(7, batch())
        .withAction(3, load())
        .withAction(8, deleteRange())
        .withAction(4, indexes())
        .withAction(3, tables())
        .withAction(7, savepoints())
        .withAction(5, reads())
        .withAction(8, commit())
        .withAction(4, just("change the program", IndexRun::changeProgram))
        .withAction(6, convertInSteps())
        .withAction(2, build())
        .withAction(2, readers())
        .withAction(2, snapshots())
        .withAction(2, member())
        .withAction(3, fault())
        .withMaxTransformations(length);
  }

  private static Step<IndexRun> step(String name, Consumer<IndexRun> action) {
    return new Step<>(name, action);
  }

  private static Action.Independent<IndexRun> just(String name, Consumer<IndexRun> action) {
    return action(Arbitraries.just(step(name, action)));
  }

  // ---- values

  private static Arbitrary<Integer> key() {
    return number(FIRST_KEY, FIRST_KEY + KEYS - 1);
  }

  private static Arbitrary<Integer> index() {
    return number(0, IndexedShape.NAMES.size() - 1);
  }

  /** Of three rows one has a code, which two rows may have. */
  private static Arbitrary<Row> row() {
    return Combinators.combine(
            number(0, 40), number(0, 19), number(0, 2), number(0, 180), number(0, 3), number(4, 7))
        .as(
            (length, name, group, code, from, to) ->
                new Row(
                    "n".repeat(length) + name,
                    group,
                    code < 60 ? code : null,
                    "abcdefg".substring(from, to)));
  }

  private static Arbitrary<List<Row>> rows(int most) {
    return row().list().ofMinSize(1).ofMaxSize(most);
  }

  // ---- actions

  private static Action.Independent<IndexRun> put() {
    return action(
        Combinators.combine(number(0, 5), key(), rows(4))
            .as(
                (way, first, rows) ->
                    step(
                        "put in way %d from %d on %s".formatted(way, first, rows),
                        run -> run.put(way, first, rows))));
  }

  private static Action.Independent<IndexRun> fill() {
    return action(
        number(20, 60)
            .map(
                count ->
                    step(
                        "put " + count + " rows",
                        run ->
                            run.put(
                                5,
                                FIRST_KEY,
                                IntStream.range(0, count)
                                    .mapToObj(i -> new Row("fill" + i, i % 3, null, "ab"))
                                    .toList()))));
  }

  private static Action.Independent<IndexRun> delete() {
    return action(
        Combinators.combine(key(), number(1, 5))
            .as(
                (first, count) ->
                    step(
                        "delete " + count + " from " + first + " on",
                        run -> run.delete(first, count))));
  }

  private static Action.Independent<IndexRun> batch() {
    return action(
        Combinators.combine(key(), rows(25), Arbitraries.of(true, false))
            .as(
                (first, rows, flush) ->
                    step(
                        "batch from %d on, %s, %s".formatted(first, flush, rows),
                        run -> run.batch(first, rows, flush))));
  }

  private static Action.Independent<IndexRun> load() {
    return action(rows(20).map(rows -> step("load " + rows, run -> run.load(rows))));
  }

  private static Action.Independent<IndexRun> deleteRange() {
    Arbitrary<Integer> lengths = Arbitraries.oneOf(number(0, 10), number(0, 10), number(0, KEYS));
    return action(
        Combinators.combine(number(0, 3), key(), lengths)
            .as(
                (way, from, count) ->
                    step(
                        "delete a range in way %d, %d from %d on".formatted(way, count, from),
                        run -> run.deleteRange(way, from, from + (long) count))));
  }

  private static Action.Independent<IndexRun> indexes() {
    return action(
        Combinators.combine(Arbitraries.of(true, true, false), index())
            .as(
                (create, index) ->
                    create
                        ? step("create index " + index, run -> run.createIndex(index))
                        : step("drop index " + index, run -> run.dropIndex(index))));
  }

  private static Action.Independent<IndexRun> tables() {
    return action(
        Arbitraries.of(
            step("rename", IndexRun::rename),
            step("rename", IndexRun::rename),
            step("clear", IndexRun::clear),
            step("drop", IndexRun::drop)));
  }

  private static Action.Independent<IndexRun> savepoints() {
    return action(
        Combinators.combine(number(0, 4), number(0, 2))
            .as(
                (what, which) ->
                    switch (what) {
                      case 0, 1 -> step("savepoint", IndexRun::savepoint);
                      case 2 -> ofMember("release " + which, m -> m.endSavepoint(which, false));
                      default -> ofMember("roll back " + which, m -> m.endSavepoint(which, true));
                    }));
  }

  private static Action.Independent<IndexRun> reads() {
    return action(
        Combinators.combine(Arbitraries.of(true, true, false), number(0, 2))
            .as(
                (now, which) ->
                    now
                        ? step("read", IndexRun::read)
                        : step("reader " + which + " reads", run -> run.readKept(which))));
  }

  private static Action.Independent<IndexRun> convertInSteps() {
    return action(
        Combinators.combine(number(0, 3), Arbitraries.of(5, 10, 25, 200), number(0, 4))
            .as(
                (how, perCommit, stopAfter) ->
                    step(
                        "convert %s, %d a step, stop after %d"
                            .formatted(how == 0 ? "what is left" : "on", perCommit, stopAfter),
                        run -> {
                          if (how == 0) {
                            run.convertInSteps(perCommit, stopAfter);
                          } else {
                            run.changeInSteps(perCommit, stopAfter);
                          }
                        })));
  }

  private static Action.Independent<IndexRun> build() {
    return action(index().map(index -> step("build " + index, run -> run.build(index))));
  }

  private static Action.Independent<IndexRun> snapshots() {
    return action(
        Arbitraries.of(
            ofMember("create snapshot", m -> m.createSnapshot("a")),
            ofMember("drop snapshot", m -> m.dropSnapshot("a")),
            ofMember("restore snapshot", m -> m.restoreSnapshot("a"))));
  }
}
