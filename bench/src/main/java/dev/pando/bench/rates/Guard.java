package dev.pando.bench.rates;

import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;

/**
 * Notices when Pando has become much slower than it was. It compares figures of Pando divided by
 * lmdbjava's: how many operations it does in a second of processor time when it is warm, and how
 * much processor time commits and compilers take in a young JVM. Warm commits are made in memory,
 * so that no disk and few neighbours are in these figures, which differ least from machine to
 * machine. Some noise remains, so a ratio only counts if it is half as good, and only if it is so
 * three times.
 */
final class Guard {
  static final List<StoreKind> STORES = List.of(StoreKind.PANDO, StoreKind.LMDBJAVA);

  private static final int TRIES = 3;
  private static final double FAIL = 0.5;
  private static final double WARN = 0.75;
  private static final String COMPILING = ".compiling";

  /** A ratio: of a workload's figure, or of the time of the compilers while it was measured. */
  private record Watched(Workload workload, boolean isCompiling) {
    static Watched of(String key) {
      boolean isCompiling = key.endsWith(COMPILING);
      String id = isCompiling ? key.substring(0, key.length() - COMPILING.length()) : key;
      return new Watched(Workload.valueOf(id.toUpperCase(Locale.ROOT)), isCompiling);
    }

    double ratio(Results results) {
      return results.ratio(
          workload, StoreKind.PANDO, isCompiling ? Outcome::compiling : Outcome::value);
    }

    /** How good a ratio is, beside another; 0 if it was not measured. */
    double part(double now, double before) {
      boolean isMoreBetter = workload.isRate() && !isCompiling;
      return now == 0 ? 0 : isMoreBetter ? now / before : before / now;
    }

    @Override
    public String toString() {
      return isCompiling ? workload + COMPILING : workload.toString();
    }
  }

  /** What is recorded. */
  private static final List<Watched> ALL =
      List.of(
          new Watched(Workload.GET, false),
          new Watched(Workload.SCAN, false),
          new Watched(Workload.LOADSORTED, false),
          new Watched(Workload.COMMIT1, false),
          new Watched(Workload.FIRST100, false),
          new Watched(Workload.FIRST100, true),
          new Watched(Workload.AT2000, false),
          new Watched(Workload.AT2000, true));

  private final Map<Watched, Double> recorded;

  private Guard(Map<Watched, Double> recorded) {
    this.recorded = recorded;
  }

  /** The workloads of what is recorded. */
  static List<Workload> workloads() {
    return workloads(ALL);
  }

  private static List<Workload> workloads(List<Watched> watched) {
    return watched.stream().map(Watched::workload).distinct().toList();
  }

  /**
   * Reads what was recorded: a line {@code workload=ratio} for each, or {@code
   * workload.compiling=ratio}.
   *
   * @throws IllegalArgumentException if the file holds something else
   */
  static Guard read(Path file) throws IOException {
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      lines.load(in);
    }
    Map<Watched, Double> recorded = new LinkedHashMap<>();
    for (String key : lines.stringPropertyNames().stream().sorted().toList()) {
      recorded.put(Watched.of(key), Double.valueOf(lines.getProperty(key).strip()));
    }
    for (Watched watched : ALL) {
      double ratio = recorded.getOrDefault(watched, 0.0);
      if (!(ratio > 0 && ratio < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(watched + "=" + ratio + ", needed: more than 0");
      }
    }
    return new Guard(recorded);
  }

  /**
   * Writes the ratios of a run.
   *
   * @throws IllegalStateException if one was not measured: nothing is written then
   */
  static void record(Path file, Results results) throws IOException {
    for (Watched watched : ALL) {
      if (!(watched.ratio(results) > 0)) {
        throw new IllegalStateException(watched + " was not measured");
      }
    }
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write(
          "# Pando's figures divided by lmdbjava's; from: bench/run compare --record FILE\n"
              + "# More is better: operations a second of processor time.\n"
              + "# Less is better: processor time of commits in a young JVM, and of its compilers.\n");
      out.write(
          String.format(
              Locale.ROOT,
              "# Other processes kept %.2f processors busy meanwhile.%n",
              results.rows().stream()
                  .filter(CompareReport.Row::isRate)
                  .mapToDouble(CompareReport.Row::othersCores)
                  .average()
                  .orElse(0)));
      for (Watched watched : ALL) {
        out.write(String.format(Locale.ROOT, "%s=%.2f%n", watched, watched.ratio(results)));
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
    List<Watched> open = new ArrayList<>(recorded.keySet());
    boolean failed = false;
    for (int attempt = 1; attempt <= TRIES && !open.isEmpty(); attempt++) {
      Results results = measure.apply(workloads(open));
      results.failures().forEach(failure -> out.println("FAILED " + failure));
      failed |= !results.failures().isEmpty();
      open.removeIf(watched -> isFastEnough(watched, results, out));
    }
    for (Watched watched : open) {
      out.println("FAILED " + watched + ": less than half as good as recorded, each time");
    }
    return open.isEmpty() && !failed;
  }

  private boolean isFastEnough(Watched watched, Results results, PrintStream out) {
    double before = recorded.getOrDefault(watched, Double.NaN);
    double now = watched.ratio(results);
    double part = watched.part(now, before);
    String verdict = part >= WARN ? "ok" : part >= FAIL ? "WARNING: slower" : "too slow";
    out.printf(
        Locale.ROOT,
        "%-18s %.2f times lmdbjava, recorded %.2f: %s%n",
        watched,
        now,
        before,
        verdict);
    return part >= FAIL;
  }
}
