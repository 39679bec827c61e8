package dev.pando.bench.rates;

import dev.pando.bench.rates.CompareReport.Row;
import dev.pando.bench.store.StoreKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** All figures of a run. */
final class Results {
  private final Map<Workload, Map<StoreKind, List<Outcome>>> outcomes =
      new EnumMap<>(Workload.class);
  private final Map<String, String> configs = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  void add(Workload workload, StoreKind kind, Outcome outcome) {
    outcomes
        .computeIfAbsent(workload, _ -> new EnumMap<>(StoreKind.class))
        .computeIfAbsent(kind, _ -> new ArrayList<>())
        .add(outcome);
  }

  void config(StoreKind kind, String config) {
    String flags = kind.flags().isEmpty() ? "" : "; flags `" + String.join(" ", kind.flags()) + "`";
    configs.put(kind.toString(), config + flags);
  }

  void fail(String what) {
    failures.add(what);
  }

  /** Adds a failure for each workload in which stores have read different things. */
  void compareChecksums() {
    outcomes.forEach(
        (workload, byStore) -> {
          Map<StoreKind, Set<String>> checksums = new EnumMap<>(StoreKind.class);
          byStore.forEach(
              (kind, all) ->
                  all.stream()
                      .map(Outcome::checksum)
                      .filter(checksum -> !checksum.equals(Outcome.NONE))
                      .forEach(
                          sum -> checksums.computeIfAbsent(kind, _ -> new HashSet<>()).add(sum)));
          if (checksums.values().stream().flatMap(Set::stream).distinct().count() > 1) {
            fail(workload + ": checksums differ: " + checksums);
          }
        });
  }

  Map<String, String> configs() {
    return configs;
  }

  List<String> failures() {
    return failures;
  }

  /** A row for each workload of each store. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    outcomes.forEach(
        (workload, byStore) -> byStore.forEach((kind, all) -> rows.add(row(workload, kind, all))));
    return rows;
  }

  private Row row(Workload workload, StoreKind kind, List<Outcome> all) {
    List<Double> values = all.stream().map(Outcome::value).toList();
    return new Row(
        workload.toString(),
        workload.title,
        workload.unit,
        kind.toString(),
        median(all, Outcome::value),
        values.stream().min(Double::compare).orElseThrow(),
        values.stream().max(Double::compare).orElseThrow(),
        values,
        ratio(workload, kind, Outcome::value),
        median(all, Outcome::cold),
        ratio(workload, kind, Outcome::cold),
        median(all, Outcome::compiling),
        median(all, Outcome::coldCompiling),
        median(all, Outcome::process),
        median(all, Outcome::others),
        all.getFirst().checksum());
  }

  private static double median(List<Outcome> all, ToDoubleFunction<Outcome> figure) {
    double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** A store's median divided by lmdbjava's, or 0 if there is none. */
  double ratio(Workload workload, StoreKind kind, ToDoubleFunction<Outcome> figure) {
    Map<StoreKind, List<Outcome>> byStore = outcomes.getOrDefault(workload, Map.of());
    List<Outcome> own = byStore.getOrDefault(kind, List.of());
    List<Outcome> base = byStore.getOrDefault(StoreKind.LMDBJAVA, List.of());
    double divisor = base.isEmpty() ? 0 : median(base, figure);
    return own.isEmpty() || divisor == 0 ? 0 : median(own, figure) / divisor;
  }
}
