package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Options;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A verb of one database, which it reads. */
abstract class FileVerb extends Verb {
  @Parameters(index = "0", paramLabel = "FILE", description = "The database.")
  private Path file = Path.of("");

  @Option(
      names = "--ignore-log",
      description = "After a crash, shows the commit before those that only the commit log has.")
  private boolean ignoreLog;

  final Path file() {
    return file;
  }

  @Override
  public Integer call() throws Exception {
    try (Database db = open()) {
      return run(db);
    }
  }

  /** Opens the database for reading; it changes nothing. */
  final Database open() {
    return Database.open(file, reading());
  }

  /** What {@link #open} opens it with. */
  final Options reading() {
    return usual().withReadOnly(true).withCreateIfMissing(false).withLogIgnored(ignoreLog);
  }

  /** What all verbs open databases with: no warnings in the output, and no wait at the end. */
  static Options usual() {
    return Options.defaults()
        .withCloseTimeout(Duration.ZERO)
        .withReaderWarning(null)
        .withWriterWarning(null);
  }

  /**
   * Does the work.
   *
   * @return the exit code
   */
  abstract int run(Database db) throws Exception;
}
