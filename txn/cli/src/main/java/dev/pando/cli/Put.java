package dev.pando.cli;

import dev.pando.Database;
import dev.pando.MultiTable;
import dev.pando.Table;
import dev.pando.TableStat;
import dev.pando.WriteTxn;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores an entry. */
@Command(
    name = "put",
    description = {
      "Stores a value under a key, and replaces one that is there; in a multimap, adds it.",
      "Values are text, or JSON if they are records, tuples or collections. A table that is not there"
          + " is created with the codecs of --keys and --values."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando put shop.pando names Ada Lovelace --keys utf8 --values utf8",
      "  pando put shop.pando orders 9 '{\"customer\":\"Ada\",\"cents\":1250,\"placed\":null}'",
      "  pando put shop.pando tags java 9"
    })
final class Put extends WriteVerb {
  @Parameters(index = "1", paramLabel = "TABLE", description = "The table.")
  private String name = "";

  @Parameters(index = "2", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Parameters(index = "3", arity = "0..1", paramLabel = "VALUE", description = "The value.")
  private @Nullable String value;

  @Option(
      names = {"-f", "--input"},
      paramLabel = "INPUT",
      description = "A file with the stored bytes of the value, or with a blob.")
  private @Nullable Path input;

  @Option(
      names = {"-x", "--hex"},
      description = "Key and value are stored bytes, in hexadecimal.")
  private boolean hex;

  @Option(names = "--keys", paramLabel = "CODEC", description = "The codec of keys of a new table.")
  private @Nullable String keys;

  @Option(
      names = "--values",
      paramLabel = "CODEC",
      description = "The codec of values of a new table.")
  private @Nullable String values;

  @Option(names = "--multi", description = "A new table is a multimap.")
  private boolean multi;

  @Override
  boolean creates() {
    return keys != null && values != null;
  }

  /** What is wrong with the arguments is found before the database is created. */
  @Override
  public Integer call() throws Exception {
    if ((value == null) == (input == null)) {
      throw Fault.usage("put: allowed a VALUE or --input, one of them");
    }
    if (input != null && Files.notExists(input)) {
      throw new NoSuchFileException(input.toString());
    }
    return super.call();
  }

  @Override
  int run(Database db) throws IOException {
    try (WriteTxn tx = begin(db)) {
      ShownTable table = ShownTable.of(found(tx), hex);
      boolean isNew =
          switch (table.kind()) {
            case MULTI -> putPair(tx, table);
            case BLOB -> putBlob(tx, table);
            default -> put(tx, table);
          };
      tx.commit();
      console().line(isNew ? "added" : "replaced");
    }
    return Fault.OK;
  }

  private TableStat found(WriteTxn tx) {
    if (tx.stat(name) == null && keys != null && values != null) {
      boolean _ =
          multi
              ? tx.create(
                  MultiTable.of(name, LoadedTable.codec(keys), LoadedTable.codec(values)).pairs())
              : tx.create(Table.of(name, LoadedTable.codec(keys), LoadedTable.codec(values)));
    }
    return ReadVerb.table(file().toString(), tx, name);
  }

  private boolean put(WriteTxn tx, ShownTable table) throws IOException {
    byte[] bytes = input != null ? Files.readAllBytes(input) : table.value().read(text());
    if (input != null && !hex) {
      Object _ = table.value().show(bytes); // refuses what no value is
    }
    return table.raw(tx).put(table.key().read(key), bytes);
  }

  private String text() {
    return Objects.requireNonNull(value);
  }

  private boolean putPair(WriteTxn tx, ShownTable table) {
    if (value == null) {
      throw Fault.usage("put: a value of a multimap is given as VALUE");
    }
    return tx.put(table.multi(), given(table.key(), key), given(table.value(), value));
  }

  private static Object given(Form form, String text) {
    Object found = form.value(text);
    if (found == null) {
      throw Fault.usage("null is no value of codec " + form.id());
    }
    return found;
  }

  private boolean putBlob(WriteTxn tx, ShownTable table) throws IOException {
    Object wanted = given(table.key(), key);
    boolean isNew = !tx.contains(table.blobs(), wanted);
    if (input == null) {
      throw Fault.usage("put: a blob is given by --input FILE");
    }
    try (FileChannel from = FileChannel.open(input)) {
      long _ = tx.put(table.blobs(), wanted, from);
    }
    return isNew;
  }
}
