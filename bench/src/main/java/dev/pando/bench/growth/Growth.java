package dev.pando.bench.growth;

import dev.pando.bench.report.Figures;
import dev.pando.bench.report.Folders;
import dev.pando.bench.report.Machine;
import dev.pando.bench.report.Progress;
import dev.pando.bench.report.ReportOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code bench/run growth}: where cost grows, and how. */
@Command(
    name = "bench/run growth",
    sortOptions = false,
    description =
        "Measures Pando and lmdbjava with 10 k records, and ten times as many, and so on:"
            + " operations, opening, recovery after a kill, memory, and readers beside a writer.")
final class Growth implements Callable<Integer> {
  private static final long SMALLEST = 10_000;
  private static final long LARGEST = 100_000_000;

  /** Readers are measured on the largest store up to this size. */
  private static final long READERS_RECORDS = 1_000_000;

  @Option(
      names = "--up-to",
      paramLabel = "N",
      converter = Count.class,
      description =
          "The largest number of records: 10k, 100k, 1M, 10M or 100M; default 1M, with --quick"
              + " 100k. 100M needs 30 GiB of disk.")
  private long upTo;

  @Option(
      names = "--from",
      paramLabel = "N",
      converter = Count.class,
      description = "The smallest number of records; default 10k.")
  private long from = SMALLEST;

  @Option(
      names = "--readers",
      paramLabel = "N",
      split = ",",
      description = "How many reader threads; default 1,2,4,8,16,32,64, with --quick 1,4,16.")
  private List<Integer> readers = List.of();

  @Option(names = "--no-readers", description = "Leave the readers out.")
  private boolean noReaders;

  @Mixin private ReportOptions options = new ReportOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Numbers such as 10k and 1M. */
  static final class Count implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      long unit = text.endsWith("k") ? 1_000 : text.endsWith("M") ? 1_000_000 : 1;
      String digits = unit == 1 ? text : text.substring(0, text.length() - 1);
      long records = digits.matches("\\d{1,9}") ? Long.parseLong(digits) * unit : 0;
      if (!sizes(SMALLEST, LARGEST).contains(records)) {
        throw new TypeConversionException("'" + text + "', allowed: 10k, 100k, 1M, 10M, 100M");
      }
      return records;
    }
  }

  private static List<Long> sizes(long from, long to) {
    return Stream.iterate(from, size -> size <= to, size -> 10 * size).toList();
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Growth()).execute(arguments));
  }

  @Override
  public Integer call() {
    List<Long> sizes =
        sizes(from, upTo != 0 ? upTo : Math.max(from, options.quick() ? 100_000 : 1_000_000));
    if (sizes.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--from is more than --up-to");
    }
    for (int threads : readers) {
      if (threads < 1 || threads > 512) {
        throw new ParameterException(
            spec.commandLine(), "--readers: " + threads + ", allowed: 1 to 512");
      }
    }
    Path directory = Folders.temporary(options.directory());
    try {
      measure(sizes, directory);
    } finally {
      Folders.delete(directory);
    }
    return 0;
  }

  private List<Integer> readerCounts() {
    if (noReaders) {
      return List.of();
    }
    if (!readers.isEmpty()) {
      return readers;
    }
    return options.quick() ? List.of(1, 4, 16) : List.of(1, 2, 4, 8, 16, 32, 64);
  }

  private void measure(List<Long> sizes, Path directory) {
    Children children = new Children(options.quick() ? Windows.QUICK : Windows.FULL);
    long readersRecords =
        sizes.stream().filter(size -> size <= READERS_RECORDS).max(Long::compare).orElse(0L);
    List<Point> points = new ArrayList<>();
    List<ReadersPoint> readersPoints = new ArrayList<>();
    int steps = Store.Kind.values().length * sizes.size() + 3 * readerCounts().size();
    try (Progress progress = new Progress("growth", steps)) {
      for (Store.Kind kind : Store.Kind.values()) {
        for (long records : sizes) {
          progress.step(kind.label + " " + Figures.count(records));
          Path store = directory.resolve(kind + "-" + records);
          Point point = children.point(kind, records, store);
          points.add(point);
          if (records == readersRecords) {
            readersPoints.addAll(readers(children, point, store, progress));
          }
          Folders.delete(store);
        }
      }
    }
    report(points, readersPoints, readersRecords, Machine.describe(directory));
  }

  private List<ReadersPoint> readers(
      Children children, Point point, Path store, Progress progress) {
    List<ReadersPoint> found = new ArrayList<>();
    boolean[] kinds = // LMDB ties a reader to the thread that carries it
        point.store() == Store.Kind.PANDO ? new boolean[] {false, true} : new boolean[] {false};
    for (boolean virtual : kinds) {
      for (int threads : readerCounts()) {
        progress.step(point.store().label + ", readers " + threads);
        found.add(children.readers(point, store, threads, virtual));
      }
    }
    return found;
  }

  private void report(
      List<Point> points, List<ReadersPoint> readersPoints, long readersRecords, String machine) {
    new GrowthPlots(points, readersPoints).save(options.out("growth"));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("machine", machine);
    data.put("points", points);
    data.put("readersRecords", readersRecords);
    data.put("readers", readersPoints);
    options.report(
        "growth", new GrowthReport(points, readersPoints, readersRecords).markdown(machine), data);
  }
}
