package dev.pando.bench.growth;

import dev.pando.bench.report.Figures;
import dev.pando.bench.report.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The tables. */
final class GrowthReport {
  private static final Map<Figure, String> GROWING = new LinkedHashMap<>();

  static {
    GROWING.put(Figure.GET_NS, "get");
    GROWING.put(Figure.SCAN_NS, "scan");
    GROWING.put(Figure.PUT_NS, "put");
    GROWING.put(Figure.COMMIT_NS, "commit");
    GROWING.put(Figure.LATER_COMMIT_NS, "commit after the puts");
    GROWING.put(Figure.OPEN_NS, "open");
    GROWING.put(Figure.RECOVERY_NS, "recovery");
    GROWING.put(Figure.FILE_BYTES, "file");
  }

  private final List<Point> points;
  private final List<ReadersPoint> readers;
  private final long readersRecords;

  GrowthReport(List<Point> points, List<ReadersPoint> readers, long readersRecords) {
    this.points = points;
    this.readers = readers;
    this.readersRecords = readersRecords;
  }

  String markdown(String machine) {
    return """
    # Growth of cost

    Keys of 16 bytes that look random, values of 100 bytes, each size in fresh JVMs with a heap of 1 GiB at most.
    The load appends in ascending order, a million records a transaction; small ones are over before their code
    is compiled. Gets ask for random records, a scan visits every entry in order, and both read 8 bytes of each
    value; puts replace values of random records, 20,000 in one transaction with its commit; a commit replaces
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
    if (readers.isEmpty()) {
      return "";
    }
    return """
    ## Readers beside a writer

    %s records. Each reader begins a transaction, gets 100 random records and ends it, and again; one more
    thread commits ten puts at a time.

    %s
    """
        .formatted(Figures.count(readersRecords), readers());
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
          point.store().label,
          Figures.count(point.records()),
          number(point, Figure.LOAD_NS, 1),
          number(point, Figure.GET_NS, 1),
          number(point, Figure.SCAN_NS, 1),
          number(point, Figure.COMMIT_NS, 1e3),
          number(point, Figure.PUT_NS, 1e3),
          number(point, Figure.LATER_COMMIT_NS, 1e3));
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
          point.store().label,
          Figures.count(point.records()),
          bytes(point, Figure.FILE_BYTES),
          number(point, Figure.FIRST_OPEN_NS, 1e6),
          number(point, Figure.OPEN_NS, 1e6),
          number(point, Figure.RECOVERY_NS, 1e6),
          number(point, Figure.RECOVERED_COMMIT_NS, 1e6),
          bytes(point, Figure.RSS_ANON_BYTES),
          bytes(point, Figure.RSS_FILE_BYTES));
    }
    return table;
  }

  private static String number(Point point, Figure figure, double unit) {
    Double found = point.figures().get(figure);
    return found == null ? "-" : Figures.number(found / unit);
  }

  private static String bytes(Point point, Figure figure) {
    Double found = point.figures().get(figure);
    return found == null ? "-" : Figures.bytes(found);
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
    GROWING.forEach(
        (figure, name) -> {
          for (Store.Kind kind : Store.Kind.values()) {
            List<Double> values = values(kind, figure);
            if (!values.isEmpty()) {
              table.row(row(name, kind, values));
            }
          }
        });
    return table.toString();
  }

  private List<Double> values(Store.Kind kind, Figure figure) {
    return points.stream()
        .filter(point -> point.store() == kind)
        .map(point -> point.figures().getOrDefault(figure, Double.NaN))
        .toList();
  }

  private static String[] row(String name, Store.Kind kind, List<Double> values) {
    List<String> row = new ArrayList<>(List.of(name, kind.label));
    for (int i = 1; i < values.size(); i++) {
      row.add(String.format(Locale.ROOT, "%.2f", values.get(i) / values.get(i - 1)));
    }
    return row.toArray(String[]::new);
  }

  private MarkdownTable readers() {
    List<String> series = readers.stream().map(ReadersPoint::series).distinct().toList();
    List<String> header = new ArrayList<>(List.of("readers"));
    for (String one : series) {
      header.add(one + " gets/s");
      header.add("commits/s");
    }
    Map<Integer, List<String>> rows = new TreeMap<>();
    for (ReadersPoint point : readers) {
      List<String> row =
          rows.computeIfAbsent(
              point.threads(), threads -> new ArrayList<>(List.of(threads.toString())));
      row.add(Figures.number(point.readsPerSecond()));
      row.add(Figures.number(point.commitsPerSecond()));
    }
    MarkdownTable table = new MarkdownTable(0, header.toArray(String[]::new));
    rows.values().forEach(row -> table.row(row.toArray(String[]::new)));
    return table;
  }
}
