package dev.pando.bench.flat;

import dev.pando.bench.report.Figures;
import dev.pando.bench.report.MarkdownTable;
import java.util.List;

/**
 * What a row has measured.
 *
 * @param growth the largest amount's cost in terms of the smallest one's
 */
record FlatResult(
    String row,
    String title,
    String unit,
    List<FlatRow.Point> points,
    double growth,
    double limit,
    boolean isFlat) {

  static FlatResult of(FlatRow row, List<FlatRow.Point> points) {
    double growth = points.getLast().cost() / points.getFirst().cost();
    return new FlatResult(
        row.name(), row.title(), row.unit(), points, growth, row.limit(), growth <= row.limit());
  }

  static String markdown(List<FlatResult> results, String machine) {
    MarkdownTable table =
        new MarkdownTable(4, "row", "what", "with", "unit", "cost", "growth", "allowed");
    for (FlatResult result : results) {
      for (FlatRow.Point point : result.points) {
        boolean last = point == result.points.getLast();
        table.row(
            result.row,
            result.title,
            point.amount(),
            result.unit,
            Figures.number(point.cost()),
            last ? Figures.ratio(result.growth) + (result.isFlat ? "" : " (grows)") : "",
            last ? Figures.ratio(result.limit) : "");
      }
    }
    return machine + "\n\n" + table;
  }
}
