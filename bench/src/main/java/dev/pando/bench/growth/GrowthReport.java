package dev.pando.bench.growth;

import dev.pando.bench.growth.OpenTrials.OpenTimes;
import dev.pando.bench.growth.OpenTrials.RecoveryTimes;
import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.LinePlot;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.harness.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What {@code growth} has measured.
 *
 * @param readersRecords records of the store that readers read
 */
public record GrowthReport(
    String machine, List<Point> points, long readersRecords, List<ReadersPoint> readers)
    implements Report {
  private static final double MIB = 1 << 20;

  /** What was found for one store of one size. */
  record Point(
      String store, long records, SizeTrial.Costs costs, OpenTimes open, RecoveryTimes recovery) {}

  /**
   * What some readers did while one thread wrote.
   *
   * @param series which store, and which threads
   */
  record ReadersPoint(String series, int threads, double readsPerSecond, double commitsPerSecond) {}

  /**
   * What may grow: its name, a figure, and how many of the figure's units are one of the plot's.
   */
  private record Cost(
      String name, String title, String unit, double divisor, ToDoubleFunction<Point> figure) {}

  private static final List<Cost> COSTS =
      List.of(
          new Cost("get", "A random get", "ns a get", 1, point -> point.costs.getNs()),
          new Cost("scan", "A scan", "ns an entry", 1, point -> point.costs.scanNs()),
          new Cost(
              "put",
              "A random put, 20,000 a transaction",
              "µs a put",
              1e3,
              point -> point.costs.putNs()),
          new Cost(
              "commit",
              "A durable commit of one put",
              "µs a commit",
              1e3,
              point -> point.costs.commitNs()),
          new Cost(
              "commit-after-puts",
              "A durable commit of one put, with many pages free",
              "µs a commit",
              1e3,
              point -> point.costs.laterCommitNs()),
          new Cost("open", "Opening", "ms", 1e6, point -> point.open.ns()),
          new Cost("recovery", "Recovery after a kill", "ms", 1e6, point -> point.recovery.ns()),
          new Cost("file", "The file", "MiB", MIB, point -> point.costs.fileBytes()),
          new Cost("memory", "Own memory", "MiB", MIB, point -> point.costs.ownBytes()));

  @Override
  public String markdown() {
    return """
    # Growth of cost

    Keys of 16 bytes that look random, values of 100 bytes, each size in fresh JVMs with a heap of 1 GiB at most.
    The load appends in ascending order, a million records a transaction; small ones are over before their code
    is compiled. Gets ask for random records and read 8 bytes of each; a scan reads every byte of every entry in
    order; puts replace values of random records, 20,000 in one transaction with its commit; a commit replaces
    one and is on disk, once before and once after the puts, which leave many free pages all over the file.
    Everything is in the page cache unless the file is longer than memory.

    ## An operation

    %s
    ## Files, opening and memory

    Opening ends with the first get: in a JVM that has not opened anything yet, and the median of 21 more. Recovery
    is the same after the process was killed amid small transactions, in a JVM that has opened another
    store before; then the time of the first commit. Memory is the process's after the gets and the scan: its
    own, and pages of files that are mapped.

    %s
    ## How many times as much from size to size

    %s
    %s%s
    """
        .formatted(operations(), files(), factors(), readersSection(), machine);
  }

  private String readersSection() {
    return readers.isEmpty()
        ? ""
        : """
        ## Readers beside a writer

        %s records. Each reader begins a transaction, gets 100 random records and ends it, and again; one more
        thread commits ten puts at a time.

        %s
        """
            .formatted(Figures.count(readersRecords), readersTable());
  }

  private MarkdownTable operations() {
    MarkdownTable table =
        new MarkdownTable(
            1,
            "store",
            "records",
            "load ns",
            "get ns",
            "scan ns",
            "commit µs",
            "put µs",
            "commit then, µs");
    for (Point point : points) {
      table.row(
          point.store,
          Figures.count(point.records),
          Figures.number(point.costs.loadNs()),
          Figures.number(point.costs.getNs()),
          Figures.number(point.costs.scanNs()),
          Figures.number(point.costs.commitNs() / 1e3),
          Figures.number(point.costs.putNs() / 1e3),
          Figures.number(point.costs.laterCommitNs() / 1e3));
    }
    return table;
  }

  private MarkdownTable files() {
    MarkdownTable table =
        new MarkdownTable(
            1,
            "store",
            "records",
            "file",
            "first open ms",
            "open ms",
            "recovery ms",
            "commit then, ms",
            "own memory",
            "mapped");
    for (Point point : points) {
      table.row(
          point.store,
          Figures.count(point.records),
          Figures.bytes(point.costs.fileBytes()),
          Figures.number(point.open.firstNs() / 1e6),
          Figures.number(point.open.ns() / 1e6),
          Figures.number(point.recovery.ns() / 1e6),
          Figures.number(point.recovery.commitNs() / 1e6),
          Figures.bytes(point.costs.ownBytes()),
          Figures.bytes(point.costs.mappedBytes()));
    }
    return table;
  }

  private List<String> stores() {
    return points.stream().map(Point::store).distinct().toList();
  }

  private List<Point> of(String store) {
    return points.stream().filter(point -> point.store.equals(store)).toList();
  }

  private String factors() {
    List<Long> sizes = points.stream().map(Point::records).distinct().toList();
    if (sizes.size() < 2) {
      return "One size only.\n";
    }
    List<String> header = new ArrayList<>(List.of("what", "store"));
    for (int i = 1; i < sizes.size(); i++) {
      header.add(Figures.count(sizes.get(i - 1)) + " to " + Figures.count(sizes.get(i)));
    }
    MarkdownTable table = new MarkdownTable(2, header.toArray(String[]::new));
    for (Cost cost : COSTS) {
      for (String store : stores()) {
        double[] values = of(store).stream().mapToDouble(cost.figure).toArray();
        List<String> row = new ArrayList<>(List.of(cost.name, store));
        for (int i = 1; i < values.length; i++) {
          row.add(String.format(Locale.ROOT, "%.2f", values[i] / values[i - 1]));
        }
        table.row(row.toArray(String[]::new));
      }
    }
    return table.toString();
  }

  private MarkdownTable readersTable() {
    List<String> header = new ArrayList<>(List.of("readers"));
    for (String series : readers.stream().map(ReadersPoint::series).distinct().toList()) {
      header.addAll(List.of(series + " gets/s", "commits/s"));
    }
    Map<Integer, List<String>> rows = new TreeMap<>();
    for (ReadersPoint point : readers) {
      List<String> row =
          rows.computeIfAbsent(point.threads, threads -> new ArrayList<>(List.of("" + threads)));
      row.add(Figures.number(point.readsPerSecond));
      row.add(Figures.number(point.commitsPerSecond));
    }
    MarkdownTable table = new MarkdownTable(0, header.toArray(String[]::new));
    rows.values().forEach(row -> table.row(row.toArray(String[]::new)));
    return table;
  }

  /** Draws each cost over the number of records, and the readers. */
  @Override
  public void plot(Path folder) {
    for (Cost cost : COSTS) {
      LinePlot plot = new LinePlot(cost.title, "records", cost.unit);
      for (String store : stores()) {
        SortedMap<Double, Double> line = new TreeMap<>();
        for (Point point : of(store)) {
          double value = cost.figure.applyAsDouble(point) / cost.divisor;
          if (value > 0) {
            line.put((double) point.records, value);
          }
        }
        plot.line(store, line);
      }
      plot.save(folder.resolve(cost.name + ".png"));
    }
    LinePlot plot =
        new LinePlot("Readers beside one writer", "reader threads", "gets a second, all threads")
            .linear();
    for (String series : readers.stream().map(ReadersPoint::series).distinct().toList()) {
      SortedMap<Double, Double> line = new TreeMap<>();
      readers.stream()
          .filter(point -> point.series.equals(series))
          .forEach(point -> line.put((double) point.threads, point.readsPerSecond));
      plot.line(series, line);
    }
    plot.save(folder.resolve("readers.png"));
  }
}
