package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Loads what {@link Dump} and {@code mdb_dump} write. */
@Command(
    name = "load",
    description = {
      "Loads a dump of mdb_dump or 'pando dump' in one transaction: all of it, or nothing if it is"
          + " truncated or malformed. Creates the database if there is none.",
      "With --batch, what was committed before a fault stays.",
      "Without codecs in the dump, keys and values are bytes; integer keys become numbers, and sorted"
          + " duplicates a multimap."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando dump --codecs -o shop.dump shop.pando",
      "  pando load -f shop.dump copy.pando",
      "  pando load --purge --batch 100000 -f shop.dump copy.pando"
    })
final class Load extends WriteVerb {
  @Option(
      names = {"-f", "--input"},
      paramLabel = "DUMP",
      description = "The file to read; the standard input without it.")
  private @Nullable Path input;

  @Option(
      names = {"-s", "--table"},
      paramLabel = "TABLE",
      description =
          "The table to load into; by default the dump's, or 'main' for one without name.")
  private @Nullable String table;

  @Option(
      names = {"-N", "--no-overwrite"},
      description = "Keeps entries that are there.")
  private boolean keep;

  @Option(
      names = {"-T", "--text"},
      description = "Lines of keys and values, without a header.")
  private boolean text;

  @Option(
      names = {"-b", "--batch"},
      paramLabel = "N",
      description = "Commits after each N entries, in place of once at the end.")
  private long batch = Long.MAX_VALUE;

  @Option(
      names = {"-p", "--purge"},
      description = "Removes the entries of each table before loading into it.")
  private boolean purge;

  @Option(
      names = "--page-size",
      paramLabel = "BYTES",
      description = "Of a new database: 512 to 65536, 4096 by default.")
  private @Nullable Integer pageSize;

  @Option(names = "--keys", paramLabel = "CODEC", description = "The codec of the keys.")
  private @Nullable String keys;

  @Option(names = "--values", paramLabel = "CODEC", description = "The codec of the values.")
  private @Nullable String values;

  @Option(
      names = "--reorder",
      description = "Takes LMDB's reversed keys and duplicates, which are then in the usual order.")
  private boolean reorder;

  @Option(
      names = "--lenient-backslash",
      description = "Takes single backslashes, as mdb_dump up to 0.9.24 wrote them with -p.")
  private boolean lenient;

  @Override
  boolean creates() {
    return true;
  }

  @Override
  Options options() {
    return pageSize == null ? super.options() : super.options().withPageSize(pageSize);
  }

  /** The input is opened before the database is created. */
  @Override
  public Integer call() throws Exception {
    if (batch < 1) {
      throw Fault.usage("load: --batch %d, allowed: 1 or more".formatted(batch));
    }
    Path file = input;
    if (file == null) {
      return super.call();
    }
    try (InputStream from = Files.newInputStream(file)) {
      return inDatabase(db -> load(db, from, file.toString()));
    }
  }

  @Override
  int run(Database db) throws IOException {
    return load(db, console().in(), "standard input");
  }

  private int load(Database db, InputStream from, String name) throws IOException {
    DumpReader dump = new DumpReader(from, name, lenient, text);
    StringBuilder done = new StringBuilder();
    try (LoadTurns turns = new LoadTurns(() -> begin(db), batch)) {
      try {
        while (dump.nextSection()) {
          load(dump, turns, done);
        }
        turns.commit();
      } catch (Fault e) {
        if (turns.committed() > 0) {
          console().note("pando: %,d entries were committed before".formatted(turns.committed()));
        }
        throw e;
      }
    }
    console().out().print(done);
    return Fault.OK;
  }

  private void load(DumpReader dump, LoadTurns turns, StringBuilder done) throws IOException {
    String named = dump.keyword("database");
    String target = table != null ? table : named == null ? "main" : named;
    LoadedTable to = new LoadedTable(turns.tx(), dump, target, keys, values, keep, reorder);
    if (purge) {
      to.purgeFirst();
    }
    while (dump.nextEntry()) {
      if (turns.next()) {
        to.goOn(turns.tx());
      }
      to.add(dump.key(), dump.value());
    }
    if (to.count() > 0 || named != null) { // an empty main database only leads the others
      to.finish();
      done.append("%s: %,d entries%n".formatted(Report.plain(target), to.count()));
    }
  }
}
