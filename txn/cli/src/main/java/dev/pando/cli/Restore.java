package dev.pando.cli;

import dev.pando.BackupReport;
import dev.pando.Database;
import java.nio.file.CopyOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a database of a backup. */
@Command(
    name = "restore",
    description = {
      "Checks a backup and copies it to a file. The target must not be open in any process."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando backup shop.pando monday.pando",
      "  pando restore monday.pando restored.pando"
    })
final class Restore extends Verb {
  @Parameters(index = "0", paramLabel = "BACKUP", description = "The backup, which is only read.")
  private Path source = Path.of("");

  @Parameters(index = "1", paramLabel = "TARGET", description = "The database to make.")
  private Path target = Path.of("");

  @Option(names = "--replace", description = "Replaces a file of that name.")
  private boolean replace;

  @Override
  public Integer call() {
    CopyOption[] how =
        replace ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
    BackupReport report =
        Database.restore(source, target, FileVerb.usual(), console().progress("restore"), how);
    console()
        .line(
            "%s: commit %d, %s"
                .formatted(target, report.txnId(), Report.bytes(report.fileBytes())));
    return Fault.OK;
  }
}
