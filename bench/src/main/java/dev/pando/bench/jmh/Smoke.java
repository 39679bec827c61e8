package dev.pando.bench.jmh;

import com.sun.management.ThreadMXBean;
import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.store.Keys;
import dev.pando.bench.store.StoreKind;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * All benchmarks for a moment each, and a check, to the byte, that reading makes no garbage.
 *
 * <p>The check is for a JVM without escape analysis: with it, the figure is that of what the
 * compiler removed this time, and now and then it removes less.
 */
@Command(
    name = "jmh",
    sortOptions = false,
    description =
        "Runs each benchmark for a moment, on small stores: figures for a first look only. Then"
            + " fails if a get, a cursor's step or a scan allocates anything.")
public final class Smoke implements Callable<Integer> {
  private static final String PACKAGE = "dev\\.pando\\.bench\\.jmh\\.";
  private static final int RECORDS = 20_000;
  private static final int TIMES = 100_000;

  /** More than one, because the first makes what is kept. */
  private static final int ROUNDS = 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Option(names = "--smoke", required = true, description = "What this is.")
  private boolean smoke;

  @Option(names = "--garbage-only", description = "Only the check of allocation.")
  private boolean garbageOnly;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() throws RunnerException {
    if (!garbageOnly) {
      System.out.println(table(run()));
    }
    Map<String, Long> garbage = new LinkedHashMap<>();
    count(Keys.INT, garbage);
    count(Keys.RND16, garbage);
    garbage.forEach(
        (what, bytes) ->
            System.out.printf("%s allocates %,d B in %,d operations%n", what, bytes, TIMES));
    boolean clean = garbage.values().stream().allMatch(bytes -> bytes == 0);
    if (!clean) {
      System.err.println("Reading allocates, and must not");
    }
    return clean ? 0 : 1;
  }

  private static Collection<RunResult> run() throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(PACKAGE)
                .forks(1)
                .jvmArgs( // in place of this JVM's, which has no escape analysis
                    "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(300))
                .measurementIterations(2)
                .measurementTime(TimeValue.milliseconds(300))
                .param("records", Integer.toString(RECORDS))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }

  private static String table(Collection<RunResult> results) {
    MarkdownTable table = new MarkdownTable(1, "benchmark", "ns", "allocated, B");
    for (RunResult result : results) {
      Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      table.row(
          result.getParams().getBenchmark().replaceAll(PACKAGE, ""),
          Figures.number(result.getPrimaryResult().getScore()),
          allocated == null ? "?" : Figures.number(allocated.getScore()));
    }
    return table.toString();
  }

  private static void count(Keys keys, Map<String, Long> garbage) {
    LoadedStore loaded = new LoadedStore();
    loaded.store = StoreKind.PANDO;
    loaded.keys = keys;
    loaded.records = RECORDS;
    loaded.load();
    StoreOperations operations = new StoreOperations();
    garbage.put("get " + keys, least(() -> operations.get(loaded)));
    garbage.put("get of 100 " + keys, least(() -> operations.getAll(loaded)));
    garbage.put("forward " + keys, least(() -> operations.forward(loaded)));
    garbage.put("backward " + keys, least(() -> operations.backward(loaded)));
    garbage.put("scan " + keys, least(() -> operations.scan(loaded)));
    loaded.close();
  }

  private static long least(LongSupplier operation) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS && least > 0; i++) {
      long sum = 0;
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int j = 0; j < TIMES; j++) {
        sum += operation.getAsLong();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      if (sum == 0) {
        throw new AssertionError("nothing was read");
      }
    }
    return least;
  }
}
