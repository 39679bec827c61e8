package dev.pando.cli;

import dev.pando.ReadTxn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The entries of a table. */
@Command(
    name = "scan",
    description = {
      "Shows the entries of a table in the order of their keys: key, tab, value.",
      "Keys are text, or JSON if they are tuples or records."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando scan shop.pando orders",
      "  pando scan --from 2 --to 4 shop.pando orders",
      "  pando scan --prefix Ad --reverse --limit 1 --json shop.pando customers",
      "  pando scan --csv shop.pando orders"
    })
class ScanOf extends TableVerb {
  @Mixin private KeyRange range = new KeyRange();

  @Option(
      names = {"-r", "--reverse"},
      description = "From the last key to the first.")
  private boolean reverse;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "At most so many entries.")
  private long limit = Long.MAX_VALUE;

  /** Whether values are shown. */
  boolean showsValues() {
    return true;
  }

  @Override
  int run(ReadTxn tx, ShownTable table, OutputForm output) {
    if (limit < 0) {
      throw Fault.usage("--limit " + limit + ": allowed 0 or more");
    }
    if (output.csv()) {
      console().line(Csv.line(columns(table)));
    }
    long[] left = {limit};
    if (limit > 0) {
      range.forEach(
          table,
          table.raw(tx),
          reverse,
          (key, value) -> {
            if (!table.shows(key.toArray())) {
              return true;
            }
            Object shownKey;
            Object shownValue = null;
            if (showsValues()) {
              ShownTable.Shown entry = table.show(key, value);
              shownKey = entry.key();
              shownValue = entry.value();
            } else {
              shownKey = table.showKey(key);
            }
            write(table, output, shownKey, shownValue);
            return --left[0] > 0 && console().accepts(left[0]);
          });
    }
    return Fault.OK;
  }

  private List<String> columns(ShownTable table) {
    List<String> columns = new ArrayList<>(Csv.columns("key", table.key().shape()));
    if (showsValues()) {
      columns.addAll(Csv.columns("value", table.value().shape()));
    }
    return columns;
  }

  private void write(
      ShownTable table, OutputForm output, @Nullable Object key, @Nullable Object value) {
    if (output.json()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("key", key);
      if (showsValues()) {
        entry.put("value", value);
      }
      console().line(Json.of(entry));
    } else if (output.csv()) {
      List<@Nullable Object> fields = new ArrayList<>();
      Csv.add(key, table.key().shape(), fields);
      if (showsValues()) {
        Csv.add(value, table.value().shape(), fields);
      }
      console().line(Csv.line(fields));
    } else {
      console().line(text(key) + (showsValues() ? "\t" + text(value) : ""));
    }
  }

  /** A value in a line: a string as it is if it has no control characters. */
  static String text(@Nullable Object value) {
    return value instanceof String ? Report.plain(value) : Json.of(value);
  }
}
