package dev.pando.bench.compare;

import dev.pando.bench.compare.Children.TrialFailedException;
import dev.pando.bench.report.Folders;
import dev.pando.bench.report.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs all trials, round by round, so that whatever disturbs the machine for a while disturbs all
 * stores.
 */
final class Rounds {
  private static final long TIMEOUT_MINUTES = 20;

  private final Setting setting;
  private final Path directory;
  private final Results results = new Results();
  private final Children children;
  private final Set<PeerKind> prepared = EnumSet.noneOf(PeerKind.class);
  private final Set<PeerKind> crashed = EnumSet.noneOf(PeerKind.class);
  private final Set<PeerKind> unusable = EnumSet.noneOf(PeerKind.class);

  /** One measurement. */
  private record Planned(Workload workload, PeerKind kind) {}

  /**
   * Rounds that have not begun.
   *
   * @param parent where a directory for files is made, to be deleted when this JVM ends
   */
  Rounds(Setting setting, Path parent) {
    this.setting = setting;
    directory = Folders.temporary(parent);
    children = new Children(directory, TIMEOUT_MINUTES);
    Runtime.getRuntime().addShutdownHook(new Thread(this::clean)); // also after an interrupt
  }

  private void clean() {
    children.stop();
    Folders.delete(directory);
  }

  Results run(List<PeerKind> peers, List<Workload> workloads, int rounds) {
    List<Planned> plan = plan(peers, workloads, rounds);
    try (Progress progress = new Progress("compare", plan.size())) {
      for (Planned trial : plan) {
        progress.step(trial.workload.id() + " " + trial.kind.id());
        prepare(trial.kind);
        if (!unusable.contains(trial.kind)) {
          run(trial);
        }
      }
    }
    results.compareChecksums();
    return results;
  }

  private List<Planned> plan(List<PeerKind> peers, List<Workload> workloads, int rounds) {
    List<Planned> plan = new ArrayList<>();
    List<PeerKind> order = new ArrayList<>(peers);
    for (int round = 0; round < rounds; round++) {
      for (Workload workload : workloads) {
        for (PeerKind kind : order) {
          if (kind.can(workload) && (round == 0 || repeats(workload, kind))) {
            plan.add(new Planned(workload, kind));
          }
        }
      }
      Collections.rotate(order, 1); // nobody is always the first or behind the same one
    }
    return plan;
  }

  private boolean repeats(Workload workload, PeerKind kind) {
    return !workload.isSize() && !(setting.quick() && kind.isFloor());
  }

  private Path loaded(PeerKind kind) {
    return directory.resolve(kind.id());
  }

  /** Loads the store before its first trial. */
  private void prepare(PeerKind kind) {
    if (prepared.add(kind)) {
      Directories.make(loaded(kind));
      try {
        Map<String, String> result = trial(kind, Trial.PREPARE);
        results.config(kind, result.getOrDefault("config", ""));
      } catch (TrialFailedException e) {
        unusable.add(kind);
        results.fail("loading " + kind.id() + ": " + e.getMessage());
      }
    }
  }

  private void run(Planned trial) {
    try {
      if (trial.workload.afterCrash() && crashed.add(trial.kind)) {
        Map<String, String> _ = trial(trial.kind, Trial.CRASH);
      }
      Map<String, String> result = trial(trial.kind, trial.workload.id());
      results.add(
          trial.workload,
          trial.kind,
          Double.parseDouble(result.get("value")),
          result.get("checksum"));
    } catch (TrialFailedException e) {
      results.fail(trial.workload.id() + " " + trial.kind.id() + ": " + e.getMessage());
    }
  }

  private Map<String, String> trial(PeerKind kind, String workload) throws TrialFailedException {
    Path scratch = directory.resolve(Children.SCRATCH);
    Folders.delete(scratch);
    Directories.make(scratch);
    return children.run(kind, Trial.arguments(kind, workload, loaded(kind), scratch, setting));
  }
}
