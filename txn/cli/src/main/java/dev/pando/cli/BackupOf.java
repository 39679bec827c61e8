package dev.pando.cli;

import dev.pando.BackupForm;
import dev.pando.BackupReport;
import dev.pando.Database;
import dev.pando.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a whole database while others use it. */
@Command(
    name = "backup",
    description = {
      "Copies the newest commit and the named snapshots to a new file, while other processes read"
          + " and write. Every page is verified. The copy is a database.",
      "With --force, a file that is there is replaced when the copy is complete."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando backup shop.pando monday.pando",
      "  pando backup --compact shop.pando small.pando",
      "  pando backup --force --limit-rate 50M shop.pando monday.pando"
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

  @Option(
      names = {"-f", "--force"},
      description =
          "Replaces a file of that name, unless a process has it open. The whole database is"
              + " checked first.")
  private boolean force;

  @Option(
      names = "--limit-rate",
      paramLabel = "BYTES",
      description = "At most so many bytes a second, such as 500K or 10M.")
  private @Nullable String rate;

  @Override
  public Integer call() throws Exception {
    if (!force) {
      return super.call();
    }
    if (compact || target.equals("-")) {
      throw Fault.usage("backup: --force is of a whole copy in a file, not of --compact or -");
    }
    report(
        Database.restore(
            file(), Path.of(target), reading(), progress(), StandardCopyOption.REPLACE_EXISTING));
    return Fault.OK;
  }

  private Progress progress() {
    Progress shown = console().progress("backup");
    return rate == null ? shown : RateLimit.of(shown, rate);
  }

  @Override
  int run(Database db) throws IOException {
    BackupForm form = compact ? BackupForm.COMPACT : BackupForm.PAGES;
    if (target.equals("-")) {
      OutputStream to = console().out().bytes();
      BackupReport _ = db.backup(Channels.newChannel(to), form, progress());
      to.flush();
      return Fault.OK;
    }
    report(db.backup(Path.of(target), form, progress()));
    return Fault.OK;
  }

  private void report(BackupReport report) {
    console()
        .line(
            "%s: commit %d, %s"
                .formatted(target, report.txnId(), Report.bytes(report.fileBytes())));
  }
}
