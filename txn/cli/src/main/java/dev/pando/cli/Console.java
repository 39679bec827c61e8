package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.Progress;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;

/**
 * Where a verb reads and writes. Both outputs are UTF-8, whatever the system's encoding.
 *
 * @param in the standard input
 * @param out results
 * @param err errors, notes and progress
 * @param terminal whether progress is shown
 */
record Console(InputStream in, Results out, PrintStream err, BooleanSupplier terminal) {
  /** Rows after which a check for a reader that has gone is worth its flush. */
  private static final int ROWS = 256;

  /** That of the process. */
  static Console ofProcess() {
    return new Console(
        System.in,
        new Results(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
        Console::isTerminal);
  }

  /** Asked only by verbs with progress, because the answer takes time. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 has none again where there is no terminal
  private static boolean isTerminal() {
    java.io.Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Writes a line to the results. */
  void line(String text) {
    out.print(text);
    out.print('\n');
  }

  /** Writes a line to the notes; names in it may have any characters. */
  void note(String text) {
    err.print(Report.escaped(text));
    err.print('\n');
  }

  /**
   * Writes what is left of the results.
   *
   * @param code the exit code of the verb
   * @return that of the process: a verb whose results are lost has failed, unless the reader of a
   *     pipe has ended before it
   */
  int finish(int code) {
    String lost = out.lost();
    if (lost == null || out.isAbandoned() || code == Fault.USAGE) {
      return code;
    }
    note("pando: the results cannot be written: " + lost);
    return Fault.USAGE;
  }

  /** Whether the results may go on: a pipe's reader, such as {@code head}, may have ended. */
  boolean accepts(long rows) {
    return rows % ROWS != 0 || !out.checkError();
  }

  /** Shows on a terminal, in one line, how much of a verb's work is done. */
  Progress progress(String verb) {
    if (!terminal.getAsBoolean()) {
      return (_, _) -> {};
    }
    return new Progress() {
      private long shown = -1;

      @Override
      public void at(long done, long total) {
        long percent = total == 0 ? 100 : done * 100 / total;
        if (percent != shown) {
          shown = percent;
          err.print("\r" + verb + ": " + percent + " %" + (percent == 100 ? "\n" : ""));
          err.flush();
        }
      }
    };
  }
}
