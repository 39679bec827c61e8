package dev.pando.cli;

import picocli.CommandLine.Option;

/** The options that choose how results are written. */
final class OutputForm {
  @Option(names = "--json", description = "Writes one JSON object a line.")
  private boolean json;

  @Option(names = "--csv", description = "Writes comma-separated values, with a line of names.")
  private boolean csv;

  /** Refuses both at once. */
  OutputForm checked() {
    if (json && csv) {
      throw Fault.usage("--json and --csv: allowed one of them");
    }
    return this;
  }

  boolean json() {
    return json;
  }

  boolean csv() {
    return csv;
  }
}
