package dev.pando.bench.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All figures of a run. */
final class Results {
  private final Map<Workload, Map<PeerKind, List<Double>>> values = new EnumMap<>(Workload.class);
  private final Map<Workload, Map<PeerKind, Set<String>>> checksums = new EnumMap<>(Workload.class);
  private final Map<PeerKind, String> configs = new EnumMap<>(PeerKind.class);
  private final List<String> failures = new ArrayList<>();

  /** The figures of one peer in one workload, of all rounds. */
  record Spread(double median, double least, double most, List<Double> all) {
    static Spread of(List<Double> all) {
      List<Double> sorted = all.stream().sorted().toList();
      int half = sorted.size() / 2;
      double median =
          sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
      return new Spread(median, sorted.getFirst(), sorted.getLast(), List.copyOf(all));
    }
  }

  void add(Workload workload, PeerKind kind, double value, String checksum) {
    values
        .computeIfAbsent(workload, _ -> new EnumMap<>(PeerKind.class))
        .computeIfAbsent(kind, _ -> new ArrayList<>())
        .add(value);
    if (!checksum.equals(Outcome.NONE)) {
      checksums
          .computeIfAbsent(workload, _ -> new EnumMap<>(PeerKind.class))
          .computeIfAbsent(kind, _ -> new LinkedHashSet<>())
          .add(checksum);
    }
  }

  void config(PeerKind kind, String config) {
    configs.put(kind, config);
  }

  void fail(String what) {
    failures.add(what);
  }

  /** Adds a failure for each workload in which peers have read different things. */
  void compareChecksums() {
    checksums.forEach(
        (workload, byPeer) -> {
          if (byPeer.values().stream().flatMap(Set::stream).distinct().count() > 1) {
            fail(workload.id() + ": checksums differ: " + byPeer);
          }
        });
  }

  Map<PeerKind, String> configs() {
    return configs;
  }

  List<String> failures() {
    return failures;
  }

  List<Workload> workloads() {
    return List.copyOf(values.keySet());
  }

  /** The figures, or null if there are none. */
  @Nullable Spread spread(Workload workload, PeerKind kind) {
    List<Double> all = values.getOrDefault(workload, Map.of()).get(kind);
    return all == null ? null : Spread.of(all);
  }

  /** The median, or NaN if there is none. */
  double median(Workload workload, PeerKind kind) {
    Spread spread = spread(workload, kind);
    return spread == null ? Double.NaN : spread.median();
  }

  /** A peer's median divided by lmdbjava's, or NaN. */
  double ratio(Workload workload, PeerKind kind) {
    return median(workload, kind) / median(workload, PeerKind.LMDBJAVA);
  }
}
