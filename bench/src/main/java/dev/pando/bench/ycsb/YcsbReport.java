package dev.pando.bench.ycsb;

import dev.pando.bench.report.Figures;
import dev.pando.bench.report.MarkdownTable;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The tables: Pando beside lmdbjava. */
final class YcsbReport {
  private final Map<CoreMix, Map<Store.Kind, Outcome>> outcomes;

  YcsbReport(Map<CoreMix, Map<Store.Kind, Outcome>> outcomes) {
    this.outcomes = outcomes;
  }

  private Outcome outcome(CoreMix mix, Store.Kind kind) {
    return Objects.requireNonNull(Objects.requireNonNull(outcomes.get(mix)).get(kind));
  }

  /** Operations a second. */
  MarkdownTable throughput() {
    MarkdownTable table =
        new MarkdownTable(
            2, "workload", "what", "Pando ops/s", "lmdbjava ops/s", "Pando : lmdbjava");
    for (CoreMix mix : outcomes.keySet()) {
      double pando = outcome(mix, Store.Kind.PANDO).operationsPerSecond();
      double lmdb = outcome(mix, Store.Kind.LMDBJAVA).operationsPerSecond();
      table.row(
          mix.name(),
          mix.words,
          Figures.number(pando),
          Figures.number(lmdb),
          String.format(Locale.ROOT, "%.2f", pando / lmdb));
    }
    return table;
  }

  /** Percentiles. */
  MarkdownTable latency() {
    MarkdownTable table =
        new MarkdownTable(
            2,
            "workload",
            "operation",
            "Pando p50 µs",
            "p95",
            "p99",
            "lmdbjava p50 µs",
            "p95",
            "p99",
            "p50 lmdbjava : Pando");
    for (CoreMix mix : outcomes.keySet()) {
      outcome(mix, Store.Kind.PANDO)
          .times()
          .forEach(
              (kind, pando) -> {
                Outcome.Times lmdb = outcome(mix, Store.Kind.LMDBJAVA).times().get(kind);
                if (lmdb != null) {
                  table.row(row(mix, kind, pando, lmdb));
                }
              });
    }
    return table;
  }

  private static String[] row(CoreMix mix, String kind, Outcome.Times pando, Outcome.Times lmdb) {
    return new String[] {
      mix.name(),
      kind.toLowerCase(Locale.ROOT),
      Figures.number(pando.p50()),
      Figures.number(pando.p95()),
      Figures.number(pando.p99()),
      Figures.number(lmdb.p50()),
      Figures.number(lmdb.p95()),
      Figures.number(lmdb.p99()),
      String.format(Locale.ROOT, "%.2f", lmdb.p50() / pando.p50())
    };
  }
}
