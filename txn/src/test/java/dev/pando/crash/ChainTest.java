package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Durability;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;

/**
 * Chains of actions on a disk that loses what was not synced, each against a model: writing, large
 * values, several tables, savepoints, aborts, readers, named snapshots, both kinds of durability,
 * kills, power cuts and errors at any call. A chain that fails is made shorter by jqwik, which
 * prints it, and tries it first the next time: {@code .jqwik-database} remembers it. With {@code
 * -Dcrash.seed=} the same chains come in the same order.
 */
@Tag("proof")
@Tag("scaled")
class ChainTest {
  static final int CHAINS = 3000;
  private static final String[] TABLES = {"one", "two", "three"};

  private static Figures chains;
  private static long count;
  private static long images;
  private static long within;
  private static long faults;
  private static final Set<Long> LOG_SIZES = new HashSet<>();

  @BeforeContainer
  static void begin() {
    chains = new Figures("action chains", CHAINS);
    ChainSeed.of(chains);
  }

  @AfterContainer
  static void end() {
    System.out.printf("  %,d images, %,d within recovery, %,d faults%n", images, within, faults);
    chains.reached(count);
    if (System.getProperty("crash.log") == null) {
      assertThat(LOG_SIZES).as("sizes of the commit log").hasSizeGreaterThan(1);
    }
  }

  @AddLifecycleHook(ChainSeed.class)
  @Property(tries = CHAINS, shrinking = ShrinkingMode.BOUNDED)
  void everyChainKeepsWhatWasAcknowledged(@ForAll("programs") ActionChain<ProcessesRun> chain) {
    try (ProcessesRun run = chain.run()) {
      run.verify();
      LOG_SIZES.add(run.check.options().logSize());
      faults += run.faults;
      images += run.check.images;
      within += run.check.imagesWithinRecovery;
    }
    count++;
  }

  @Provide
  Arbitrary<ActionChain<ProcessesRun>> programs() {
    return Arbitraries.randomValue(Random::nextLong).flatMap(ChainTest::programs);
  }

  /** Chains of one seed, which decides the size of the commit log and what crashes leave. */
  private static Arbitrary<ActionChain<ProcessesRun>> programs(long seed) {
    return ActionChain.startWith(() -> newRun(seed))
        .withAction(12, put())
        .withAction(5, delete())
        .withAction(1, deleteRange())
        .withAction(1, tables())
        .withAction(2, many())
        .withAction(3, batches())
        .withAction(8, commit())
        .withAction(1, action(just("abort", Member::abort)))
        .withAction(3, savepoints())
        .withAction(3, readers())
        .withAction(3, snapshots())
        .withAction(2, action(just("sync", Member::sync)))
        .withAction(1, action(just("compact", Member::compact)))
        .withAction(1, action(just("reopen", Member::reopen)))
        .withAction(4, fault())
        .withMaxTransformations(30);
  }

  private static ProcessesRun newRun(long seed) {
    Random random = new Random(seed);
    ImageCheck check = new ImageCheck(512, 2048, 100, random);
    return new ProcessesRun(check, 1, 4, 1, random);
  }

  /** A step with what it is called and done with. */
  private record Step(String name, Consumer<Member> action) {
    Transformer<ProcessesRun> transformer() {
      return Transformer.mutate(name, run -> run.step(action));
    }
  }

  private static Action.Independent<ProcessesRun> action(Arbitrary<Step> steps) {
    return () -> steps.map(Step::transformer);
  }

  private static Arbitrary<Step> just(String name, Consumer<Member> action) {
    return Arbitraries.just(new Step(name, action));
  }

  private static Arbitrary<String> table() {
    return Arbitraries.of(TABLES);
  }

  private static Arbitrary<Long> key() {
    return Arbitraries.longs().between(0, 60);
  }

