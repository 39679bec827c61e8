package dev.pando.bench.rates;

import dev.pando.bench.harness.BarPlot;
import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.harness.Report;
import dev.pando.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What {@code compare} has measured.
 *
 * @param machine a sentence about the machine
 * @param heap flags of every JVM
 * @param configs how each store was set up
 */
public record CompareReport(
    String command,
    String machine,
    String heap,
    Setting setting,
    List<Row> rows,
    Map<String, String> configs,
    List<String> failures)
    implements Report {

  /**
   * One workload of one store: medians of all rounds.
   *
   * @param ratio to lmdbjava's figure; 0 if that was not measured
   * @param cold a rate in the first moments of a fresh JVM; 0 if this is no rate
   * @param coldRatio to lmdbjava's cold rate
   * @param compilingSeconds processor seconds of the JIT compilers while this was measured warm; of
   *     a cost, since the first commit
   * @param coldCompilingSeconds the same in the first moments
   * @param process of a cost, in the unit, for the whole process; 0 if this is no cost
   * @param othersCores processors that other processes kept busy
   */
  record Row(
      String workload,
      String title,
      String unit,
      String store,
      double median,
      double least,
      double most,
      List<Double> all,
      double ratio,
      double cold,
      double coldRatio,
      double compilingSeconds,
      double coldCompilingSeconds,
      double process,
      double othersCores,
      String checksum) {

    boolean isRate() {
      return cold > 0;
    }

    boolean isCost() {
      return unit.equals("us");
    }
  }

  @Override
  public boolean isGood() {
    return failures.isEmpty();
  }

  @Override
  public String markdown() {
    StringBuilder out = new StringBuilder("# Pando beside other stores\n\n    " + command + "\n\n");
    out.append(machine).append("\n\n").append(data()).append("\n\n## Median (least to most)\n\n");
    out.append(matrix(3, List.of(Row::title, Row::unit), CompareReport::spread));
    out.append("\n## Divided by lmdbjava's; in brackets in the first ").append(coldSeconds());
    out.append("\n\n").append(matrix(1, List.of(), CompareReport::ratios));
    if (rows.stream().anyMatch(Row::isRate)) {
      out.append("\n## Cold and warm, and what compiling takes\n\n").append(cold());
    }
    if (rows.stream().anyMatch(Row::isCost)) {
      out.append("\n## Processor time of a commit in a young JVM\n\n").append(costs());
    }
    out.append("\n## How the stores are set up\n\nEvery JVM: `").append(heap).append("`.\n\n");
    configs.forEach((store, config) -> out.append("- **%s**: %s\n".formatted(store, config)));
    if (!failures.isEmpty()) {
      out.append("\n## Failures\n\n");
      failures.forEach(failure -> out.append("- ").append(failure).append('\n'));
    }
    return out.toString();
  }

  private String data() {
    return String.format(
        Locale.ROOT,
        "%,d records, keys %s (%d bytes), values of %,d bytes; for reading and overwriting they"
            + " were loaded in %s order in one transaction. Each figure is from a JVM of its own"
            + " after %,d ms of warm-up; sizes, openings and costs in us have none. The first %s of it are"
            + " measured, too; windows of %,d ms. Other processes kept %.2f processors busy meanwhile, in the worst row %.2f.",
        setting.data().records(),
        setting.data().keys(),
        setting.data().keys().bytes,
        setting.data().valueBytes(),
        setting.sortedLoad() ? "ascending" : "random",
        setting.warmMillis(),
        coldSeconds(),
        setting.windowMillis(),
        rows.stream().filter(Row::isRate).mapToDouble(Row::othersCores).average().orElse(0),
        rows.stream().filter(Row::isRate).mapToDouble(Row::othersCores).max().orElse(0));
  }

  private String coldSeconds() {
    return String.format(Locale.ROOT, "%.1f s", setting.coldMillis() / 1e3);
  }

  private List<String> stores() {
    return List.copyOf(configs.keySet());
  }

  private Optional<Row> row(String workload, String store) {
    return rows.stream()
        .filter(row -> row.workload.equals(workload) && row.store.equals(store))
        .findFirst();
  }

  /** A row for each workload, a column for each store. */
  private MarkdownTable matrix(
      int texts, List<Function<Row, String>> about, Function<Row, String> cell) {
    List<String> header = new ArrayList<>(List.of("workload", "what", "unit").subList(0, texts));
    header.addAll(stores());
    MarkdownTable table = new MarkdownTable(texts, header.toArray(String[]::new));
    for (String workload : rows.stream().map(Row::workload).distinct().toList()) {
      List<String> cells = new ArrayList<>(List.of(workload));
      Row any = rows.stream().filter(row -> row.workload.equals(workload)).findAny().orElseThrow();
      about.forEach(text -> cells.add(text.apply(any)));
      stores().forEach(store -> cells.add(row(workload, store).map(cell).orElse("")));
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private static String spread(Row row) {
    String median = Figures.number(row.median);
    return row.all.size() == 1
        ? median
        : "%s (%s to %s)".formatted(median, Figures.number(row.least), Figures.number(row.most));
  }

  private static String ratios(Row row) {
    String warm = row.ratio == 0 ? "" : String.format(Locale.ROOT, "%.2f", row.ratio);
    return row.coldRatio == 0 ? warm : warm + String.format(Locale.ROOT, " (%.2f)", row.coldRatio);
  }

  private MarkdownTable cold() {
    MarkdownTable table =
        new MarkdownTable(
            3,
            "workload",
            "store",
            "unit",
            "warm",
            "first " + coldSeconds(),
            "cold : warm",
            "compiling, CPU s, warm",
            "first " + coldSeconds());
    for (Row row : rows) {
      if (row.isRate()) {
        table.row(
            row.workload,
            row.store,
            row.unit,
            Figures.number(row.median),
            Figures.number(row.cold),
            String.format(Locale.ROOT, "%.2f", row.cold / row.median),
            String.format(Locale.ROOT, "%.2f", row.compilingSeconds),
            String.format(Locale.ROOT, "%.2f", row.coldCompilingSeconds));
      }
    }
    return table;
  }

  /** Processor time of the thread, of the process, and of its compilers; less is better. */
  private MarkdownTable costs() {
    MarkdownTable table =
        new MarkdownTable(
            3,
            "workload",
            "store",
            "unit",
            "thread",
            ": lmdbjava",
            "process",
            ": lmdbjava",
            "compiling since the first, CPU s",
            ": lmdbjava");
    for (Row row : rows) {
      if (row.isCost()) {
        table.row(
            row.workload,
            row.store,
            row.unit,
            Figures.number(row.median),
            ratio(row, Row::median),
            Figures.number(row.process),
            ratio(row, Row::process),
            String.format(Locale.ROOT, "%.3f", row.compilingSeconds),
            ratio(row, Row::compilingSeconds));
      }
    }
    return table;
  }

  /** A figure divided by lmdbjava's, if that was measured. */
  private String ratio(Row row, ToDoubleFunction<Row> figure) {
    return row(row.workload, StoreKind.LMDBJAVA.toString())
        .filter(base -> figure.applyAsDouble(base) > 0)
        .map(base -> figure.applyAsDouble(row) / figure.applyAsDouble(base))
        .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
        .orElse("");
  }

  /**
   * Draws ratios.png, cold.png, sizes.png, opens.png and costs.png, each if there is something to
   * show.
   */
  @Override
  public void plot(Path folder) throws IOException {
    String first = "Rates in the first " + coldSeconds() + " of a JVM, divided by lmdbjava's";
    plot("Rates divided by lmdbjava's", "times lmdbjava", Row::isRate, Row::ratio)
        .save(folder.resolve("ratios.png"));
    plot(first, "times lmdbjava", Row::isRate, Row::coldRatio).save(folder.resolve("cold.png"));
    plot("Size on disk", "MiB", row -> row.unit.equals("MiB"), Row::median)
        .save(folder.resolve("sizes.png"));
    plot("Open to first get", "ms", row -> row.unit.equals("ms"), Row::median)
        .save(folder.resolve("opens.png"));
    plot("Processor time of a commit in a young JVM", "us", Row::isCost, Row::median)
        .save(folder.resolve("costs.png"));
  }

  private BarPlot plot(
      String title, String unit, Predicate<Row> shown, Function<Row, Double> figure) {
    BarPlot plot = new BarPlot(title, unit);
    List<String> workloads = rows.stream().filter(shown).map(Row::workload).distinct().toList();
    for (String store : stores()) {
      plot.bars(
          store,
          workloads,
          workloads.stream()
              .map(workload -> row(workload, store).map(figure).orElse(0.0))
              .toList());
    }
    return plot;
  }
}
