package dev.pando.bench.memory;

import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.harness.Report;
import dev.pando.bench.memory.MemoryTrial.Found;
import dev.pando.bench.memory.MemoryTrial.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What {@code memory} has measured. */
public record MemoryReport(String machine, long limitBytes, long records, List<Row> rows)
    implements Report {
  /**
   * One kind of work on one store.
   *
   * @param mebibytes the store's size after it
   */
  record Row(String store, Work work, Found found, double mebibytes) {}

  @Override
  public String markdown() {
    return """
    # Stores larger than memory

    %,d records, keys of 16 bytes that look random, values of 100 bytes, loaded in ascending order. The JVM, with a
    heap of 96 MiB, and its pages in the page cache may use %s.

    ## Operations a second

    %s
    ## Bytes read from the disk for each

    %s
    ## The slowest percent, µs each, and the longest time without one, ms

    %s
    ## Size of the store, MiB

    %s
    %s
    """
        .formatted(
            records,
            Figures.bytes(limitBytes),
            table(row -> row.found.perSecond()),
            table(row -> row.found.readBytes()),
            slowest(),
            table(Row::mebibytes),
            machine);
  }

  private List<String> stores() {
    return rows.stream().map(Row::store).distinct().toList();
  }

  private MarkdownTable table(ToDoubleFunction<Row> figure) {
    List<String> header = new ArrayList<>(List.of("work"));
    header.addAll(stores());
    MarkdownTable table = new MarkdownTable(1, header.toArray(String[]::new));
    for (Work work : Work.values()) {
      List<String> cells = new ArrayList<>(List.of(work.title));
      rows.stream()
          .filter(row -> row.work == work)
          .forEach(row -> cells.add(Figures.number(figure.applyAsDouble(row))));
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private MarkdownTable slowest() {
    List<String> header = new ArrayList<>(List.of("work"));
    stores().forEach(store -> header.addAll(List.of(store + " p99", "longest")));
    MarkdownTable table = new MarkdownTable(1, header.toArray(String[]::new));
    for (Work work : Work.values()) {
      if (work != Work.LOAD) {
        List<String> cells = new ArrayList<>(List.of(work.title));
        for (Row row : rows) {
          if (row.work == work) {
            cells.add(Figures.number(row.found.p99Micros()));
            cells.add(Figures.number(row.found.longestMillis()));
          }
        }
        table.row(cells.toArray(String[]::new));
      }
    }
    return table;
  }

  @Override
  public void plot(Path folder) {}
}
