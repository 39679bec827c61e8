package dev.pando.bench.parts;

import dev.pando.bench.report.Figures;
import dev.pando.bench.report.MarkdownTable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench/run jmh --smoke}: all parts for a moment each, and a check that reading makes no
 * garbage.
 */
@Command(
    name = "bench/run jmh --smoke",
    sortOptions = false,
    description =
        "Runs each part's benchmark for a moment, on small tables: figures for a first look only."
            + " Then fails if a get, a cursor's step or a scan allocates anything.")
final class Smoke implements Callable<Integer> {
  private static final String PARTS = "dev\\.pando\\.bench\\.parts\\.";

  @Option(names = "--garbage-only", description = "Only the check of allocation.")
  private boolean garbageOnly;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Smoke()).execute(arguments));
  }

  @Override
  public Integer call() throws RunnerException {
    if (!garbageOnly) {
      System.out.println(table(run()));
    }
    boolean clean = true;
    for (Map.Entry<String, Long> part : Garbage.count().entrySet()) {
      clean &= part.getValue() == 0;
      System.out.printf(
          "%s allocates %,d B in 100,000 operations%n", part.getKey(), part.getValue());
    }
    if (!clean) {
      System.err.println("Reading allocates, and must not");
    }
    return clean ? 0 : 1;
  }

  private static Collection<RunResult> run() throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(PARTS)
                .forks(1)
                .jvmArgsAppend(
                    "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(300))
                .measurementIterations(2)
                .measurementTime(TimeValue.milliseconds(300))
                .param("records", "20000")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }

  private static String table(Collection<RunResult> results) {
    MarkdownTable table = new MarkdownTable(2, "part", "with", "ns", "allocated, B");
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      List<String> with =
          params.getParamsKeys().stream()
              .filter(key -> !key.equals("records"))
              .map(key -> key + "=" + params.getParam(key))
              .toList();
      Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      table.row(
          params.getBenchmark().replaceAll(PARTS, ""),
          String.join(" ", with),
          Figures.number(result.getPrimaryResult().getScore()),
          allocated == null ? "?" : Figures.number(allocated.getScore()));
    }
    return table.toString();
  }
}
