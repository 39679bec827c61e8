package dev.pando.bench.harness;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Lines over logarithmic axes, saved as a PNG. */
public final class LinePlot {
  private final XYChart chart;

  /** A plot without lines, both axes logarithmic. */
  public LinePlot(String title, String horizontal, String vertical) {
    chart =
        new XYChartBuilder()
            .width(1000)
            .height(640)
            .title(title)
            .xAxisTitle(horizontal)
            .yAxisTitle(vertical)
            .build();
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setYAxisLogarithmic(true)
        .setLegendPosition(LegendPosition.OutsideE)
        .setChartBackgroundColor(Color.WHITE);
  }

  /** Makes the vertical axis linear, from 0 up. */
  public LinePlot linear() {
    chart.getStyler().setYAxisLogarithmic(false).setYAxisMin(0.0);
    return this;
  }

  /** Adds a line; one without a point is left out. */
  public void line(String name, SortedMap<Double, Double> points) {
    if (!points.isEmpty()) {
      var _ =
          chart.addSeries(
              name,
              points.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
              points.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  /** Writes the picture. */
  public void save(Path png) {
    if (chart.getSeriesCollection().isEmpty()) {
      return;
    }
    try {
      ChartEncoder.saveChart(chart, png.toString(), "png");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
