package dev.pando.bench.compare;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The results as pictures: bars over a logarithmic axis. */
final class Plots {
  private final Results results;
  private final List<PeerKind> peers;
  private final Path out;

  Plots(Results results, List<PeerKind> peers, Path out) {
    this.results = results;
    this.peers = peers;
    this.out = out;
  }

  /** Writes ratios.png, sizes.png and opens.png, each if there is something to show. */
  void save() throws IOException {
    save(
        "ratios.png",
        "Rates divided by lmdbjava's: more is better",
        "times lmdbjava",
        workload -> !workload.goal().upper(),
        results::ratio);
    save("sizes.png", "Size on disk: less is better", "MiB", Workload::isSize, results::median);
    save(
        "opens.png",
        "Open to first get: less is better",
        "ms",
        workload -> workload.goal().upper() && !workload.isSize(),
        results::median);
  }

  private void save(
      String file,
      String title,
      String unit,
      Predicate<Workload> shown,
      ToDoubleBiFunction<Workload, PeerKind> figure)
      throws IOException {
    List<Workload> workloads = results.workloads().stream().filter(shown).toList();
    CategoryChart chart = chart(title, unit);
    double least = Double.MAX_VALUE;
    for (PeerKind kind : peers) {
      List<@Nullable Double> bars = new ArrayList<>();
      double leastOfPeer = Double.MAX_VALUE;
      for (Workload workload : workloads) {
        double value = figure.applyAsDouble(workload, kind);
        boolean known = value > 0 && Double.isFinite(value);
        bars.add(known ? value : null);
        leastOfPeer = known ? Math.min(leastOfPeer, value) : leastOfPeer;
      }
      if (leastOfPeer < Double.MAX_VALUE) {
        var _ = chart.addSeries(kind.id(), workloads.stream().map(Workload::id).toList(), bars);
        least = Math.min(least, leastOfPeer);
      }
    }
    if (!chart.getSeriesCollection().isEmpty()) {
      chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
      ChartEncoder.saveChart(chart, out.resolve(file).toString(), "png");
    }
  }

  private static CategoryChart chart(String title, String unit) {
    CategoryChart chart =
        new CategoryChartBuilder().width(1400).height(640).title(title).yAxisTitle(unit).build();
    chart
        .getStyler()
        .setYAxisLogarithmic(true)
        .setXAxisLabelRotation(30)
        .setLegendPosition(LegendPosition.OutsideE)
        .setChartBackgroundColor(Color.WHITE);
    return chart;
  }
}
