package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.codec.CodecException;
import dev.pando.error.CorruptFileException;
import dev.pando.error.IndexNotRegisteredException;
import dev.pando.error.RecoveryNeededException;
import dev.pando.error.StorageException;
import dev.pando.error.UniqueIndexException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The entry of the command line. */
public final class Main {
  private Main() {}

  /** Runs a verb and ends the process with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // numbers that programs read, too
    System.exit(run(Console.ofProcess(), args));
  }

  /**
   * Runs a verb.
   *
   * @return its exit code
   */
  static int run(Console console, String... args) {
    try {
      String[] all = Verbs.withVerb(args);
      CommandLine line = Verbs.commandLine(console, all);
      line.setOut(new PrintWriter(console.out(), false, UTF_8));
      line.setErr(new PrintWriter(console.err(), true, UTF_8));
      line.setExecutionExceptionHandler(handler(console));
      int code = line.execute(all);
      line.getOut().flush();
      return console.finish(code);
    } catch (Throwable e) { // the JVM would end with 1, which says that the file has a fault
      e.printStackTrace(console.err());
      return Fault.USAGE;
    }
  }

  private static IExecutionExceptionHandler handler(Console console) {
    return (e, _, _) -> {
      console.out().flush();
      int code = code(e);
      if (code < 0) {
        e.printStackTrace(console.err());
        return Fault.USAGE;
      }
      console.note("pando: " + message(e));
      return code;
    };
  }

  /** The exit code of an exception; less than 0 if it shows a fault of this program. */
  private static int code(Exception e) {
    return switch (e) {
      case Fault fault -> fault.code();
      case CorruptFileException _, CodecException _ -> Fault.FOUND;
      case StorageException _, IndexNotRegisteredException _, UniqueIndexException _ -> Fault.USAGE;
      case IOException _, UncheckedIOException _, IllegalArgumentException _ -> Fault.USAGE;
      default -> -1;
    };
  }

  private static String message(Exception e) {
    return switch (e) {
      case RecoveryNeededException _ ->
          e.getMessage()
              + "; a verb that writes, such as 'pando recover', replays them, and --ignore-log shows the commit before them";
      case NoSuchFileException missing -> missing.getFile() + ": there is no such file";
      case FileAlreadyExistsException there -> there.getFile() + ": the file exists already";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
