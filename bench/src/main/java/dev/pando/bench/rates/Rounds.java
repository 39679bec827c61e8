package dev.pando.bench.rates;

import dev.pando.bench.harness.Folders;
import dev.pando.bench.harness.Progress;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.harness.TrialRunner;
import dev.pando.bench.harness.TrialRunner.TrialFailedException;
import dev.pando.bench.store.StoreKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs all trials, round by round, so that whatever disturbs the machine for a while disturbs all
 * stores.
 */
final class Rounds {
  /** A JVM is young once, so also the guard measures a cost this often, at least. */
  private static final int ROUNDS_OF_COSTS = 7;

  /** A store that is overwritten grows, but not beyond so many times its size. */
  private static final int GROWN = 4;

  private final Setting setting;
  private final Results results = new Results();
  private final TrialRunner runner;
  private final Set<StoreKind> prepared = EnumSet.noneOf(StoreKind.class);
  private final Set<StoreKind> crashed = EnumSet.noneOf(StoreKind.class);
  private final Set<StoreKind> unusable = EnumSet.noneOf(StoreKind.class);

  /** Loads or measures one store, for one workload. */
  record RateTrial(Stage stage, Workload workload) implements Trial<Outcome> {
    @Override
    public Outcome run() {
      return workload.run(stage);
    }
  }

  /** One measurement. */
  private record Planned(Workload workload, StoreKind kind) {}

  Rounds(Setting setting, TrialRunner runner) {
    this.setting = setting;
    this.runner = runner;
  }

  Results run(List<StoreKind> kinds, List<Workload> workloads, int rounds) {
    List<Planned> plan = plan(kinds, workloads, rounds);
    try (Progress progress = new Progress("compare", plan.size())) {
      for (Planned trial : plan) {
        progress.step(trial.workload + " " + trial.kind);
        prepare(trial.kind);
        if (!unusable.contains(trial.kind)) {
          run(trial);
        }
      }
    }
    results.compareChecksums();
    return results;
  }

  private List<Planned> plan(List<StoreKind> kinds, List<Workload> workloads, int rounds) {
    List<Planned> plan = new ArrayList<>();
    List<StoreKind> order = new ArrayList<>(kinds);
    for (int round = 0; round < Math.max(rounds, ROUNDS_OF_COSTS); round++) {
      for (Workload workload : workloads) {
        for (StoreKind kind : order) {
          if (workload.isFor(kind) && round < roundsOf(workload, kind, rounds)) {
            plan.add(new Planned(workload, kind));
          }
        }
      }
      Collections.rotate(order, 1); // no store is always the first, or after the same one
    }
    return plan;
  }

  private int roundsOf(Workload workload, StoreKind kind, int rounds) {
    if (workload.isSize() || (setting.quick() && kind.isFloor())) {
      return 1;
    }
    return setting.isGuard() && workload.isCost() ? Math.max(rounds, ROUNDS_OF_COSTS) : rounds;
  }

  private Stage stage(StoreKind kind) {
    return stage(kind, runner.scratch());
  }

  private Stage stage(StoreKind kind, Path scratch) {
    Path loaded = Folders.make(runner.directory().resolve(kind.toString()));
    return new Stage(kind, setting, loaded, scratch);
  }

  /**
   * The guard makes warm commits in memory, if there is room for a store that has grown. On a slow
   * disk they would be too few for the compilers, and cost what the system takes to wait.
   */
  private Outcome measure(Planned trial) {
    Optional<Path> memory =
        setting.isGuard() && trial.workload == Workload.COMMIT1
            ? Folders.inMemory(GROWN * Folders.mebibytes(stage(trial.kind).loaded()))
            : Optional.empty();
    RateTrial measured =
        new RateTrial(stage(trial.kind, memory.orElse(runner.scratch())), trial.workload);
    try {
      return runner.run(trial.kind.flags(), measured, Outcome.class);
    } finally {
      memory.ifPresent(Folders::delete);
    }
  }

  /** Loads the store before its first trial. */
  private void prepare(StoreKind kind) {
    if (prepared.add(kind)) {
      try {
        Loads.LoadTrial load = new Loads.LoadTrial(stage(kind));
        results.config(kind, runner.run(kind.flags(), load, Loads.Config.class).config());
      } catch (TrialFailedException e) {
        unusable.add(kind);
        results.fail("loading " + kind + ": " + e.getMessage());
      }
    }
  }

  private void run(Planned trial) {
    StoreKind kind = trial.kind;
    try {
      if (trial.workload == Workload.OPENAFTERCRASH && crashed.add(kind)) {
        runner.crash(kind.flags(), new Opens.CrashTrial(stage(kind)), Opens.CrashTrial.EXIT);
      }
      results.add(trial.workload, kind, measure(trial));
    } catch (TrialFailedException e) {
      results.fail(trial.workload + " " + kind + ": " + e.getMessage());
    }
  }
}
