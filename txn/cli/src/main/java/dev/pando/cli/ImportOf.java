package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Progress;
import dev.pando.RawTable;
import dev.pando.Table;
import dev.pando.WriteTxn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads rows of CSV or JSON, and tables of other stores. */
@Command(
    name = "import",
    description = {
      "Loads a file of CSV, with a line of names, or of JSON, with an object a line, in one"
          + " transaction. Each row becomes a record. The codecs of the columns are found in the"
          + " whole file, and reported: numbers, dates and others only where they give all texts of"
          + " the column back as they are.",
      "Objects as 'pando scan --json' writes them are loaded as they are with --keys and --values.",
      "A file of SQLite, H2's MVStore or MapDB is known by how it begins. Its tables keep their"
          + " types and keys; without TABLE, all are loaded. It is opened for reading alone, and"
          + " never changed."
    },
    customSynopsis = "pando import [OPTIONS] FILE [TABLE] INPUT",
    footerHeading = "%nExamples%n",
    footer = {
      "  pando import new.pando people people.csv --key id",
      "  pando import new.pando log log.jsonl",
      "  pando import copy.pando shop.sqlite",
      "  pando import --json some.pando people shop.sqlite --from customers"
    })
final class ImportOf extends WriteVerb {
  /** The names of an object that 'pando scan --json' writes. */
  private static final Set<String> ENTRY = Set.of("key", "value");

  @Parameters(
      index = "1..2",
      arity = "1..2",
      paramLabel = "[TABLE] INPUT",
      hideParamSyntax = true,
      description =
          "The table, and the file to read: a file of another store if it begins as one, CSV if its"
              + " name ends with .csv or .tsv, otherwise JSON. Of a store the table may be left"
              + " out.")
  private List<String> named = List.of();

