package dev.pando.cli;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How fast this machine is. */
@Command(
    name = "bench",
    description = {
      "Measures the usual operations in a new database in a directory, which it deletes. For"
          + " comparisons with other stores see bench/run of the sources."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando bench --entries 1000 --value 50"})
final class Bench extends Verb {
  private static final Table<Long, byte[]> TABLE = Table.of("bench", Codec.u64(), Codec.bytes());
  private static final int COMMITS = 200;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIRECTORY",
      description = "Where the file is made; by default where this command is run.")
  private Path directory = Path.of("");

  @Option(
      names = "--entries",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Entries, ${DEFAULT-VALUE} by default.")
  private int entries;

  @Option(
      names = "--value",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "Bytes of a value, ${DEFAULT-VALUE} by default.")
  private int bytes;

  @Override
  public Integer call() throws IOException {
    if (entries < 1 || bytes < 0) {
      throw Fault.usage(
          "--entries " + entries + ", --value " + bytes + ": allowed 1 and 0 or more");
    }
    Path file = directory.resolve("pando-bench-" + ProcessHandle.current().pid() + ".pando");
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    try (Database db = Database.open(file, FileVerb.usual())) {
      run(db);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(Path.of(file + "-lock"));
    }
    return Fault.OK;
  }

  private void run(Database db) {
    byte[] value = new byte[bytes];
    SplittableRandom random = new SplittableRandom(1);
    measure("sorted load, one transaction", entries, () -> load(db, value));
    measure("random get", entries, () -> get(db, random));
    measure("scan", entries, () -> scan(db));
    measure(
        "overwrite, a durable commit each",
        COMMITS,
        () -> {
          for (int i = 0; i < COMMITS; i++) {
            boolean _ = db.put(TABLE, random.nextLong(entries), value);
          }
        });
    console().line("%-34s %12s".formatted("size", Report.bytes(db.stat().fileBytes())));
  }

  private void load(Database db, byte[] value) {
    db.update(
        tx -> {
          for (long i = 0; i < entries; i++) {
            tx.append(TABLE, i, value);
          }
        });
  }

  private void get(Database db, SplittableRandom random) {
    try (ReadTxn tx = db.beginRead()) {
      for (int i = 0; i < entries; i++) {
        if (tx.get(TABLE, random.nextLong(entries)) == null) {
          throw new IllegalStateException("a key is missing");
        }
      }
    }
  }

  private void scan(Database db) {
    long[] seen = {0};
    try (ReadTxn tx = db.beginRead()) {
      tx.scan(TABLE).forEachKeyValue((_, _) -> seen[0]++);
    }
    if (seen[0] != entries) {
      throw new IllegalStateException("entries=" + seen[0] + ", expected " + entries);
    }
  }

  private void measure(String name, long operations, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    double took = (System.nanoTime() - begin) / 1e9;
    console().line("%-34s %,12.0f/s".formatted(name, operations / took));
  }
}
