package dev.pando.bench.rates;

import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;

/**
 * Notices when Pando has become much slower than it was. It compares how many operations Pando does
 * in a second of processor time, divided by lmdbjava's, both warm: that differs least from machine
 * to machine, because neither the disk, nor neighbours, nor the time that compilers take is in it.
 * Some noise remains, so only a ratio that has halved counts, and only if it does so three times.
 */
final class Guard {
  /** What is recorded. */
  static final List<Workload> WORKLOADS =
      List.of(Workload.GET, Workload.SCAN, Workload.LOADSORTED, Workload.COMMIT1);

  static final List<StoreKind> STORES = List.of(StoreKind.PANDO, StoreKind.LMDBJAVA);

  private static final int TRIES = 3;
  private static final double FAIL = 0.5;
  private static final double WARN = 0.75;

  private final Map<Workload, Double> recorded;

  private Guard(Map<Workload, Double> recorded) {
    this.recorded = recorded;
  }

  /**
   * Reads what was recorded: a line {@code workload=ratio} for each.
   *
   * @throws IllegalArgumentException if the file holds something else
   */
  static Guard read(Path file) throws IOException {
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      lines.load(in);
    }
    Map<Workload, Double> recorded = new EnumMap<>(Workload.class);
    for (String id : lines.stringPropertyNames()) {
      recorded.put(
          Workload.valueOf(id.toUpperCase(Locale.ROOT)),
          Double.valueOf(lines.getProperty(id).strip()));
    }
    return new Guard(recorded);
  }

  /** Writes the ratios of a run. */
  static void record(Path file, Results results) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write(
          "# Pando's operations a second of processor time, divided by lmdbjava's; from: bench/run compare --record FILE\n");
      for (Workload workload : WORKLOADS) {
        double ratio = results.ratio(workload, StoreKind.PANDO, Outcome::value);
        out.write(String.format(Locale.ROOT, "%s=%.2f%n", workload, ratio));
      }
    }
  }

  /**
   * Measures, and again what was too slow.
   *
   * @param measure measures some workloads once
   * @return whether all is well
   */
  boolean watch(Function<List<Workload>, Results> measure, PrintStream out) {
    List<Workload> open = new ArrayList<>(recorded.keySet());
    boolean failed = false;
    for (int attempt = 1; attempt <= TRIES && !open.isEmpty(); attempt++) {
      Results results = measure.apply(open);
      results.failures().forEach(failure -> out.println("FAILED " + failure));
      failed |= !results.failures().isEmpty();
      open.removeIf(workload -> isFastEnough(workload, results, out));
    }
    for (Workload workload : open) {
      out.println("FAILED " + workload + ": less than half of what was recorded, each time");
    }
    return open.isEmpty() && !failed;
  }

  private boolean isFastEnough(Workload workload, Results results, PrintStream out) {
    double before = recorded.getOrDefault(workload, Double.NaN);
    double now = results.ratio(workload, StoreKind.PANDO, Outcome::value);
    double part = now / before;
    String verdict = part >= WARN ? "ok" : part >= FAIL ? "WARNING: slower" : "too slow";
    out.printf(
        Locale.ROOT,
        "%-12s %.2f times lmdbjava, recorded %.2f: %s%n",
        workload,
        now,
        before,
        verdict);
    return part >= FAIL;
  }
}
