package dev.pando.cli;

import dev.pando.ReadTxn;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How many entries there are. */
@Command(
    name = "count",
    description = "Counts the entries of a table, or of a range; of blobs the keys.",
    footerHeading = "%nExamples%n",
    footer = {"  pando count shop.pando orders", "  pando count --prefix Ad shop.pando customers"})
final class Count extends TableVerb {
  @Mixin private KeyRange range = new KeyRange();

  @Override
  int run(ReadTxn tx, ShownTable table, OutputForm output) {
    long count = range.count(table, table.raw(tx));
    if (output.json()) {
      console().line(Json.of(Map.of("count", count)));
    } else {
      console().line(String.valueOf(count));
    }
    return Fault.OK;
  }
}
