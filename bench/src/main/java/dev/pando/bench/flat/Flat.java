package dev.pando.bench.flat;

import dev.pando.bench.report.Folders;
import dev.pando.bench.report.Machine;
import dev.pando.bench.report.Progress;
import dev.pando.bench.report.ReportOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench/run flat}: costs that must not grow with the file, its tables or its readers. */
@Command(
    name = "bench/run flat",
    sortOptions = false,
    description =
        "Measures costs with little and with much of what they must not grow with. Ends with 1 if"
            + " one grows.")
final class Flat implements Callable<Integer> {
  /** All rows. */
  private static final List<FlatRow> ROWS =
      List.of(
          TablesRow.ofHandles(),
          TablesRow.ofDescriptions(),
          TablesRow.ofCommits(),
          WriteTablesRow.ofTransactions(),
          WriteTablesRow.ofOneTable(),
          SnapshotsRow.ofCommits(),
          SnapshotsRow.ofStats(),
          SnapshotsRow.ofMaking(),
          new CursorsRow(),
          new BurstRow(),
          new ChunksRow(),
          new GrowthRow(),
          new TurnsRow(),
          new WindowRow(),
          new FreeRunRow());

  @Parameters(paramLabel = "ROW", arity = "0..*", description = "Only these rows; default: all.")
  private List<String> wanted = new ArrayList<>();

  @Mixin private ReportOptions options = new ReportOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Flat()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    List<FlatRow> rows = wantedRows();
    List<FlatResult> results = new ArrayList<>();
    try (Progress progress = new Progress("flat", rows.size())) {
      for (FlatRow row : rows) {
        progress.step(row.name());
        Path directory = Folders.temporary(options.directory());
        try {
          results.add(FlatResult.of(row, row.measure(directory, options.quick())));
        } finally {
          Folders.delete(directory);
        }
      }
    }
    String machine = Machine.describe(options.directory());
    options.report(
        "flat", FlatResult.markdown(results, machine), Map.of("machine", machine, "rows", results));
    return results.stream().allMatch(FlatResult::isFlat) ? 0 : 1;
  }

  private List<FlatRow> wantedRows() {
    List<FlatRow> rows = new ArrayList<>(ROWS);
    if (!wanted.isEmpty()) {
      rows.removeIf(row -> !wanted.contains(row.name()));
      if (rows.size() != wanted.size()) {
        throw new ParameterException(
            spec.commandLine(), "rows are: " + ROWS.stream().map(FlatRow::name).toList());
      }
    }
    return rows;
  }
}
