package dev.pando.bench.rates;

import dev.pando.bench.harness.HarnessOptions;
import dev.pando.bench.harness.Machine;
import dev.pando.bench.harness.TrialRunner;
import dev.pando.bench.store.Data;
import dev.pando.bench.store.Keys;
import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares Pando with other stores. */
@Command(
    name = "compare",
    sortOptions = false,
    usageHelpAutoWidth = true,
    description =
        "Compares Pando with other stores: the same data and the same operations for all, a fresh"
            + " JVM for each measurement, in rounds. --quick: 50,000 records, at most 10,000 where"
            + " they are overwritten many times, short windows, pando, lmdbjava and flat.")
public final class Compare implements Callable<Integer> {
  private static final int RECORDS = 1_000_000;
  private static final int QUICK_RECORDS = 50_000;
  private static final int LEAST_RECORDS = 1000;
  private static final int MOST_RECORDS = 1 << 29;
  private static final long MOST_BYTES = 2L << 30;
  private static final long COLD_MILLIS = 2000;
  private static final String[] HEAP = {"-Xms1g", "-Xmx4g"};

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private HarnessOptions options = new HarnessOptions();

  @Option(
      names = "--n",
      paramLabel = "N",
      description = "Records; by default 1,000,000, or as many as make 2 GiB if that is less.")
  private @Nullable Integer records;

  @Option(
      names = "--keys",
      paramLabel = "KIND",
      description =
          "int: 4 bytes, the default; rnd16: 16 random bytes; str: 25 bytes of text with a long"
              + " common beginning.")
  private Keys keys = Keys.INT;

  @Option(
      names = "--value",
      paramLabel = "BYTES",
      description = "The length of each value, 8 or more; by default ${DEFAULT-VALUE}.")
  private int valueBytes = 100;

  /** In which order stores were loaded that are read or overwritten. */
  private enum Load {
    RANDOM,
    SORTED
  }

  @Option(
      names = "--load",
      paramLabel = "ORDER",
      description =
          "random, the default, or sorted: how stores were loaded that are read or overwritten.")
  private Load load = Load.RANDOM;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "STORE",
      description =
          "Some of these, separated by commas: ${COMPLETION-CANDIDATES}; by default all but"
              + " Pando's variants and sqlite.")
  private List<StoreKind> stores = List.of();

  @Option(
      names = "--workloads",
      split = ",",
      paramLabel = "WORKLOAD",
      description = "Some of these, separated by commas: ${COMPLETION-CANDIDATES}.")
  private List<Workload> workloads = List.of(Workload.values());

  @Option(names = "--list", description = "List the workloads.")
  private boolean list;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      description =
          "How often each measurement is made: by default 5, quick 3, guard 1; sizes once, and"
              + " quick also the floors flat and bare; costs in a young JVM are measured 7"
              + " times by the guard.")
  private @Nullable Integer rounds;

  @Option(
      names = "--warm",
      paramLabel = "MS",
      description =
          "Warm-up before each measurement: by default 2,500 ms, quick 500; its first 2,000 ms are"
              + " measured as the cold rate.")
  private @Nullable Long warmMillis;

  @Option(
      names = "--window",
      paramLabel = "MS",
      description = "Length of each measurement, at least: by default 3,000 ms, quick 250.")
  private @Nullable Long windowMillis;

  @Option(
      names = "--guard",
      paramLabel = "FILE",
      description =
          "Compare with the ratios to lmdbjava in FILE: operations a second of processor time, after"
              + " a warm-up until the rate is steady, and processor time of commits and of"
              + " compilers in a young JVM; fail if one is half as good as FILE says, three times.")
  private @Nullable Path guard;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Measure as --guard does, and write FILE for it.")
  private @Nullable Path record;

  @Override
  public Integer call() throws IOException {
    if (list) {
      for (Workload workload : Workload.values()) {
        System.out.printf("%-16s %-9s  %s%n", workload, workload.unit, workload.title);
      }
      return 0;
    }
    Setting setting = setting();
    int count = rounds();
    if (guard != null) {
      return guard(guard, setting);
    }
    if (record != null) {
      Results results = measure(setting, Guard.STORES, Guard.workloads(), count);
      Guard.record(record, results);
      results.failures().forEach(failure -> System.err.println("FAILED " + failure));
      return results.failures().isEmpty() ? 0 : 1;
    }
    return options.report("compare", report(measure(setting, stores(), workloads, count), setting));
  }

  private Results measure(Setting setting, List<StoreKind> kinds, List<Workload> run, int count) {
    return new Rounds(setting, new TrialRunner(options.directory(), HEAP)).run(kinds, run, count);
  }

  private int guard(Path file, Setting setting) {
    Guard watching;
    try {
      watching = Guard.read(file);
    } catch (IllegalArgumentException | IOException e) {
      throw usage("--guard " + file + ": " + e.getMessage());
    }
    boolean well = watching.watch(open -> measure(setting, Guard.STORES, open, 1), System.out);
    return well ? 0 : 1;
  }

  private CompareReport report(Results results, Setting setting) {
    results.failures().forEach(failure -> System.err.println("FAILED " + failure));
    List<String> arguments = spec.commandLine().getParent().getParseResult().originalArgs();
    return new CompareReport(
        "bench/run " + String.join(" ", arguments),
        Machine.describe(options.directory()),
        String.join(" ", HEAP),
        setting,
        results.rows(),
        results.configs(),
        results.failures());
  }

  // What the command line asks for.

  private boolean isQuick() {
    return options.quick() || isGuard();
  }

  private boolean isGuard() {
    return guard != null || record != null;
  }

  private int rounds() {
    int count = rounds != null ? rounds : isQuick() ? 3 : 5;
    if (count < 1) {
      throw usage("--rounds " + count + ": 1 or more");
    }
    return count;
  }

  private Setting setting() {
    if (valueBytes < Long.BYTES) {
      throw usage("--value " + valueBytes + ": 8 bytes or more");
    }
    int fitting = (int) Math.min(RECORDS, MOST_BYTES / (keys.bytes + valueBytes));
    int count = records != null ? records : isQuick() ? Math.min(QUICK_RECORDS, fitting) : fitting;
    if (count < LEAST_RECORDS || count > MOST_RECORDS) {
      throw usage("--n " + count + ": " + LEAST_RECORDS + " to " + MOST_RECORDS + " records");
    }
    long warm = warmMillis != null ? warmMillis : isQuick() ? 500 : 2500;
    long window = windowMillis != null ? windowMillis : isGuard() ? 1500 : isQuick() ? 250 : 3000;
    if (warm < 1 || window < 1) {
      throw usage("--warm and --window: 1 ms or more");
    }
    return new Setting(
        new Data(count, keys, valueBytes),
        load == Load.SORTED,
        Math.min(COLD_MILLIS, warm),
        warm,
        window,
        isQuick(),
        isGuard());
  }

  private List<StoreKind> stores() {
    if (!stores.isEmpty()) {
      return stores.stream().distinct().toList();
    }
    return isQuick()
        ? List.of(StoreKind.PANDO, StoreKind.LMDBJAVA, StoreKind.FLAT)
        : Arrays.stream(StoreKind.values()).filter(kind -> !kind.isVariant()).toList();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
