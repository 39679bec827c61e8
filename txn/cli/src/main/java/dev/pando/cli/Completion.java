package dev.pando.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Prints the completion of bash and zsh; the build keeps it beside the jar. */
@Command(name = "completion", description = "Prints the completion for bash and zsh.")
final class Completion implements Runnable {
  private final Console console;

  Completion(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    CommandLine all = Verbs.commandLine(console);
    console.out().print(AutoComplete.bash("pando", all));
  }
}
