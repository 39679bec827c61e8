package dev.pando.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows with the same names that are written one by one, so any number of them takes no memory. */
final class RowStream {
  /**
   * A column.
   *
   * @param width for people, unless its name is longer; longer values move those after them
   * @param isNumber whether it is to the right
   */
  record Column(String name, int width, boolean isNumber) {
    private String pad(String text) {
      return Report.pad(text, Math.max(width, name.length()), isNumber);
    }
  }

  private final Console console;
  private final OutputForm form;
  private final List<Column> columns;
  private final List<String> names;
  private long rows;

  /** Writes the names, but not for JSON. */
  RowStream(Console console, OutputForm form, List<Column> columns) {
    this.console = console;
    this.form = form.checked();
    this.columns = columns;
    this.names = columns.stream().map(Column::name).toList();
    if (form.csv()) {
      console.line(Csv.line(names));
    } else if (!form.json()) {
      line(columns.stream().map(column -> column.pad(column.name)).toList());
    }
  }

  /** Writes a row; false if nothing reads the rows any more. */
  boolean row(Map<String, ? extends @Nullable Object> row) {
    if (form.json()) {
      console.line(Json.of(row));
    } else if (form.csv()) {
      console.line(Csv.line(Report.inOrder(names, row)));
    } else {
      line(columns.stream().map(column -> column.pad(Report.plain(row.get(column.name)))).toList());
    }
    rows++;
    return console.accepts(rows);
  }

  private void line(List<String> cells) {
    console.line(String.join("  ", cells).stripTrailing());
  }
}
