package dev.pando.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Results as lines for people, as JSON or as CSV. */
final class Report {
  private static final int BYTES_A_UNIT = 1024;
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private final Console console;
  private final OutputForm form;

  Report(Console console, OutputForm form) {
    this.console = console;
    this.form = form.checked();
  }

  /** Text of a value for people. */
  static String plain(@Nullable Object value) {
    return switch (value) {
      case null -> "-";
      case String text -> isPrintable(text) ? text : Json.of(text);
      case Long number -> "%,d".formatted(number);
      case Integer number -> "%,d".formatted(number);
      default -> Json.of(value);
    };
  }

  private static boolean isPrintable(String text) {
    return text.codePoints().noneMatch(Report::isHidden);
  }

  /**
   * Whether a code point changes how a terminal shows the text around it: control characters, those
   * that turn the direction of writing, ends of line, and half a pair of surrogates.
   */
  static boolean isHidden(int codePoint) {
    return Character.isISOControl(codePoint)
        || switch (Character.getType(codePoint)) {
          case Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE ->
              true;
          default -> false;
        };
  }

  /** A text with the {@link #isHidden} code points as JSON writes them, and all others. */
  static String escaped(String text) {
    return isPrintable(text) ? text : Json.escaped(text);
  }

  /** Bytes with a unit. */
  static String bytes(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= BYTES_A_UNIT && unit < UNITS.length - 1) {
      size /= BYTES_A_UNIT;
      unit++;
    }
    return (unit == 0 ? "%.0f %s" : "%.1f %s").formatted(size, UNITS[unit]);
  }

  /**
   * Writes names and values, a line each.
   *
   * @param machine for JSON and CSV
   * @param people for people
   */
  void fields(Map<String, ? extends @Nullable Object> machine, Map<String, String> people) {
    if (form.json()) {
      console.line(Json.of(machine));
    } else if (form.csv()) {
      console.line(Csv.line(new ArrayList<>(machine.keySet())));
      console.line(Csv.line(new ArrayList<@Nullable Object>(machine.values())));
    } else {
      int width = people.keySet().stream().mapToInt(String::length).max().orElse(0);
      people.forEach((name, text) -> console.line(pad(name, width, false) + "  " + text));
    }
  }

  /**
   * Writes rows with the same names.
   *
   * @param names of the columns, also where there are no rows
   */
  void rows(List<String> names, List<? extends Map<String, ? extends @Nullable Object>> rows) {
    if (form.json()) {
      rows.forEach(row -> console.line(Json.of(row)));
    } else if (form.csv()) {
      console.line(Csv.line(names));
      rows.forEach(row -> console.line(Csv.line(inOrder(names, row))));
    } else {
      table(names, rows);
    }
  }

  static List<@Nullable Object> inOrder(
      List<String> names, Map<String, ? extends @Nullable Object> row) {
    List<@Nullable Object> values = new ArrayList<>();
    names.forEach(name -> values.add(row.get(name)));
    return values;
  }

  private void table(
      List<String> names, List<? extends Map<String, ? extends @Nullable Object>> rows) {
    Map<String, Integer> widths = new LinkedHashMap<>();
    Map<String, Boolean> numbers = new LinkedHashMap<>();
    for (String name : names) {
      int width = name.length();
      boolean isNumber = !rows.isEmpty();
      for (Map<String, ? extends @Nullable Object> row : rows) {
        Object value = row.get(name);
        width = Math.max(width, plain(value).length());
        isNumber &= value == null || value instanceof Number || value instanceof Json.Literal;
      }
      widths.put(name, width);
      numbers.put(name, isNumber);
    }
    Map<String, String> head = new LinkedHashMap<>();
    names.forEach(name -> head.put(name, name));
    console.line(line(names, head, widths, numbers));
    if (rows.isEmpty()) {
      console.line("(none)");
    }
    for (Map<String, ? extends @Nullable Object> row : rows) {
      Map<String, String> texts = new LinkedHashMap<>();
      names.forEach(name -> texts.put(name, plain(row.get(name))));
      console.line(line(names, texts, widths, numbers));
    }
  }

  private static String line(
      List<String> names,
      Map<String, String> texts,
      Map<String, Integer> widths,
      Map<String, Boolean> numbers) {
    StringBuilder line = new StringBuilder();
    for (String name : names) {
      line.append(line.isEmpty() ? "" : "  ")
          .append(
              pad(
                  texts.getOrDefault(name, ""),
                  Objects.requireNonNull(widths.get(name)),
                  Objects.requireNonNull(numbers.get(name))));
    }
    return line.toString().stripTrailing();
  }

  static String pad(String text, int width, boolean right) {
    String space = " ".repeat(Math.max(0, width - text.length()));
    return right ? space + text : text + space;
  }
}