  private String name = "";
  private Path input = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description =
          "The column of the keys, which replace those that are there; without it, rows are"
              + " numbered from 1, or after the last key of the table.")
  private @Nullable String key;

  @Option(names = "--keys", paramLabel = "CODEC", description = "The codec of the keys.")
  private @Nullable String keys;

  @Option(names = "--values", paramLabel = "CODEC", description = "The codec of the values.")
  private @Nullable String values;

  @Option(
      names = "--separator",
      paramLabel = "CHARACTER",
      description = "Between fields of CSV; a comma, or a tab if the name ends with .tsv.")
  private @Nullable Character separator;

  @Option(
      names = "--from",
      paramLabel = "NAME",
      split = ",",
      description =
          "The tables or maps to read of another store, or a view of SQLite; several without"
              + " TABLE.")
  private List<String> from = List.of();

  @Option(names = "--json", description = "Writes a JSON object for each table.")
  private boolean json;

  /** Whether the codecs are given, and not found in the file. */
  private boolean hasCodecs;

  /** The rows in which the codecs were found. */
  private long foundRows;

  @Override
  boolean creates() {
    return true;
  }

  /** The file is read before the database is created. */
  @Override
  public Integer call() throws Exception {
    if ((keys == null) != (values == null)) {
      throw Fault.usage("import: --keys and --values, allowed both or none");
    }
    hasCodecs = keys != null;
    input = Path.of(named.getLast());
    if (Files.notExists(input)) {
      throw new NoSuchFileException(input.toString());
    }
    StoreFormat format = StoreFormat.of(input);
    if (format != null) {
      return callOfStore(format);
    }
    if (named.size() == 1 || !from.isEmpty()) {
      throw Fault.usage("import: of CSV and JSON a TABLE is needed, and --from is not allowed");
    }
    name = named.getFirst();
    if (!hasCodecs) {
      infer();
    }
    return super.call();
  }

  // ---- other stores

  private int callOfStore(StoreFormat format) throws Exception {
    if (hasCodecs || separator != null) {
      throw Fault.usage(
          "import: %s has types and columns of its own: --keys, --values and --separator are not allowed"
              .formatted(format.product()));
    }
    try (OtherStore store = format.open(input, waiting())) {
      List<StoreImport> all = new ArrayList<>();
      if (named.size() == 2) {
        all.add(StoreImport.of(input, store.table(source(store)), named.getFirst(), key));
      } else {
        if (from.isEmpty()) {
          store.leftOut().forEach(each -> console().note("pando: " + each));
        }
        for (String each : from.isEmpty() ? store.tables() : from) {
          all.add(StoreImport.of(input, store.table(each), each, key));
        }
      }
      if (all.isEmpty()) {
        throw Fault.found(
            "%s: this file of %s has no table%s"
                .formatted(input, store.product(), store.whyEmpty()));
      }
      return inDatabase(db -> load(db, store, all));
    }
  }

  /** The table to read for the one that was named. */
  private String source(OtherStore store) {
    if (from.size() > 1) {
      throw Fault.usage("import: --from with several names is allowed without TABLE only");
    }
    List<String> there = store.tables();
    boolean isOnly = there.size() == 1 && !there.contains(named.getFirst());
    return !from.isEmpty() ? from.getFirst() : isOnly ? there.getFirst() : named.getFirst();
  }

  private int load(Database db, OtherStore store, List<StoreImport> all) throws IOException {
    Progress progress = console().progress("import");
    long total = all.stream().mapToLong(StoreImport::rows).sum();
    long[] done = {0};
    List<Map<String, Object>> reports = new ArrayList<>();
    try (WriteTxn tx = begin(db)) {
      for (StoreImport each : all) {
        reports.add(each.load(tx, () -> progress.at(++done[0], total)));
      }
      store.checkUnchanged();
      tx.commit();
    }
    reports.forEach(this::report);
    if (!json) {
      all.forEach(each -> each.notes().forEach(note -> console().note("pando: " + note)));
    }
    return Fault.OK;
  }

  // ---- text

  private Rows rows() throws IOException {
    boolean isTabs = input.toString().endsWith(".tsv");
    char between = separator != null ? separator : isTabs ? '\t' : ',';
    return Rows.open(input, isCsv(), between);
  }

  private boolean isCsv() {
    return input.toString().endsWith(".tsv") || input.toString().endsWith(".csv");
  }

  // ---- types

  private void infer() throws IOException {
    if (!Files.isRegularFile(input)) {
      throw Fault.usage(
          input
              + ": is no regular file, and is read twice to find the codecs: give --keys and"
              + " --values");
    }
    Map<String, InferredType> types = new LinkedHashMap<>();
    Set<String> sometimes = new LinkedHashSet<>();
    long count = 0;
    try (Rows rows = rows()) {
      for (var row = rows.next(); row != null; row = rows.next()) {
        for (String column : row.keySet()) {
          if (!types.containsKey(column) && count > 0) {
            sometimes.add(column);
          }
          types.computeIfAbsent(column, _ -> new InferredType()).add(row.get(column));
        }
        for (String column : types.keySet()) {
          if (!row.containsKey(column)) {
            sometimes.add(column);
          }
        }
        count++;
      }
    }
    foundRows = count;
    sometimes.forEach(column -> types.getOrDefault(column, new InferredType()).add(null));
    keys = key == null ? "u64" : keyType(types);
    StringJoiner record = new StringJoiner(",", "record(", ")");
    types.forEach((column, type) -> record.add(column + ":" + type.codec(true)));
    values = record.toString();
    check(types);
  }

  private String keyType(Map<String, InferredType> types) {
    InferredType type = types.remove(key);
    if (type == null || type.hasNulls()) {
      throw Fault.found(
          "%s: --key %s: %s"
              .formatted(
                  input,
                  key,
                  type == null ? "there are the columns " + types.keySet() : "a row has none"));
    }
    return type.codec(false);
  }

  private void check(Map<String, InferredType> types) {
    for (String column : types.keySet()) {
      if (column.isEmpty()) {
        throw Fault.usage(
            input
                + ": found a name that is empty, allowed: a name for each component; give it one in"
                + " all objects");
      }
      if (column.chars().anyMatch(c -> "(),:;".indexOf(c) >= 0)) {
        throw Fault.usage(
            "%s: column %s: the name of a component has none of ( ) , : ;"
                .formatted(input, column));
      }
    }
    if (types.isEmpty()) {
      throw Fault.found(input + ": there are no columns besides the key");
    }
  }

  // ---- rows

  @Override
  int run(Database db) throws IOException {
    Form keyForm = Form.of(String.valueOf(keys));
    Form valueForm = Form.of(String.valueOf(values));
    Table<?, ?> table =
        Table.of(name, LoadedTable.codec(keyForm.id()), LoadedTable.codec(valueForm.id()));
    Progress progress = hasCodecs ? (_, _) -> {} : console().progress("import");
    long count = 0;
    long replaced = 0;
    try (WriteTxn tx = begin(db);
        Rows rows = rows()) {
      boolean _ = tx.create(table);
      RawTable to = tx.raw(table);
      RowNumbers numbers = new RowNumbers(name, keyForm, to);
      for (var row = rows.next(); row != null; row = rows.next()) {
        count++;
        progress.at(count, foundRows);
        try {
          replaced += store(to, keyForm, valueForm, row, numbers) ? 0 : 1;
        } catch (Fault e) {
          throw Fault.found(rows.place() + ": " + e.getMessage(), e);
        }
      }
      if (!hasCodecs && count != foundRows) {
        throw Fault.found(
            "%s: found %,d rows after %,d in the first pass: the file has changed meanwhile"
                .formatted(input, count, foundRows));
      }
      long entries = to.count();
      tx.commit();
      report(done(count, replaced, entries));
    }
    return Fault.OK;
  }

  private Map<String, Object> done(long count, long replaced, long entries) {
    Map<String, Object> done = new LinkedHashMap<>();
    done.put("table", name);
    done.put("rows", count);
    done.put("replaced", replaced);
    done.put("entries", entries);
    done.put("keys", String.valueOf(keys));
    done.put("values", String.valueOf(values));
    done.put("notes", List.of());
    return done;
  }

  private void report(Map<String, Object> done) {
    if (json) {
      console().line(Json.of(done));
      return;
    }
    long replaced = number(done, "replaced");
    console()
        .line(
            "%s: %,d rows, %s%,d entries"
                .formatted(
                    Report.plain(done.get("table")),
                    number(done, "rows"),
                    replaced == 0 ? "" : "%,d replaced, ".formatted(replaced),
                    number(done, "entries")));
    console().line("keys: " + Report.escaped(String.valueOf(done.get("keys"))));
    console().line("values: " + Report.escaped(String.valueOf(done.get("values"))));
  }

  private static long number(Map<String, Object> done, String name) {
    return done.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /** Stores a row; false if it replaces another one. */
  private boolean store(
      RawTable to,
      Form keyForm,
      Form valueForm,
      Map<String, @Nullable Object> row,
      RowNumbers numbers) {
    boolean isEntry = hasCodecs && row.keySet().equals(ENTRY);
    if (key == null && isEntry) {
      return to.put(bytes(keyForm, row.get("key")), bytes(valueForm, row.get("value")));
    }
    Object keyValue = key == null ? numbers.next() : row.get(key);
    Map<String, @Nullable Object> record = new LinkedHashMap<>();
    for (String column : valueForm.shape().names()) {
      record.put(column, InferredType.flat(row.get(column)));
    }
    return to.put(keyForm.readJson(keyValue), valueForm.readJson(record));
  }

  /** In a field of CSV, what is no text is JSON. */
  private byte[] bytes(Form form, @Nullable Object value) {
    return isCsv() && value instanceof String text ? form.read(text) : form.readJson(value);
  }
}
