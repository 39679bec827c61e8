package dev.pando.bench.rates;

import dev.pando.bench.rates.CompareReport.Row;
import dev.pando.bench.store.StoreKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table of a document, made from recorded runs. All columns of numbers, one row for each
 * workload.
 */
public final class RecordedTable {
  /** A column: its heading, and the text for a workload. */
  private record Column(String heading, Function<String, String> cell) {}

  private final CompareReport run;

  private RecordedTable(CompareReport run) {
    this.run = run;
  }

  /**
   * Makes a table.
   *
   * @param kind which one, as {@code bench/run tables --help} says
   * @param runs the recorded runs: the first one has the workloads
   * @param stores the stores of the columns
   */
  public static String of(String kind, List<CompareReport> runs, List<String> stores) {
    RecordedTable first = new RecordedTable(runs.getFirst());
    return switch (kind) {
      case "rates" -> first.rates(stores);
      case "ratios" -> first.ratios(runs, stores);
      case "warming" -> first.warming(new RecordedTable(runs.getLast()), stores);
      case "compiling" -> first.compiling();
      case "costs" -> first.costs();
      default ->
          throw new IllegalArgumentException(
              "table '" + kind + "', allowed: rates, ratios, warming, compiling, costs");
    };
  }

  private static String pando() {
    return StoreKind.PANDO.toString();
  }

  private static String lmdbjava() {
    return StoreKind.LMDBJAVA.toString();
  }

  /** Medians, and Pando's divided by lmdbjava's. */
  private String rates(List<String> stores) {
    List<Column> columns = new ArrayList<>();
    stores.forEach(
        store -> columns.add(new Column(store, work -> text(work, store, RecordedTable::median))));
    boolean hasPando = run.rows().stream().anyMatch(row -> row.store().equals(pando()));
    if (hasPando) {
      columns.add(new Column("Pando / lmdbjava", work -> ratio(work, pando(), Row::ratio)));
    }
    if (hasPando && run.rows().stream().anyMatch(row -> row.coldRatio() > 0)) {
      columns.add(new Column(cold(), work -> ratio(work, pando(), Row::coldRatio)));
    }
    return table(this::titleWithUnit, columns, workloads(_ -> true));
  }

