package dev.pando.bench.growth;

import dev.pando.bench.report.LinePlot;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The plots. */
final class GrowthPlots {
  private static final double MIB = 1 << 20;

  private final List<Point> points;
  private final List<ReadersPoint> readers;

  GrowthPlots(List<Point> points, List<ReadersPoint> readers) {
    this.points = points;
    this.readers = readers;
  }

  void save(Path folder) {
    cost(folder, "get", Figure.GET_NS, "A random get", "ns a get", 1);
    cost(folder, "scan", Figure.SCAN_NS, "A scan", "ns an entry", 1);
    cost(folder, "put", Figure.PUT_NS, "A random put, 20,000 a transaction", "µs a put", 1e3);
    cost(folder, "commit", Figure.COMMIT_NS, "A durable commit of one put", "µs a commit", 1e3);
    cost(
        folder,
        "commit-after-puts",
        Figure.LATER_COMMIT_NS,
        "A durable commit of one put, with many pages free",
        "µs a commit",
        1e3);
    opening(folder);
    memory(folder);
    readers(folder);
  }

  private void cost(
      Path folder, String file, Figure figure, String title, String unit, double divisor) {
    LinePlot plot = new LinePlot(title, "records", unit);
    for (Store.Kind kind : Store.Kind.values()) {
      SortedMap<Double, Double> line = new TreeMap<>();
      for (Point point : of(kind)) {
        put(line, (double) point.records(), point, figure, divisor);
      }
      plot.line(kind.label, line);
    }
    plot.save(folder.resolve(file + ".png"));
  }

  private List<Point> of(Store.Kind kind) {
    return points.stream().filter(point -> point.store() == kind).toList();
  }

  private static void put(
      SortedMap<Double, Double> line, double at, Point point, Figure figure, double divisor) {
    Double value = point.figures().get(figure);
    if (value != null && value > 0) {
      line.put(at, value / divisor);
    }
  }

  private SortedMap<Double, Double> byFile(Store.Kind kind, Figure figure, double divisor) {
    SortedMap<Double, Double> line = new TreeMap<>();
    for (Point point : of(kind)) {
      put(line, point.figures().get(Figure.FILE_BYTES) / MIB, point, figure, divisor);
    }
    return line;
  }

  private void opening(Path folder) {
    LinePlot plot = new LinePlot("Opening, and recovery after a kill", "MiB of file", "ms");
    for (Store.Kind kind : Store.Kind.values()) {
      plot.line(kind.label + ", open", byFile(kind, Figure.OPEN_NS, 1e6));
      plot.line(kind.label + ", recovery", byFile(kind, Figure.RECOVERY_NS, 1e6));
    }
    plot.save(folder.resolve("open.png"));
  }

  private void memory(Path folder) {
    LinePlot plot = new LinePlot("Resident memory", "MiB of file", "MiB");
    for (Store.Kind kind : Store.Kind.values()) {
      plot.line(kind.label + ", its own", byFile(kind, Figure.RSS_ANON_BYTES, MIB));
      plot.line(kind.label + ", mapped", byFile(kind, Figure.RSS_FILE_BYTES, MIB));
    }
    plot.save(folder.resolve("memory.png"));
  }

  private void readers(Path folder) {
    LinePlot plot =
        new LinePlot("Readers beside one writer", "reader threads", "gets a second, all threads")
            .linear();
    for (String series : readers.stream().map(ReadersPoint::series).distinct().toList()) {
      SortedMap<Double, Double> line = new TreeMap<>();
      for (ReadersPoint point : readers) {
        if (point.series().equals(series)) {
          line.put((double) point.threads(), point.readsPerSecond());
        }
      }
      plot.line(series, line);
    }
    plot.save(folder.resolve("readers.png"));
  }
}
