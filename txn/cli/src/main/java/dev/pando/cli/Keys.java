package dev.pando.cli;

import picocli.CommandLine.Command;

/** The keys of a table. */
@Command(
    name = "keys",
    description = "Shows the keys of a table, in their order; of a multimap once for each value.",
    footerHeading = "%nExamples%n",
    footer = {
      "  pando keys shop.pando customers",
      "  pando keys --reverse --limit 2 shop.pando orders"
    })
final class Keys extends ScanOf {
  @Override
  boolean showsValues() {
    return false;
  }
}
