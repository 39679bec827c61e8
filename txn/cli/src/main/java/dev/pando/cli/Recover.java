package dev.pando.cli;

import dev.pando.Database;
import picocli.CommandLine.Command;

/** Replays the commit log. */
@Command(
    name = "recover",
    description = {
      "Opens the database for writing and closes it again, as any program that writes does: after a"
          + " crash, this replays the commits that are in the commit log alone."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando recover shop.pando"})
final class Recover extends WriteVerb {
  @Override
  int run(Database db) {
    console().line(db.openReport().toString());
    return Fault.OK;
  }
}