  /** Rates as multiples of lmdbjava's in the same run, the first one that has the store. */
  private String ratios(List<CompareReport> runs, List<String> stores) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("Pando", work -> ratio(work, pando(), Row::ratio)));
    columns.add(new Column("Pando, " + cold(), work -> ratio(work, pando(), Row::coldRatio)));
    stores.forEach(store -> columns.add(new Column(store, work -> firstRatio(runs, work, store))));
    return table(this::title, columns, workloads(Row::isRate));
  }

  private static String firstRatio(List<CompareReport> runs, String work, String store) {
    return runs.stream()
        .map(run -> new RecordedTable(run).ratio(work, store, Row::ratio))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Pando's rates as multiples of lmdbjava's, from the first seconds on; floors of either run. */
  private String warming(RecordedTable later, List<String> floors) {
    Function<String, String> floor =
        work ->
            floors.stream()
                .flatMap(
                    store -> Stream.of(later, this).map(of -> of.ratio(work, store, Row::ratio)))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    return table(
        this::title,
        List.of(
            new Column(cold(), work -> ratio(work, pando(), Row::coldRatio)),
            new Column("after " + warm(), work -> ratio(work, pando(), Row::ratio)),
            new Column("after " + later.warm(), work -> later.ratio(work, pando(), Row::ratio)),
            new Column("floor", floor)),
        later.workloads(Row::isRate).stream().filter(work -> row(work, pando()) != null).toList());
  }

  /** Processor seconds of the JIT compilers. */
  private String compiling() {
    return table(
        this::title,
        List.of(
            new Column("Pando, " + cold() + " : warm", work -> coldShare(work, pando())),
            new Column("lmdbjava", work -> coldShare(work, lmdbjava())),
            new Column(
                "compiling in the " + cold() + ", CPU s, Pando",
                work -> ratio(work, pando(), Row::coldCompilingSeconds)),
            new Column("lmdbjava", work -> ratio(work, lmdbjava(), Row::coldCompilingSeconds)),
            new Column("warm, Pando", work -> seconds(work, pando())),
            new Column("lmdbjava", work -> seconds(work, lmdbjava()))),
        workloads(Row::isRate));
  }

  private String coldShare(String work, String store) {
    return text(work, store, row -> twoDigits(row.cold() / row.median()));
  }

  private String seconds(String work, String store) {
    return text(work, store, row -> twoDigits(row.compilingSeconds()));
  }

  /** Processor time of commits in a young JVM. */
  private String costs() {
    return table(
        this::title,
        List.of(
            new Column("thread, µs, Pando", work -> micros(work, pando(), Row::median)),
            new Column("lmdbjava", work -> micros(work, lmdbjava(), Row::median)),
            new Column("ratio", work -> ratio(work, pando(), Row::ratio)),
            new Column("process, µs, Pando", work -> micros(work, pando(), Row::process)),
            new Column("lmdbjava", work -> micros(work, lmdbjava(), Row::process)),
            new Column(
                "compilers since the first commit, CPU s, Pando", work -> seconds(work, pando())),
            new Column("lmdbjava", work -> seconds(work, lmdbjava()))),
        workloads(Row::isCost));
  }

  private String micros(String work, String store, ToDoubleFunction<Row> figure) {
    return text(work, store, row -> String.format(Locale.ROOT, "%,.0f", figure.applyAsDouble(row)));
  }

  private String ratio(String work, String store, ToDoubleFunction<Row> figure) {
    return text(
        work,
        store,
        row -> {
          double value = figure.applyAsDouble(row);
          return value == 0 ? "" : twoDigits(value);
        });
  }

  private String text(String work, String store, Function<Row, String> text) {
    Row row = row(work, store);
    return row == null ? "" : text.apply(row);
  }

  private @Nullable Row row(String work, String store) {
    return run.rows().stream()
        .filter(row -> row.workload().equals(work) && row.store().equals(store))
        .findFirst()
        .orElse(null);
  }

  private List<String> workloads(Predicate<Row> which) {
    return run.rows().stream().filter(which).map(Row::workload).distinct().toList();
  }

  private String title(String work) {
    return any(work).title();
  }

  private String titleWithUnit(String work) {
    Row row = any(work);
    String unit = row.unit().equals("us") ? "µs" : row.unit();
    return row.isRate() ? row.title() : row.title() + ", " + unit;
  }

  private Row any(String work) {
    return run.rows().stream().filter(row -> row.workload().equals(work)).findFirst().orElseThrow();
  }

  private String cold() {
    return "first %.0f s".formatted(run.setting().coldMillis() / 1e3);
  }

  private String warm() {
    return "%.0f s".formatted(run.setting().warmMillis() / 1e3);
  }

  /** Three digits, with k and M for rates. */
  private static String median(Row row) {
    double value = row.median();
    if (!row.unit().endsWith("/s") || value < 1e3) {
      return three(value, value >= 1e3 ? "%,.0f" : "%.0f", "");
    }
    return value >= 1e6 ? three(value / 1e6, "%.0f", " M") : three(value / 1e3, "%.0f", " k");
  }

  private static String three(double value, String large, String unit) {
    String format = value >= 99.95 ? large : value >= 9.995 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value) + unit;
  }

  private static String twoDigits(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String table(
      Function<String, String> title, List<Column> columns, List<String> workloads) {
    StringBuilder out = new StringBuilder();
    line(out, Stream.concat(Stream.of(""), columns.stream().map(Column::heading)).toList());
    out.append("|---|").append("---:|".repeat(columns.size())).append('\n');
    for (String work : workloads) {
      Stream<String> cells = columns.stream().map(column -> column.cell().apply(work));
      line(out, Stream.concat(Stream.of(title.apply(work)), cells).toList());
    }
    return out.toString();
  }

  private static void line(StringBuilder out, List<String> cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
