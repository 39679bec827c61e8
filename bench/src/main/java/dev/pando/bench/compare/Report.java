package dev.pando.bench.compare;

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
  private final Map<String, String> facts;

  /**
   * A report.
   *
   * @param facts about the machine and the run, in the order in which they are shown
   */
  Report(Results results, List<PeerKind> peers, Setting setting, Map<String, String> facts) {
    this.results = results;
    this.peers = peers;
    this.setting = setting;
    this.facts = facts;
  }

  String markdown() {
    StringBuilder out = new StringBuilder("# Pando beside other stores\n\n");
    facts.forEach(
        (name, value) -> out.append("- ").append(name).append(": ").append(value).append('\n'));
    out.append("- data: ").append(data()).append("\n\n");
    out.append(figures()).append('\n').append(ratios()).append('\n');
    out.append("## How the stores are set up\n\n");
    results
        .configs()
        .forEach((kind, config) -> out.append("- **%s**: %s\n".formatted(kind.id(), config)));
    if (!results.failures().isEmpty()) {
      out.append("\n## Failures\n\n");
      results.failures().forEach(failure -> out.append("- ").append(failure).append('\n'));
    }
    return out.toString();
  }

  private String data() {
    return "%,d records, keys %s (%d bytes), values of %,d bytes; loaded in random order"
        .formatted(
            setting.records(),
            setting.keys().name().toLowerCase(Locale.ROOT),
            setting.keys().bytes,
            setting.valueBytes());
  }

  /** A row for each workload: the median, the least and the most of each peer. */
  String figures() {
    List<String> header = new ArrayList<>(List.of("workload", "what", "unit"));
    peers.forEach(kind -> header.add(kind.id()));
    List<List<String>> rows = new ArrayList<>();
    for (Workload workload : results.workloads()) {
      List<String> row = new ArrayList<>(List.of(workload.id(), workload.title(), workload.unit()));
      peers.forEach(kind -> row.add(figures(workload, kind)));
      rows.add(row);
    }
    return "## Figures: median (least to most)\n\n" + table(header, rows, 3);
  }

  private String figures(Workload workload, PeerKind kind) {
    Results.Figures figures = results.figures(workload, kind);
    if (figures == null) {
      return "";
    }
    return figures.all().size() == 1
        ? number(figures.median())
        : "%s (%s to %s)"
            .formatted(number(figures.median()), number(figures.least()), number(figures.most()));
  }

  /**
   * A row for each workload: each peer's median divided by lmdbjava's, and what Pando is to reach.
   */
  String ratios() {
    List<String> header = new ArrayList<>(List.of("workload"));
    peers.stream().filter(kind -> kind != PeerKind.LMDBJAVA).forEach(kind -> header.add(kind.id()));
    header.addAll(List.of("Pando's goal", "reached"));
    List<List<String>> rows = new ArrayList<>();
    for (Workload workload : results.workloads()) {
      List<String> row = new ArrayList<>(List.of(workload.id()));
      for (PeerKind kind : peers) {
        if (kind != PeerKind.LMDBJAVA) {
          row.add(ratio(results.ratio(workload, kind)));
        }
      }
      row.add(goal(workload.goal()));
      row.add(reached(workload));
      rows.add(row);
    }
    return "## Ratios to lmdbjava\n\n" + table(header, rows, 1);
  }

  private static String goal(Goal goal) {
    return goal + (goal.relative() ? "" : " absolute");
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

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
  }

  private static String table(List<String> header, List<List<String>> rows, int leftColumns) {
    StringBuilder out = new StringBuilder();
    int[] widths = new int[header.size()];
    List<List<String>> all = new ArrayList<>(List.of(header));
    all.addAll(rows);
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    line(out, header, widths, leftColumns);
    for (int i = 0; i < widths.length; i++) {
      String dashes = "-".repeat(Math.max(1, widths[i]));
      out.append(i < leftColumns ? "| " + dashes + " " : "| " + dashes + ":");
    }
    out.append("|\n");
    rows.forEach(row -> line(out, row, widths, leftColumns));
    return out.toString();
  }

  private static void line(StringBuilder out, List<String> row, int[] widths, int leftColumns) {
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      out.append("| ")
          .append(i < leftColumns ? row.get(i) + padding : padding + row.get(i))
          .append(' ');
    }
    out.append("|\n");
  }

  String json() {
    Map<String, Object> all = new LinkedHashMap<>(facts);
    all.put("records", setting.records());
    all.put("keys", setting.keys().name().toLowerCase(Locale.ROOT));
    all.put("valueBytes", setting.valueBytes());
    List<Object> rows = new ArrayList<>();
    for (Workload workload : results.workloads()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("workload", workload.id());
      row.put("unit", workload.unit());
      row.put("goal", goal(workload.goal()));
      row.put("reached", reached(workload));
      for (PeerKind kind : peers) {
        Results.Figures figures = results.figures(workload, kind);
        if (figures != null) {
          Map<String, Object> cell = new LinkedHashMap<>();
          cell.put("median", figures.median());
          cell.put("ratio", results.ratio(workload, kind));
          cell.put("all", figures.all());
          row.put(kind.id(), cell);
        }
      }
      rows.add(row);
    }
    all.put("workloads", rows);
    Map<String, String> configs = new LinkedHashMap<>();
    results.configs().forEach((kind, config) -> configs.put(kind.id(), config));
    all.put("configs", configs);
    all.put("failures", results.failures());
    return Json.write(all) + "\n";
  }
}
