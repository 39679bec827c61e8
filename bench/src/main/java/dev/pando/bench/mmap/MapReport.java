package dev.pando.bench.mmap;

import dev.pando.bench.mmap.Cell.Pages;
import dev.pando.bench.report.Figures;
import dev.pando.bench.report.LinePlot;
import dev.pando.bench.report.MarkdownTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The tables, words and plots. */
final class MapReport {
  private final Cells cells;
  private final long size;
  private final String machine;

  MapReport(Cells cells, long size, String machine) {
    this.cells = cells;
    this.size = size;
    this.machine = machine;
  }

  String markdown() {
    Crossing crossing = new Crossing(cells);
    StringBuilder text = new StringBuilder("# The map against system calls\n\n");
    text.append(
        """
        A file of %s in the page cache; chunks at multiples of their length; each way in a JVM of its own,
        the best of some rounds. `read()` and `write()` are FileChannel's, at an offset, with a direct buffer;
        the map is a MemorySegment, from and to which a chunk is copied. Chronicle's MappedBytes needs
        `%s`.

        """
            .formatted(Figures.bytes(size), String.join(" ", Way.CHRONICLE.flags)));
    text.append("## read() against the map\n\n").append(table(Operation.READ));
    sentences(text, crossing, Operation.READ);
    text.append("## write() against the map\n\n").append(table(Operation.WRITE));
    sentences(text, crossing, Operation.WRITE);
    text.append("## Pages touched for the first time\n\n").append(fresh(crossing));
    return text.append(machine).append('\n').toString();
  }

  private void sentences(StringBuilder text, Crossing crossing, Operation operation) {
    text.append('\n');
    for (Order order : Order.values()) {
      text.append("- ")
          .append(crossing.sentence(operation, order, Pages.TOUCHED, Plan.CHUNKS))
          .append('\n');
    }
    text.append("- ").append(crossing.chronicle(operation)).append("\n\n");
  }

  private String table(Operation operation) {
    MarkdownTable table =
        new MarkdownTable(
            1,
            "order",
            "chunk",
            operation.call + " ns",
            "map ns",
            "Chronicle ns",
            operation.call + " MiB/s",
            "map MiB/s",
            "Chronicle MiB/s",
            operation.call + " : map");
    for (Order order : Order.values()) {
      for (int chunk : Plan.CHUNKS) {
        table.row(row(operation, order, Pages.TOUCHED, chunk, order.label()));
      }
    }
    return table.toString();
  }

  private String[] row(Operation operation, Order order, Pages pages, int chunk, String first) {
    Cell calls = cells.get(Way.CALLS, operation, order, pages, chunk);
    Cell map = cells.get(Way.MAP, operation, order, pages, chunk);
    Cell chronicle = cells.get(Way.CHRONICLE, operation, order, pages, chunk);
    return new String[] {
      first,
      Figures.bytes(chunk),
      Figures.number(calls.nanos()),
      Figures.number(map.nanos()),
      Figures.number(chronicle.nanos()),
      Figures.number(calls.mibPerSecond()),
      Figures.number(map.mibPerSecond()),
      Figures.number(chronicle.mibPerSecond()),
      Figures.ratio(calls.nanos() / map.nanos())
    };
  }

  private String fresh(Crossing crossing) {
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
    StringBuilder words = new StringBuilder("\n");
    for (Operation operation : Operation.values()) {
      for (Order order : Order.values()) {
        String what = operation.name().toLowerCase(Locale.ROOT) + ", " + order.label();
        for (int chunk : Plan.CHUNKS) {
          table.row(row(operation, order, Pages.FRESH, chunk, what));
        }
        words
            .append("- ")
            .append(crossing.sentence(operation, order, Pages.FRESH, Plan.CHUNKS))
            .append('\n');
      }
    }
    return """
    Above, every page was touched before, and pages that are written were dirty. Here no page is touched
    twice: each chunk is read through a map that was just made, or written when a sync has just made all
    pages clean, as they are after a commit. The sync itself is not counted.

    """
        + table
        + words.append('\n');
  }

  void plot(Path folder) {
    for (Operation operation : Operation.values()) {
      LinePlot plot =
          new LinePlot(
              operation.call + " against the map, cached file of " + Figures.bytes(size),
              "bytes an operation",
              "ns an operation");
      for (Way way : List.of(Way.values())) {
        for (Order order : Order.values()) {
          plot.line(
              way.label(operation) + ", " + order.label(),
              cells.line(way, operation, order, Pages.TOUCHED));
        }
      }
      for (Way way : List.of(Way.CALLS, Way.MAP)) {
        plot.line(
            way.label(operation) + ", pages fresh",
            cells.line(way, operation, Order.SEQUENTIAL, Pages.FRESH));
      }
      plot.save(folder.resolve(operation.name().toLowerCase(Locale.ROOT) + "s.png"));
    }
  }
}
