package dev.pando.bench.harness;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Bars over a logarithmic axis, saved as a PNG. */
public final class BarPlot {
  private final CategoryChart chart;
  private double least = Double.MAX_VALUE;

  /** A plot without bars. */
  public BarPlot(String title, String unit) {
    chart =
        new CategoryChartBuilder().width(1400).height(640).title(title).yAxisTitle(unit).build();
    chart
        .getStyler()
        .setYAxisLogarithmic(true)
        .setXAxisLabelRotation(30)
        .setLegendPosition(LegendPosition.OutsideE)
        .setChartBackgroundColor(Color.WHITE);
  }

  /** Adds a series of bars; a value that is 0 or infinite has none. */
  public void bars(String name, List<String> labels, List<Double> values) {
    List<@Nullable Double> bars = new ArrayList<>();
    for (double value : values) {
      boolean known = value > 0 && Double.isFinite(value);
      bars.add(known ? value : null);
      least = known ? Math.min(least, value) : least;
    }
    if (bars.stream().anyMatch(bar -> bar != null)) {
      var _ = chart.addSeries(name, labels, bars);
    }
  }

  /** Draws the picture, if there is a bar. */
  public void save(Path png) throws IOException {
    if (!chart.getSeriesCollection().isEmpty()) {
      chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
      ChartEncoder.saveChart(chart, png.toString(), "png");
    }
  }
}
