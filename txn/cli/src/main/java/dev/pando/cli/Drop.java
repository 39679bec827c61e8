package dev.pando.cli;

import dev.pando.Database;
import dev.pando.TableStat;
import dev.pando.WriteTxn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes or empties a table. */
@Command(
    name = "drop",
    description = "Removes a table with its indexes, or empties it.",
    footerHeading = "%nExamples%n",
    footer = {"  pando drop --clear shop.pando customers", "  pando drop shop.pando tags"})
final class Drop extends WriteVerb {
  @Parameters(index = "1", paramLabel = "TABLE", description = "The table.")
  private String name = "";

  @Option(names = "--clear", description = "Removes the entries, and keeps the table.")
  private boolean clear;

  @Override
  int run(Database db) {
    try (WriteTxn tx = begin(db)) {
      TableStat stat = ReadVerb.table(file().toString(), tx, name);
      if (clear) {
        tx.clear(name);
      } else {
        boolean _ = tx.drop(name);
      }
      tx.commit();
      console()
          .line(
              "%s: %s, %,d entries"
                  .formatted(Report.plain(name), clear ? "emptied" : "dropped", stat.entries()));
    }
    return Fault.OK;
  }
}
