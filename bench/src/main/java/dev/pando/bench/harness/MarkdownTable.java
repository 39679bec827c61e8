package dev.pando.bench.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * A table: the first columns to the left, numbers to the right, all padded to read well as text.
 */
public final class MarkdownTable {
  private final int textColumns;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param textColumns how many columns from the left hold text
   */
  public MarkdownTable(int textColumns, String... header) {
    this.textColumns = textColumns;
    rows.add(header);
  }

  /** Adds a row. */
  public void row(String... cells) {
    if (cells.length != rows.getFirst().length) {
      throw new IllegalArgumentException(
          "cells=" + cells.length + ", columns=" + rows.getFirst().length);
    }
    rows.add(cells);
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(Math.max(widths[i], row[i].length()), 3);
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, rows.getFirst(), widths);
    for (int i = 0; i < widths.length; i++) {
      boolean right = i >= textColumns;
      text.append("| ").append("-".repeat(widths[i] - (right ? 1 : 0))).append(right ? ": " : " ");
    }
    text.append("|\n");
    rows.subList(1, rows.size()).forEach(row -> line(text, row, widths));
    return text.toString();
  }

  private void line(StringBuilder text, String[] row, int[] widths) {
    for (int i = 0; i < row.length; i++) {
      String padding = " ".repeat(widths[i] - row[i].length());
      text.append("| ").append(i < textColumns ? row[i] + padding : padding + row[i]).append(' ');
    }
    text.append("|\n");
  }
}
