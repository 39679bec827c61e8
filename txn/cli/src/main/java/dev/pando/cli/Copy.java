package dev.pando.cli;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies tables from one database to another. */
@Command(
    name = "copy",
    description = {
      "Copies tables, with their codecs and indexes, into another database, which is created if there"
          + " is none; all of them or none. A table of the target must be empty or missing.",
      "For a copy of the whole file see 'pando backup'."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando copy shop.pando other.pando", "  pando copy shop.pando few.pando orders"})
final class Copy extends ReadVerb {
  @Parameters(index = "1", paramLabel = "TARGET", description = "The database to copy to.")
  private Path target = Path.of("");

  @Parameters(index = "2..*", paramLabel = "TABLE", description = "The tables; all without any.")
  private List<String> tables = List.of();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for another writer of it, ${DEFAULT-VALUE} by default.")
  private double wait;

  @Override
  int run(ReadTxn tx) throws Exception {
    List<String> names = tables.isEmpty() ? tx.tables() : tables;
    names.forEach(name -> table(tx, name)); // before the target is created
    return NewDatabase.work(target, usual(), to -> copy(tx, names, to));
  }

  private int copy(ReadTxn tx, List<String> names, Database to) {
    StringBuilder done = new StringBuilder();
    try (WriteTxn into = WriteVerb.begin(to, target, wait)) {
      for (String name : names) {
        boolean _ = tx.copyTo(into, name);
        done.append("%s: %,d entries%n".formatted(Report.plain(name), tx.count(name)));
      }
      into.commit();
    }
    console().out().print(done);
    return Fault.OK;
  }
}
