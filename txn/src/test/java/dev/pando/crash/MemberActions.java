package dev.pando.crash;

import dev.pando.Durability;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.Transformer;

/** The actions of chains that are the same whatever the tables are: those of a {@link Member}. */
final class MemberActions {
  private MemberActions() {}

  /** What a chain's actions are done with. */
  interface Program {
    /** A step of the process. */
    void step(Consumer<Member> action);
  }

  /** A step with what it is called and done with. */
  record Step<R>(String name, Consumer<R> action) {
    Transformer<R> transformer() {
      return Transformer.mutate(name, action);
    }
  }

  static <R> Action.Independent<R> action(Arbitrary<Step<R>> steps) {
    return () -> steps.map(Step::transformer);
  }

  static <R extends Program> Step<R> ofMember(String name, Consumer<Member> action) {
    return new Step<>(name, run -> run.step(action));
  }

  static Arbitrary<Integer> number(int from, int to) {
    return Arbitraries.integers()
        .between(from, to)
        .withDistribution(RandomDistribution.uniform())
        .shrinkTowards(from)
        .withoutEdgeCases();
  }

  static <R extends Program> Action.Independent<R> commit() {
    return action(
        Arbitraries.of(Durability.SYNC, Durability.SYNC, Durability.ASYNC)
            .map(durability -> ofMember("commit " + durability, m -> m.commit(durability))));
  }

  static <R extends Program> Action.Independent<R> readers() {
    return action(
        Combinators.combine(Arbitraries.of(true, false), number(0, 2))
            .as(
                (begin, which) ->
                    begin
                        ? ofMember("begin reader", Member::beginReader)
                        : ofMember("end reader " + which, m -> m.endReader(which))));
  }

  /** What has to do with the whole database. */
  static <R extends Program> Action.Independent<R> member() {
    return action(
        Arbitraries.of("abort", "sync", "compact", "check", "reopen")
            .map(
                what ->
                    ofMember(
                        what,
                        switch (what) {
                          case "abort" -> Member::abort;
                          case "sync" -> Member::sync;
                          case "compact" -> Member::compact;
                          case "check" -> Member::check;
                          default -> Member::reopen;
                        })));
  }

  static <R extends Program> Action.Independent<R> fault() {
    return action(
        Combinators.combine(Arbitraries.of(Fault.class), number(1, 12))
            .as((what, calls) -> ofMember(what + " at call " + calls, m -> m.plan(what, calls))));
  }
}
