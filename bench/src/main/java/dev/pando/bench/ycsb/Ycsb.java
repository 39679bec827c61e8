package dev.pando.bench.ycsb;

import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Machine;
import dev.pando.bench.harness.Progress;
import dev.pando.bench.harness.TrialRunner;
import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The six standard workloads of YCSB. */
@Command(
    name = "ycsb",
    sortOptions = false,
    description =
        "Runs YCSB's workloads A to F on Pando and on lmdbjava, each in a JVM and on a store of its"
            + " own: operations a second and percentiles of their times. Every change is on disk"
            + " when the call returns, in all stores.")
public final class Ycsb implements Callable<Integer> {
  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "A",
      description = "Which workloads, such as A,B; default: all of ${COMPLETION-CANDIDATES}.")
  private List<CoreMix> workloads = List.of(CoreMix.values());

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "STORE",
      description = "Which stores; default: pando,lmdbjava; hashed is a floor under reads.")
  private List<StoreKind> stores = List.of(StoreKind.PANDO, StoreKind.LMDBJAVA);

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "Rows of ten fields of 100 bytes; default 100000, with --quick 10000.")
  private int records;

  @Option(
      names = "--operations",
      paramLabel = "N",
      description = "Operations that are measured; default 100000, with --quick 10000.")
  private int operations;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that share them; default: ${DEFAULT-VALUE}.")
  private int threads = 1;

  @Mixin private HarnessOptions options = new HarnessOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    records = records != 0 ? records : options.quick() ? 10_000 : 100_000;
    operations = operations != 0 ? operations : options.quick() ? 10_000 : 100_000;
    if (records < 1 || threads < 1 || operations < 2 * threads) {
      throw new ParameterException(
          spec.commandLine(),
          "--records and --threads: allowed 1 or more; --operations: at least two a thread");
    }
    if (stores.contains(StoreKind.FLAT) || stores.contains(StoreKind.BARE)) {
      throw new ParameterException(
          spec.commandLine(), "--peers: the only floor of YCSB's workloads is hashed, for reads");
    }
    TrialRunner runner = new TrialRunner(options.directory());
    List<YcsbReport.Row> rows = new ArrayList<>();
    try (Progress progress = new Progress("ycsb", (long) stores.size() * workloads.size())) {
      for (CoreMix mix : workloads) {
        for (StoreKind kind : stores) {
          progress.step(mix + " " + kind);
          rows.add(new YcsbReport.Row(mix, kind.toString(), run(runner, mix, kind)));
        }
      }
    }
    String machine = Machine.describe(options.directory());
    return options.report("ycsb", new YcsbReport(machine, records, operations, threads, rows));
  }

  private MixTrial.Outcome run(TrialRunner runner, CoreMix mix, StoreKind kind) {
    int warmMillis = options.quick() ? 1_000 : 4_000;
    MixTrial trial =
        new MixTrial(
            kind,
            mix,
            records,
            operations,
            threads,
            warmMillis,
            runner.scratch().resolve(kind + "-" + mix));
    MixTrial.Outcome outcome = runner.run(kind.flags(), trial, MixTrial.Outcome.class);
    if (outcome.failures() > 0) {
      throw new IllegalStateException(
          "workload " + mix + " on " + kind + ": " + outcome.failures() + " answers were not OK");
    }
    return outcome;
  }
}
