package dev.pando.bench.flat;

import dev.pando.bench.harness.Figures;
import dev.pando.bench.harness.MarkdownTable;
import dev.pando.bench.harness.Report;
import java.nio.file.Path;
import java.util.List;

/** What {@code flat} has measured. */
public record FlatReport(String machine, List<Row> rows) implements Report {
  /**
   * What a row has measured.
   *
   * @param growth the largest amount's cost in terms of the smallest one's
   */
  record Row(
      String row,
      String title,
      String unit,
      List<FlatRow.Point> points,
      double growth,
      double limit,
      boolean isFlat) {

    static Row of(FlatRow row, List<FlatRow.Point> points) {
      double growth = points.getLast().cost() / points.getFirst().cost();
      boolean isFlat = growth <= row.limit();
      return new Row(row.name(), row.title(), row.unit(), points, growth, row.limit(), isFlat);
    }
  }

  @Override
  public boolean isGood() {
    return rows.stream().allMatch(Row::isFlat);
  }

  @Override
  public String markdown() {
    MarkdownTable table =
        new MarkdownTable(4, "row", "what", "with", "unit", "cost", "growth", "allowed");
    for (Row row : rows) {
      for (FlatRow.Point point : row.points) {
        boolean last = point == row.points.getLast();
        table.row(
            row.row,
            row.title,
            point.amount(),
            row.unit,
            Figures.number(point.cost()),
            last ? Figures.ratio(row.growth) + (row.isFlat ? "" : " (grows)") : "",
            last ? Figures.ratio(row.limit) : "");
      }
    }
    return machine + "\n\n" + table;
  }

  @Override
  public void plot(Path folder) {}
}
