package dev.pando.cli;

import dev.pando.IndexStat;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.TableStat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How large tables are. */
@Command(
    name = "stat",
    description = "Shows entries, depth and pages of tables, and the pages of their indexes.",
    footerHeading = "%nExamples%n",
    footer = {
      "  pando stat shop.pando",
      "  pando stat -a shop.pando",
      "  pando stat --fill --json shop.pando orders"
    })
final class StatOf extends ReadVerb {
  private static final List<String> COLUMNS =
      List.of("table", "entries", "depth", "branch", "leaf", "overflow", "bytes", "indexes");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TABLE",
      description = "A table; without one, the sum of all.")
  private @Nullable String table;

  @Option(
      names = {"-a", "--all"},
      description = "Each table.")
  private boolean all;

  @Option(
      names = "--fill",
      description =
          "Also how much of the pages of keys and values is in use, in percent; reads all of them.")
  private boolean fill;

  @Mixin private OutputForm form = new OutputForm();

  @Override
  int run(ReadTxn tx) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    if (table != null) {
      rows.add(row(tx, table(tx, table)));
    } else {
      for (String name : tx.tables()) {
        rows.add(row(tx, table(tx, name)));
      }
      if (!all) {
        rows = List.of(sum(rows));
      }
    }
    List<String> columns = new ArrayList<>(COLUMNS);
    if (fill) {
      columns.add("fill");
    }
    new Report(console(), form).rows(columns, rows);
    return Fault.OK;
  }

  private Map<String, @Nullable Object> row(ReadTxn tx, TableStat stat) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("table", stat.name());
    row.put("entries", stat.entries());
    row.put("depth", (long) stat.depth());
    row.put("branch", stat.branchPages());
    row.put("leaf", stat.leafPages());
    row.put("overflow", stat.overflowPages());
    row.put("bytes", stat.bytes());
    row.put("indexes", tx.indexes(stat.name()).stream().mapToLong(IndexStat::pages).sum());
    if (fill) {
      Table<?, ?> described = ShownTable.of(stat, false).described();
      row.put("fill", described == null ? null : Math.round(tx.fill(described) * 100));
    }
    return row;
  }

  private Map<String, @Nullable Object> sum(List<Map<String, @Nullable Object>> rows) {
    Map<String, @Nullable Object> sum = new LinkedHashMap<>();
    sum.put("table", rows.size() + " tables");
    for (String name : COLUMNS.subList(1, COLUMNS.size())) {
      long[] values = rows.stream().mapToLong(row -> (Long) nonNull(row.get(name))).toArray();
      sum.put(name, name.equals("depth") ? max(values) : java.util.Arrays.stream(values).sum());
    }
    if (fill) { // weighted by the pages that it is of
      double used = 0;
      long pages = 0;
      for (Map<String, @Nullable Object> row : rows) {
        if (row.get("fill") instanceof Long percent) {
          long leaves = (Long) nonNull(row.get("leaf"));
          used += (double) percent * leaves;
          pages += leaves;
        }
      }
      sum.put("fill", pages == 0 ? null : Math.round(used / pages));
    }
    return sum;
  }

  private static Object nonNull(@Nullable Object value) {
    return java.util.Objects.requireNonNull(value);
  }

  private static long max(long[] values) {
    return java.util.Arrays.stream(values).max().orElse(0);
  }
}
