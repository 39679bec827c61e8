package dev.pando.cli;

import dev.pando.ReadTxn;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A verb that reads one table. */
abstract class TableVerb extends ReadVerb {
  @Parameters(index = "1", paramLabel = "TABLE", description = "The table.")
  private String name = "";

  @Option(
      names = {"-x", "--hex"},
      description = "Shows and takes stored bytes, in hexadecimal, without codecs.")
  private boolean hex;

  @Mixin private OutputForm form = new OutputForm();

  @Override
  final int run(ReadTxn tx) throws Exception {
    OutputForm checked = form.checked();
    return run(tx, ShownTable.of(table(tx, name), hex), checked);
  }

  /**
   * Does the work.
   *
   * @return the exit code
   */
  abstract int run(ReadTxn tx, ShownTable table, OutputForm output) throws Exception;
}
