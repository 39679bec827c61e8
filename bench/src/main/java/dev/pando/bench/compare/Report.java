package dev.pando.bench.compare;

import dev.pando.bench.report.Figures;
import dev.pando.bench.report.Json;
import dev.pando.bench.report.MarkdownTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results as text. */
final class Report {
  private final Results results;
  private final List<PeerKind> peers;
  private final Setting setting;
  private final String machine;
  private final String command;

  /**
   * A report.
   *
   * @param machine a sentence about the machine
   * @param command the command line
   */
  Report(Results results, List<PeerKind> peers, Setting setting, String machine, String command) {
    this.results = results;
    this.peers = peers;
    this.setting = setting;
    this.machine = machine;
    this.command = command;
  }

  String markdown() {
    StringBuilder out = new StringBuilder("# Pando beside other stores\n\n");
    out.append("    ").append(command).append("\n\n");
    out.append(machine).append("\n\n").append(data()).append("\n\n").append(tables());
    out.append("## How the stores are set up\n\n");
    out.append("Every JVM: `").append(String.join(" ", Children.COMMON_FLAGS)).append("`.\n\n");
    results
        .configs()
        .forEach(
            (kind, config) ->
                out.append("- **%s**: %s%s\n".formatted(kind.id(), config, flags(kind))));
    if (!results.failures().isEmpty()) {
      out.append("\n## Failures\n\n");
      results.failures().forEach(failure -> out.append("- ").append(failure).append('\n'));
    }
    return out.toString();
  }

  private static String flags(PeerKind kind) {
    return kind.flags().isEmpty() ? "" : "; flags `" + String.join(" ", kind.flags()) + "`";
  }

  private String data() {
    return String.format(
        Locale.ROOT,
        "%,d records, keys %s (%d bytes), values of %,d bytes; for reading and overwriting they"
            + " were loaded in %s order in one transaction. Each figure is from a JVM of its own"
            + " after %,d ms of warm-up; windows of %,d ms.",
        setting.records(),
        setting.keys().id(),
        setting.keys().bytes,
        setting.valueBytes(),
        setting.sortedLoad() ? "ascending" : "random",
        setting.warmMillis(),
        setting.windowMillis());
  }

  /** Both tables. */
  String tables() {
    return "## Median (least to most)\n\n"
        + figures()
        + "\n## Divided by lmdbjava's\n\n"
        + ratios()
        + "\n";
  }

  private MarkdownTable figures() {
    List<String> header = new ArrayList<>(List.of("workload", "what", "unit"));
    peers.forEach(kind -> header.add(kind.id()));
    MarkdownTable table = new MarkdownTable(3, header.toArray(String[]::new));
    for (Workload workload : results.workloads()) {
      List<String> row = new ArrayList<>(List.of(workload.id(), workload.title(), workload.unit()));
      peers.forEach(kind -> row.add(figures(workload, kind)));
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private String figures(Workload workload, PeerKind kind) {
    Results.Spread spread = results.spread(workload, kind);
    if (spread == null) {
      return "";
    }
    String median = Figures.number(spread.median());
    return spread.all().size() == 1
        ? median
        : "%s (%s to %s)"
            .formatted(median, Figures.number(spread.least()), Figures.number(spread.most()));
  }

  private MarkdownTable ratios() {
    List<PeerKind> others = peers.stream().filter(kind -> kind != PeerKind.LMDBJAVA).toList();
    List<String> header = new ArrayList<>(List.of("workload"));
    others.forEach(kind -> header.add(kind.id()));
    header.addAll(List.of("goal", "reached"));
    MarkdownTable table = new MarkdownTable(1, header.toArray(String[]::new));
    for (Workload workload : results.workloads()) {
      List<String> row = new ArrayList<>(List.of(workload.id()));
      others.forEach(kind -> row.add(ratio(results.ratio(workload, kind))));
      row.addAll(List.of(workload.goal().toString(), reached(workload)));
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private String reached(Workload workload) {
    double pando = results.median(workload, PeerKind.PANDO);
    double lmdbjava = results.median(workload, PeerKind.LMDBJAVA);
    boolean measured = !Double.isNaN(workload.goal().relative() ? pando / lmdbjava : pando);
    return !measured ? "" : workload.goal().reached(pando, lmdbjava) ? "yes" : "no";
  }

  private static String ratio(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
  }

  String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("command", command);
    all.put("machine", machine);
    all.put("setting", setting);
    List<Object> rows = new ArrayList<>();
    results.workloads().forEach(workload -> rows.add(row(workload)));
    all.put("workloads", rows);
    Map<String, String> configs = new LinkedHashMap<>();
    results.configs().forEach((kind, config) -> configs.put(kind.id(), config + flags(kind)));
    all.put("configs", configs);
    all.put("failures", results.failures());
    return Json.of(all);
  }

  private Map<String, Object> row(Workload workload) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("workload", workload.id());
    row.put("unit", workload.unit());
    row.put("goal", workload.goal().toString());
    row.put("reached", reached(workload));
    for (PeerKind kind : peers) {
      Results.Spread spread = results.spread(workload, kind);
      if (spread != null) {
        Map<String, Object> cell = new LinkedHashMap<>();
        cell.put("median", spread.median());
        cell.put("ratio", results.ratio(workload, kind));
        cell.put("all", spread.all());
        row.put(kind.id(), cell);
      }
    }
    return row;
  }
}
