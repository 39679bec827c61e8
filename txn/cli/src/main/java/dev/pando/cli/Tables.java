package dev.pando.cli;

import dev.pando.ReadTxn;
import dev.pando.TableStat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Which tables there are. */
@Command(
    name = "tables",
    description = "Lists the tables with their kinds, codecs of keys and values, and indexes.",
    footerHeading = "%nExamples%n",
    footer = {"  pando tables shop.pando", "  pando tables --csv shop.pando"})
final class Tables extends ReadVerb {
  private static final List<String> COLUMNS =
      List.of("table", "kind", "entries", "keys", "values", "indexes");

  @Mixin private OutputForm form = new OutputForm();

  @Override
  int run(ReadTxn tx) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String name : tx.tables()) {
      TableStat stat = table(tx, name);
      ShownTable shown = ShownTable.of(stat, false);
      boolean isPair =
          shown.kind() == ShownTable.Kind.MULTI || shown.kind() == ShownTable.Kind.BLOB;
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("table", name);
      row.put("kind", ShownTable.kind(stat).toString());
      row.put("entries", stat.entries());
      row.put("keys", isPair ? shown.key().id() : stat.keyCodec());
      row.put(
          "values", shown.kind() == ShownTable.Kind.MULTI ? shown.value().id() : stat.valueCodec());
      row.put("indexes", String.join(", ", indexes(tx, name)));
      rows.add(row);
    }
    new Report(console(), form).rows(COLUMNS, rows);
    return Fault.OK;
  }

  private static List<String> indexes(ReadTxn tx, String table) {
    return tx.indexes(table).stream()
        .map(
            index ->
                index.name()
                    + (index.unique() ? " (unique)" : "")
                    + (index.complete() ? "" : " (being built)"))
        .toList();
  }
}
