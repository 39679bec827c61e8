package dev.pando.cli;

import dev.pando.BackupForm;
import dev.pando.BackupReport;
import dev.pando.Database;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a whole database while others use it. */
@Command(
    name = "backup",
    description = {
      "Copies the newest commit and the named snapshots to a new file, while other processes read"
          + " and write. Every page is verified. The copy is a database."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando backup shop.pando monday.pando",
      "  pando backup --compact shop.pando small.pando"
    })
final class BackupOf extends FileVerb {
  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "A file that does not exist, or - for the standard output.")
  private String target = "";

  @Option(
      names = {"-c", "--compact"},
      description = "With full pages, and without named snapshots.")
  private boolean compact;

  @Override
  int run(Database db) throws IOException {
    BackupForm form = compact ? BackupForm.COMPACT : BackupForm.PAGES;
    if (target.equals("-")) {
      OutputStream to = console().out().bytes();
      BackupReport _ = db.backup(Channels.newChannel(to), form, console().progress("backup"));
      to.flush();
      return Fault.OK;
    }
    BackupReport report = db.backup(Path.of(target), form, console().progress("backup"));
    console()
        .line(
            "%s: commit %d, %s"
                .formatted(target, report.txnId(), Report.bytes(report.fileBytes())));
    return Fault.OK;
  }
}
