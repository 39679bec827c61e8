package dev.pando.bench.flat;

import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Machine;
import dev.pando.bench.harness.Progress;
import dev.pando.bench.harness.Trial;
import dev.pando.bench.harness.TrialRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Costs that must not grow with the file, its tables or its readers. */
@Command(
    name = "flat",
    sortOptions = false,
    description =
        "Measures costs with little and with much of what they must not grow with, each in a JVM of"
            + " its own. Ends with 1 if one grows.")
public final class Flat implements Callable<Integer> {
  @Parameters(paramLabel = "ROW", arity = "0..*", description = "Only these rows; default: all.")
  private List<String> wanted = new ArrayList<>();

  @Option(names = "--list", description = "List the rows.")
  private boolean list;

  @Mixin private HarnessOptions options = new HarnessOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Measures one row. */
  record FlatTrial(String row, Path directory, boolean quick) implements Trial<Points> {
    @Override
    public Points run() throws Exception {
      return new Points(FlatRow.of(row).body().measure(directory, quick));
    }
  }

  record Points(List<FlatRow.Point> points) {}

  @Override
  public Integer call() throws IOException {
    if (list) {
      FlatRow.ALL.forEach(row -> System.out.printf("%-13s %s%n", row.name(), row.title()));
      return 0;
    }
    List<FlatRow> rows =
        FlatRow.ALL.stream()
            .filter(row -> wanted.isEmpty() || wanted.contains(row.name()))
            .toList();
    if (!wanted.isEmpty() && rows.size() != wanted.size()) {
      throw new ParameterException(
          spec.commandLine(), "rows are: " + FlatRow.ALL.stream().map(FlatRow::name).toList());
    }
    TrialRunner runner = new TrialRunner(options.directory());
    List<FlatReport.Row> results = new ArrayList<>();
    try (Progress progress = new Progress("flat", rows.size())) {
      for (FlatRow row : rows) {
        progress.step(row.name());
        FlatTrial trial = new FlatTrial(row.name(), runner.scratch(), options.quick());
        Points found = runner.run(List.of(), trial, Points.class);
        results.add(FlatReport.Row.of(row, found.points()));
      }
    }
    return options.report("flat", new FlatReport(Machine.describe(options.directory()), results));
  }
}
