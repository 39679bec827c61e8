package dev.pando.cli;

import dev.pando.Database;
import dev.pando.WriteTxn;
import java.io.IOException;
import java.nio.file.Files;
import picocli.CommandLine.Command;

/** Shrinks a file in place. */
@Command(
    name = "compact",
    description = {
      "Fills pages and gives free ones back, in many small transactions, while other processes read"
          + " and write."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando compact shop.pando"})
final class Compact extends WriteVerb {
  @Override
  public Integer call() throws Exception {
    long before = size();
    int code = super.call(); // the close truncates the file
    console()
        .line(
            "%s: %s before, %s after"
                .formatted(file(), Report.bytes(before), Report.bytes(size())));
    return code;
  }

  private long size() throws IOException {
    return Files.size(file());
  }

  @Override
  int run(Database db) {
    try (WriteTxn tx = begin(db)) { // another writer may take too long
      tx.rollback();
    }
    db.compact(console().progress("compact"));
    return Fault.OK;
  }
}
