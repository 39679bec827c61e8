package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Progress;
import dev.pando.WriteTxn;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shrinks a file in place. */
@Command(
    name = "compact",
    description = {
      "Fills pages and gives free ones back, in many small transactions, while other processes read"
          + " and write."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando compact shop.pando", "  pando compact --time 60 shop.pando"})
final class Compact extends WriteVerb {
  @Option(
      names = "--time",
      paramLabel = "SECONDS",
      description =
          "End after so long, between two steps. What is moved stays moved, and the next call goes"
              + " on. By default it ends when all is done.")
  private @Nullable Double time;

  private boolean isOver;

  @Override
  public Integer call() throws Exception {
    Double most = time;
    if (most != null && !(most > 0)) {
      throw Fault.usage("--time " + most + ": allowed more than 0 seconds");
    }
    long before = size();
    int code = super.call(); // the close truncates the file
    console()
        .line(
            "%s: %s before, %s after%s"
                .formatted(
                    file(),
                    Report.bytes(before),
                    Report.bytes(size()),
                    isOver ? "; the time was over before all was done" : ""));
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
    Progress shown = console().progress("compact");
    try {
      db.compact(time == null ? shown : new TimeLimit(shown, duration(time), System::nanoTime));
    } catch (TimeLimit.OverException e) {
      isOver = true;
    }
    return Fault.OK;
  }
}
