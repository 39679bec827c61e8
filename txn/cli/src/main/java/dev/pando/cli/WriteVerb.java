package dev.pando.cli;

import dev.pando.Database;
import dev.pando.OpenReader;
import dev.pando.Options;
import dev.pando.WriteTxn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A verb that changes a database. */
abstract class WriteVerb extends Verb {
  private static final Duration LEAST_WORK = Duration.ofSeconds(10);

  @Parameters(index = "0", paramLabel = "FILE", description = "The database, which is changed.")
  private Path file = Path.of("");

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for another writer, ${DEFAULT-VALUE} by default.")
  private double wait;

  final Path file() {
    return file;
  }

  @Override
  public Integer call() throws Exception {
    return inDatabase(this::run);
  }

  /** Works on the database, opened for writing; a new one that stays empty is removed. */
  final int inDatabase(NewDatabase.Work work) throws Exception {
    return NewDatabase.work(file, options(), work);
  }

  /** How the database is opened. */
  Options options() {
    return FileVerb.usual().withCreateIfMissing(creates());
  }

  /** Whether it makes a database that is not there. */
  boolean creates() {
    return false;
  }

  /** How long to wait for another program. */
  final Duration waiting() {
    return duration(wait);
  }

  static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  /** Begins a transaction, unless another writer takes too long. */
  final WriteTxn begin(Database db) {
    return begin(db, file, wait);
  }

  /** As {@link #begin(Database)}, of another file. */
  static WriteTxn begin(Database db, Path file, double seconds) {
    WriteTxn tx = db.tryBeginWrite(duration(seconds));
    if (tx == null) {
      throw Fault.usage(tooLong(file, seconds) + readers(db));
    }
    return tx;
  }

  private static String tooLong(Path file, double seconds) {
    return "%s: another transaction has been writing for the %s seconds of --wait"
        .formatted(file, plain(seconds));
  }

  /**
   * Makes a call of the engine that begins a transaction by itself. It waits for its turn as long
   * as --wait says; if another writer takes it in that moment, as long again, but 10 seconds at
   * least, because the call may be at work.
   */
  final <R> R inTurn(Database db, Callable<R> call) throws Exception {
    try (WriteTxn tx = begin(db)) {
      tx.rollback();
    }
    Duration again = waiting().compareTo(LEAST_WORK) > 0 ? waiting() : LEAST_WORK;
    return BoundedCall.run(db, again, call, tooLong(file, wait));
  }

  private static String plain(double seconds) {
    return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
  }

  private static String readers(Database db) {
    List<Long> pids = db.readers().stream().map(OpenReader::pid).distinct().toList();
    return pids.isEmpty() ? "" : "; these processes read: " + pids;
  }

  /**
   * Does the work.
   *
   * @return the exit code
   */
  abstract int run(Database db) throws Exception;
}
