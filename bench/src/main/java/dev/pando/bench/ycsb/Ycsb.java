package dev.pando.bench.ycsb;

import dev.pando.bench.report.ChildJvm;
import dev.pando.bench.report.Figures;
import dev.pando.bench.report.Folders;
import dev.pando.bench.report.Machine;
import dev.pando.bench.report.Progress;
import dev.pando.bench.report.ReportOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/run ycsb}: the six standard workloads on Pando and on lmdbjava. */
@Command(
    name = "bench/run ycsb",
    sortOptions = false,
    description =
        "Runs YCSB's workloads A to F on Pando and on lmdbjava, each in a JVM and on a store of its"
            + " own: operations a second and percentiles of their times. Every change is on disk"
            + " when the call returns, in both stores.")
final class Ycsb implements Callable<Integer> {
  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "A",
      description = "Which workloads, such as A,B; default: all of ${COMPLETION-CANDIDATES}.")
  private List<CoreMix> workloads = List.of(CoreMix.values());

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

  @Mixin private ReportOptions options = new ReportOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Ycsb()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public Integer call() {
    records = records != 0 ? records : options.quick() ? 10_000 : 100_000;
    operations = operations != 0 ? operations : options.quick() ? 10_000 : 100_000;
    if (records < 1 || threads < 1 || operations < 2 * threads) {
      throw new ParameterException(
          spec.commandLine(),
          "--records and --threads: allowed 1 or more; --operations: at least two a thread");
    }
    Path directory = Folders.temporary(options.directory());
    Map<CoreMix, Map<Store.Kind, Outcome>> outcomes = new EnumMap<>(CoreMix.class);
    try (Progress progress = new Progress("ycsb", 2L * workloads.size())) {
      for (CoreMix mix : workloads) {
        for (Store.Kind kind : Store.Kind.values()) {
          progress.step(mix + " " + kind);
          outcomes
              .computeIfAbsent(mix, _ -> new EnumMap<>(Store.Kind.class))
              .put(kind, run(kind, mix, directory.resolve(kind + "-" + mix)));
        }
      }
      report(outcomes, Machine.describe(directory));
    } finally {
      Folders.delete(directory);
    }
    return 0;
  }

  private Outcome run(Store.Kind kind, CoreMix mix, Path directory) {
    Map<String, String> lines = new LinkedHashMap<>();
    ChildJvm.run(
        kind == Store.Kind.LMDBJAVA ? ChildJvm.LMDBJAVA_FLAGS : List.of(),
        Trial.class,
        List.of(
            kind.name(),
            mix.name(),
            Integer.toString(records),
            Integer.toString(operations),
            Integer.toString(threads),
            Integer.toString(options.quick() ? 1_000 : 4_000),
            directory.toString()),
        line -> {
          int space = line.indexOf(' ');
          if (space > 0) {
            lines.put(line.substring(0, space + 1), line.substring(space + 1));
          }
        });
    Folders.delete(directory);
    if (!lines.containsKey(Trial.THROUGHPUT)) { // a client thread that fails exits with 0
      throw new IllegalStateException("workload " + mix + " on " + kind + " failed: see above");
    }
    long failures = Long.parseLong(lines.get(Trial.FAILURES));
    if (failures > 0) {
      throw new IllegalStateException(
          "workload " + mix + " on " + kind + ": " + failures + " answers were not OK");
    }
    return outcome(lines);
  }

  private static Outcome outcome(Map<String, String> lines) {
    Map<String, Outcome.Times> times = new LinkedHashMap<>();
    for (Kind operation : Kind.values()) {
      String found = lines.get(operation + " ");
      if (found != null) {
        times.put(operation.name(), Outcome.Times.of(found));
      }
    }
    return new Outcome(Double.parseDouble(lines.get(Trial.THROUGHPUT)), 0, times);
  }

  private void report(Map<CoreMix, Map<Store.Kind, Outcome>> outcomes, String machine) {
    YcsbReport report = new YcsbReport(outcomes);
    String markdown =
        """
        # YCSB

        %s rows of ten fields of 100 bytes, %s operations on %d thread%s after seconds of warming up; keys are
        drawn as each workload says (zipfian, or the newest). Each workload has a freshly loaded store in a JVM of
        its own. Every update and insert is a transaction that is on disk when the call returns, in both
        stores. Percentiles are of the store's call alone; operations a second include YCSB's own work.

        %s
        %s
        %s
        """
            .formatted(
                Figures.count(records),
                Figures.count(operations),
                threads,
                threads == 1 ? "" : "s",
                report.throughput(),
                report.latency(),
                machine);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("records", records);
    data.put("operations", operations);
    data.put("threads", threads);
    data.put("machine", machine);
    data.put("workloads", new ArrayList<>(workloads));
    data.put("outcomes", outcomes);
    options.report("ycsb", markdown, data);
  }
}
