package dev.pando.bench;

import dev.pando.bench.flat.Flat;
import dev.pando.bench.flat.FlatReport;
import dev.pando.bench.growth.Growth;
import dev.pando.bench.growth.GrowthReport;
import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Report;
import dev.pando.bench.jmh.Smoke;
import dev.pando.bench.memory.Memory;
import dev.pando.bench.memory.MemoryReport;
import dev.pando.bench.mmap.MapAgainstCalls;
import dev.pando.bench.mmap.MapReport;
import dev.pando.bench.rates.Compare;
import dev.pando.bench.rates.CompareReport;
import dev.pando.bench.ycsb.Ycsb;
import dev.pando.bench.ycsb.YcsbReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What {@code bench/run} starts. */
@Command(
    name = "bench/run",
    subcommands = {
      Compare.class,
      Growth.class,
      Flat.class,
      MapAgainstCalls.class,
      Ycsb.class,
      Memory.class,
      RecordedTables.class,
      Smoke.class
    },
    footerHeading = "%nExit codes%n",
    footer = {
      "  0  all went well",
      "  1  a trial failed, checksums differ, or a figure is worse than it may be",
      "  2  the command line is wrong"
    })
public final class Bench {
  /** The reports of the kinds. */
  static final Map<String, Class<? extends Report>> REPORTS =
      Map.of(
          "compare", CompareReport.class,
          "growth", GrowthReport.class,
          "flat", FlatReport.class,
          "mmap", MapReport.class,
          "ycsb", YcsbReport.class,
          "memory", MemoryReport.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  private Bench() {}

  /** Exits with the code that the help explains. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(Long.class, new Count())
            .setParameterExceptionHandler(Bench::misused)
            .setExecutionExceptionHandler(Bench::failed)
            .execute(arguments));
  }

  @Command(
      name = "report",
      description = "Prints the tables of a run again, and draws its plots, from its JSON.")
  int report(
      @Parameters(paramLabel = "FILE", description = "compare.json, growth.json and so on.")
          Path file,
      @Option(
              names = {"-h", "--help"},
              usageHelp = true,
              description = "Show this help.")
          boolean help)
      throws IOException {
    String kind = Objects.requireNonNull(file.getFileName()).toString().replace(".json", "");
    Class<? extends Report> type = REPORTS.get(kind);
    if (type == null || !file.toFile().isFile()) {
      throw new ParameterException(
          spec.commandLine(), file + ": allowed is a file of results, such as compare.json");
    }
    return HarnessOptions.print(file, kind, type, false);
  }

  private static int misused(ParameterException e, String[] arguments) {
    System.err.println(e.getMessage() + "; --help says more");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) {
    e.printStackTrace();
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Numbers such as 10k and 1M. */
  private static final class Count implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      long unit = text.endsWith("k") ? 1_000 : text.endsWith("M") ? 1_000_000 : 1;
      String digits = unit == 1 ? text : text.substring(0, text.length() - 1);
      if (!digits.matches("\\d{1,9}")) {
        throw new TypeConversionException("'" + text + "' is not a number such as 10k or 1M");
      }
      return Long.parseLong(digits) * unit;
    }
  }
}
