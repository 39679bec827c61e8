package dev.pando.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** One verb of the command line. A field with a default is an option or a parameter. */
abstract class Verb implements Callable<Integer> {
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  private Console console =
      new Console(
          new ByteArrayInputStream(new byte[0]),
          new Results(OutputStream.nullOutputStream()),
          new PrintStream(OutputStream.nullOutputStream(), false),
          () -> false);

  final void setConsole(Console newConsole) {
    console = newConsole;
  }

  /** Where it reads and writes. */
  final Console console() {
    return console;
  }
}