  private static Arbitrary<Integer> length() {
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(20, Arbitraries.integers().between(0, 60)),
        net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(60, 1200)),
        net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(1200, 9000)),
        net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(60_000, 80_000)));
  }

  private static Action.Independent<ProcessesRun> put() {
    return action(
        Combinators.combine(table(), key(), length())
            .as(
                (table, key, length) ->
                    new Step(
                        "put " + table + " " + key + " " + length,
                        run -> run.put(table, key, length))));
  }

  private static Action.Independent<ProcessesRun> delete() {
    return action(
        Combinators.combine(table(), key())
            .as(
                (table, key) ->
                    new Step("delete " + table + " " + key, run -> run.delete(table, key))));
  }

  private static Action.Independent<ProcessesRun> deleteRange() {
    return action(
        Combinators.combine(table(), key(), Arbitraries.longs().between(0, 200))
            .as(
                (table, from, count) ->
                    new Step(
                        "delete %d keys of %s from %d".formatted(count, table, from),
                        run -> run.deleteRange(table, from, from + count))));
  }

  private static Action.Independent<ProcessesRun> tables() {
    return action(
        Combinators.combine(table(), Arbitraries.integers().between(0, 3))
            .as(
                (table, what) ->
                    switch (what) {
                      case 0 -> new Step("drop " + table, run -> run.drop(table));
                      case 1 -> new Step("clear " + table, run -> run.clear(table));
                      case 2 -> new Step("rename " + table, run -> run.rename(table, "renamed"));
                      default -> new Step("drop renamed", run -> run.drop("renamed"));
                    }));
  }

  private static Action.Independent<ProcessesRun> many() {
    return action(
        Combinators.combine(table(), Arbitraries.integers().between(10, 120))
            .as(
                (table, count) ->
                    new Step(
                        "put " + count + " into " + table,
                        run -> {
                          for (int i = 0; i < count; i++) {
                            run.put(table, 100L + i, 30);
                          }
                        })));
  }

  private static Action.Independent<ProcessesRun> batches() {
    return action(
        Combinators.combine(
                table(), key(), Arbitraries.integers().between(1, 60), Arbitraries.of(true, false))
            .as(
                (table, key, count, flush) ->
                    new Step(
                        "batch of " + count + " from " + key + " on in " + table + ", " + flush,
                        run -> run.batch(table, key, count, flush))));
  }

  private static Action.Independent<ProcessesRun> commit() {
    return action(
        Arbitraries.of(Durability.SYNC, Durability.SYNC, Durability.ASYNC)
            .map(durability -> new Step("commit " + durability, run -> run.commit(durability))));
  }

  private static Action.Independent<ProcessesRun> savepoints() {
    return action(
        Combinators.combine(
                Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 3))
            .as(
                (what, which) ->
                    switch (what) {
                      case 0 -> new Step("savepoint", Member::savepoint);
                      case 1 -> new Step("roll back", run -> run.endSavepoint(which, true));
                      default -> new Step("release", run -> run.endSavepoint(which, false));
                    }));
  }

  private static Action.Independent<ProcessesRun> readers() {
    return action(
        Combinators.combine(Arbitraries.of(true, false), Arbitraries.integers().between(0, 3))
            .as(
                (begin, which) ->
                    begin
                        ? new Step("begin reader", Member::beginReader)
                        : new Step("end reader", run -> run.endReader(which))));
  }

  private static Action.Independent<ProcessesRun> snapshots() {
    return action(
        Combinators.combine(Arbitraries.integers().between(0, 2), Arbitraries.of("a", "b"))
            .as(
                (what, name) ->
                    switch (what) {
                      case 0 -> new Step("snapshot " + name, run -> run.createSnapshot(name));
                      case 1 -> new Step("drop snapshot " + name, run -> run.dropSnapshot(name));
                      default -> new Step("restore " + name, run -> run.restoreSnapshot(name));
                    }));
  }

  private static Action.Independent<ProcessesRun> fault() {
    return action(
        Combinators.combine(Arbitraries.of(Fault.class), Arbitraries.integers().between(1, 12))
            .as(
                (what, calls) ->
                    new Step(what + " at call " + calls, run -> run.plan(what, calls))));
  }
}
