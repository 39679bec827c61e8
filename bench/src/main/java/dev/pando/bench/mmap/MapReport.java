package dev.pando.bench.mmap;

import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.LinePlot;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.harness.Report;
import dev.pando.bench.mmap.MapTrial.Cell;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** What {@code mmap} has measured. */
public record MapReport(String machine, long fileBytes, List<Cell> cells) implements Report {
  @Override
  public String markdown() {
    return """
    # The map against system calls

    A file of %s in the page cache; chunks at multiples of their length; each way in a JVM of its own,
    the best of some rounds. `read()` and `write()` are FileChannel's, at an offset, with a direct buffer;
    the map is a MemorySegment, from and to which a chunk is copied. Chronicle's MappedBytes needs
    `%s`. The last column is how many times as fast the map is as the call.

    ## Pages touched before, and dirty if they are written

    %s
    ## Pages touched for the first time

    No page is touched twice: each chunk is read through a map that was just made, or written when a sync has
    just made all pages clean, as they are after a commit. The sync itself is not counted.

    %s
    %s
    """
        .formatted(
            Figures.bytes(fileBytes),
            String.join(" ", Way.CHRONICLE.flags),
            table(false),
            table(true),
            machine);
  }

  private Cell cell(Way way, Operation operation, Order order, boolean isFresh, int chunk) {
    return cells.stream()
        .filter(cell -> cell.way() == way && cell.operation() == operation)
        .filter(cell -> cell.order() == order && cell.isFresh() == isFresh)
        .filter(cell -> cell.chunk() == chunk)
        .findFirst()
        .orElseThrow();
  }

  private MarkdownTable table(boolean isFresh) {
    MarkdownTable table =
        new MarkdownTable(
            1,
            "what",
            "chunk",
            "call ns",
            "map ns",
            "Chronicle ns",
            "call MiB/s",
            "map MiB/s",
            "Chronicle MiB/s",
            "call : map");
    for (Operation operation : Operation.values()) {
      for (Order order : Order.values()) {
        for (int chunk : MapTrial.CHUNKS) {
          Cell calls = cell(Way.CALLS, operation, order, isFresh, chunk);
          Cell map = cell(Way.MAP, operation, order, isFresh, chunk);
          Cell chronicle = cell(Way.CHRONICLE, operation, order, isFresh, chunk);
          table.row(
              operation.call + ", " + order.label(),
              Figures.bytes(chunk),
              Figures.number(calls.nanos()),
              Figures.number(map.nanos()),
              Figures.number(chronicle.nanos()),
              Figures.number(calls.mibPerSecond()),
              Figures.number(map.mibPerSecond()),
              Figures.number(chronicle.mibPerSecond()),
              Figures.ratio(calls.nanos() / map.nanos()));
        }
      }
    }
    return table;
  }

  @Override
  public void plot(Path folder) {
    for (Operation operation : Operation.values()) {
      LinePlot plot =
          new LinePlot(
              operation.call + " against the map, cached file of " + Figures.bytes(fileBytes),
              "bytes an operation",
              "ns an operation");
      for (Way way : Way.values()) {
        for (Order order : Order.values()) {
          String name = way.label(operation) + ", " + order.label();
          plot.line(name, line(way, operation, order, false));
        }
        if (way != Way.CHRONICLE) {
          String name = way.label(operation) + ", pages fresh";
          plot.line(name, line(way, operation, Order.SEQUENTIAL, true));
        }
      }
      plot.save(folder.resolve(operation.name().toLowerCase(Locale.ROOT) + "s.png"));
    }
  }

  /** Time an operation by chunk. */
  private SortedMap<Double, Double> line(
      Way way, Operation operation, Order order, boolean isFresh) {
    SortedMap<Double, Double> points = new TreeMap<>();
    for (int chunk : MapTrial.CHUNKS) {
      points.put((double) chunk, cell(way, operation, order, isFresh, chunk).nanos());
    }
    return points;
  }
}
