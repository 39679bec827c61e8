package dev.pando.bench.ycsb;

import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.harness.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code ycsb} has measured. */
public record YcsbReport(String machine, int records, int operations, int threads, List<Row> rows)
    implements Report {

  record Row(CoreMix workload, String store, MixTrial.Outcome outcome) {}

  @Override
  public String markdown() {
    return """
    # YCSB

    %s rows of ten fields of 100 bytes, %s operations on %d thread%s after seconds of warming up; keys are
    drawn as each workload says (zipfian, or the newest). Each workload has a freshly loaded store in a JVM of
    its own. Every update and insert is a transaction that is on disk when the call returns, in all
    stores. Percentiles are of the store's call alone; operations a second include YCSB's own work.

    %s
    %s
    %s
    """
        .formatted(
            Figures.count(records),
            Figures.count(operations),
            threads,
            threads == 1 ? "" : "s",
            throughput(),
            latency(),
            machine);
  }

  /** Operations a second; the ratio is of the first store to each other one. */
  private MarkdownTable throughput() {
    List<String> stores = rows.stream().map(Row::store).distinct().toList();
    List<String> header = new ArrayList<>(List.of("workload", "what"));
    stores.forEach(store -> header.add(store + " ops/s"));
    stores.stream().skip(1).forEach(store -> header.add(stores.getFirst() + " : " + store));
    MarkdownTable table = new MarkdownTable(2, header.toArray(String[]::new));
    for (CoreMix mix : rows.stream().map(Row::workload).distinct().toList()) {
      double[] rates =
          rows.stream()
              .filter(row -> row.workload == mix)
              .mapToDouble(row -> row.outcome.operationsPerSecond())
              .toArray();
      List<String> cells = new ArrayList<>(List.of(mix.name(), mix.words));
      for (double rate : rates) {
        cells.add(Figures.number(rate));
      }
      for (int i = 1; i < rates.length; i++) {
        cells.add(String.format(Locale.ROOT, "%.2f", rates[0] / rates[i]));
      }
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private MarkdownTable latency() {
    MarkdownTable table =
        new MarkdownTable(3, "workload", "operation", "store", "p50 µs", "p95 µs", "p99 µs");
    for (CoreMix mix : rows.stream().map(Row::workload).distinct().toList()) {
      for (String operation : List.of("read", "scan", "update", "insert")) {
        for (Row row : rows) {
          MixTrial.Times times = row.outcome.times().get(operation);
          if (row.workload == mix && times != null) {
            table.row(
                mix.name(),
                operation,
                row.store,
                Figures.number(times.p50()),
                Figures.number(times.p95()),
                Figures.number(times.p99()));
          }
        }
      }
    }
    return table;
  }

  @Override
  public void plot(Path folder) {}
}
