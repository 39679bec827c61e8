package dev.pando.cli;

import dev.pando.Database;
import dev.pando.WriteTxn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads a data file of LMDB 0.9. */
@Command(
    name = "import-lmdb",
    description = {
      "Loads all databases of a data.mdb of LMDB 0.9 in one transaction. Integer keys become u32 or"
          + " u64, sorted duplicates a multimap, all other keys and values are bytes. Entries of the"
          + " main database go to the table 'main'.",
      "No process may write the LMDB file meanwhile. Files of LMDB 1.0, of 32-bit machines and of"
          + " those with the most significant byte first are refused: use mdb_dump and 'pando load'."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando import-lmdb new.pando data.mdb"})
final class ImportLmdb extends WriteVerb {
  /** The table of the entries that are in no named database. */
  private static final String MAIN = "main";

  @Parameters(index = "1", paramLabel = "LMDB", description = "A data.mdb, or its directory.")
  private Path source = Path.of("");

  @Option(
      names = "--reorder",
      description = "Takes reversed keys and duplicates, which are then in the usual order.")
  private boolean reorder;

  @Option(
      names = {"-N", "--no-overwrite"},
      description = "Keeps entries that are there.")
  private boolean keep;

  private final StringBuilder done = new StringBuilder();
  private final Set<String> names = new HashSet<>();

  /** What LMDB says of a database, as a dump would. */
  private record Flags(String place, LmdbFile.Db db) implements LoadedTable.Source {
    @Override
    public @Nullable String keyword(String keyword) {
      int flag =
          switch (keyword) {
            case "reversekey" -> LmdbFile.REVERSEKEY;
            case "dupsort" -> LmdbFile.DUPSORT;
            case "integerkey" -> LmdbFile.INTEGERKEY;
            case "dupfixed" -> LmdbFile.DUPFIXED;
            case "integerdup" -> LmdbFile.INTEGERDUP;
            case "reversedup" -> LmdbFile.REVERSEDUP;
            default -> 0;
          };
      return db.is(flag) ? "1" : null;
    }
  }

  @Override
  public Integer call() throws Exception {
    try (LmdbFile from = LmdbFile.open(source)) { // before the database is created
      return inDatabase(db -> load(from, db));
    }
  }

  @Override
  boolean creates() {
    return true;
  }

  @Override
  int run(Database db) throws IOException {
    try (LmdbFile from = LmdbFile.open(source)) {
      return load(from, db);
    }
  }

  private int load(LmdbFile from, Database db) {
    try (WriteTxn tx = begin(db)) {
      LoadedTable main = table(tx, MAIN, from.main());
      boolean[] inMain = new boolean[1];
      from.forEachOfMain(
          new LmdbFile.MainVisitor() {
            @Override
            public void database(String name, LmdbFile.Db named) {
              claim(name);
              LoadedTable to = table(tx, name, named);
              from.forEach(named, to::add);
              to.finish();
              report(name, to.count(), named.entries());
            }

            @Override
            public void entry(byte[] key, byte[] value) {
              if (!inMain[0]) {
                inMain[0] = true;
                claim(MAIN);
              }
              main.add(key, value);
            }
          });
      from.checkUnchanged();
      if (main.count() > 0) {
        report(MAIN, main.count(), main.count());
      }
      tx.commit();
    }
    console().out().print(done);
    return Fault.OK;
  }

  /** Refuses a second database for a table: its flags may be others. */
  private void claim(String name) {
    if (!names.add(name)) {
      throw Fault.found(
          "%s: found two databases for the table %s, allowed: one; load them one by one with 'mdb_dump -s' and 'pando load -s'"
              .formatted(source, name));
    }
  }

  private LoadedTable table(WriteTxn tx, String name, LmdbFile.Db db) {
    return new LoadedTable(
        tx, new Flags(source + ", database " + name, db), name, null, null, keep, reorder);
  }

  private void report(String name, long count, long expected) {
    if (count != expected && !keep) {
      throw Fault.found(
          "%s, database %s: %,d entries were found, and its record says %,d"
              .formatted(source, name, count, expected));
    }
    done.append("%s: %,d entries%n".formatted(Report.plain(name), count));
  }
}
