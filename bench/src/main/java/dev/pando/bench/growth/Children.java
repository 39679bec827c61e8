package dev.pando.bench.growth;

import dev.pando.bench.report.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Runs trials in JVMs of their own. */
final class Children {
  private static final String HEAP = "-Xmx1g";

  private final Windows windows;

  Children(Windows windows) {
    this.windows = windows;
  }

  /** Loads a store and measures all but readers; the store stays. */
  Point point(Store.Kind kind, long records, Path directory) {
    Setting setting = new Setting(kind, new Keyspace(records), directory, windows);
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    run(setting, SizeTrial.class, List.of(), figures);
    run(setting, OpenTrial.class, List.of(), figures);
    double[] recoveries = new double[windows.crashes()];
    double[] commits = new double[windows.crashes()];
    for (int i = 0; i < windows.crashes(); i++) {
      crash(setting);
      Map<Figure, Double> found = new EnumMap<>(Figure.class);
      run(setting, RecoveryTrial.class, List.of(), found);
      recoveries[i] = found.getOrDefault(Figure.RECOVERY_NS, Double.NaN);
      commits[i] = found.getOrDefault(Figure.RECOVERED_COMMIT_NS, Double.NaN);
    }
    figures.put(Figure.RECOVERY_NS, median(recoveries));
    figures.put(Figure.RECOVERED_COMMIT_NS, median(commits));
    return new Point(kind, records, figures);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /** Readers beside a writer, on a store that {@link #point} left. */
  ReadersPoint readers(Point point, Path directory, int threads, boolean virtual) {
    Setting setting = new Setting(point.store(), new Keyspace(point.records()), directory, windows);
    Map<Figure, Double> found = new EnumMap<>(Figure.class);
    run(
        setting,
        ReadersTrial.class,
        List.of(Integer.toString(threads), Boolean.toString(virtual)),
        found);
    return new ReadersPoint(
        point.store().label + (virtual ? ", virtual" : ""),
        threads,
        found.get(Figure.READS_PER_SECOND),
        found.get(Figure.COMMITS_PER_SECOND));
  }

  private static List<String> flags(Store.Kind kind) {
    List<String> flags = new ArrayList<>(List.of(HEAP));
    if (kind == Store.Kind.LMDBJAVA) {
      flags.addAll(ChildJvm.LMDBJAVA_FLAGS);
    }
    return flags;
  }

  private static void run(
      Setting setting, Class<?> trial, List<String> more, Map<Figure, Double> into) {
    List<String> arguments = setting.toArguments();
    arguments.addAll(more);
    ChildJvm.run(flags(setting.kind()), trial, arguments, line -> Figure.parse(line, into));
  }

  private static void crash(Setting setting) {
    int exit =
        ChildJvm.exitOf(flags(setting.kind()), CrashTrial.class, setting.toArguments(), line -> {});
    if (exit != CrashTrial.EXIT || !Files.exists(setting.kind().file(setting.directory()))) {
      throw new IllegalStateException("the JVM that was to be killed ended with " + exit);
    }
  }
}
