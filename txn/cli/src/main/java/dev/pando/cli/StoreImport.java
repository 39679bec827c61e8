package dev.pando.cli;

import dev.pando.RawTable;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Fields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Loads a table of another store. A first pass finds the codecs that take all values; a second one
 * stores the rows.
 */
final class StoreImport {
  private static final int MOST_KEY_COLUMNS = 4;

  /** Characters of a row in a message. */
  private static final int MOST_SHOWN = 100;

  private final Path file;
  private final OtherStore.Source from;
  private final String table;
  private final List<StoredType> types = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** The columns of the key, in its order; empty if rows are numbered. */
  private final List<Integer> key = new ArrayList<>();

  private String keyCodec = "u64";
  private String valueCodec = "unit";
  private long rows;

  private StoreImport(Path file, OtherStore.Source from, String table) {
    this.file = file;
    this.from = from;
    this.table = table;
  }

  /**
   * Reads a table and finds the codecs.
   *
   * @param table the name of the new table
   * @param key the column that was asked for as the key; null for that of the store
   */
  static StoreImport of(Path file, OtherStore.Source from, String table, @Nullable String key)
      throws IOException {
    StoreImport found = new StoreImport(file, from, table);
    found.readTypes();
    found.chooseKey(key);
    found.chooseCodecs();
    return found;
  }

  /** How many rows it has. */
  long rows() {
    return rows;
  }

  /** What of the types is not as in the store. */
  List<String> notes() {
    return notes;
  }

  private void readTypes() throws IOException {
    List<String> columns = from.columns();
    columns.forEach(each -> types.add(new StoredType(from, each)));
    from.forEach(
        values -> {
          rows++;
          for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null && !StoredType.isKnown(value)) {
              throw Fault.usage(
                  "%s, %s, column %s: found a value of %s, for which there is no codec"
                      .formatted(file, from.name(), columns.get(i), value.getClass().getName()));
            }
            types.get(i).add(value);
          }
        });
    String guessed = from.guessed();
    if (guessed != null) {
      notes.add(guessed);
    }
    for (int i = 0; i < types.size(); i++) {
      if (types.get(i).isMixed()) {
        notes.add(
            "%s, column %s: values of types %s become %s"
                .formatted(
                    from.name(), columns.get(i), types.get(i).types(), types.get(i).codec(false)));
      }
    }
  }

  // ---- codecs

  private void chooseKey(@Nullable String wanted) {
    List<String> columns = from.columns();
    List<String> names = wanted == null ? from.key() : List.of(wanted);
    for (String name : names) {
      int at = columns.indexOf(name);
      if (at < 0) {
        throw Fault.found(
            "%s: --key %s: there are the columns %s".formatted(file, wanted, columns));
      }
      StoredType type = types.get(at);
      if (rows > 0 && !type.isKey()) {
        notKey(wanted, name, type);
        return;
      }
      key.add(at);
    }
    if (key.size() > MOST_KEY_COLUMNS) {
      notes.add(
          "%s: the key has %d columns, allowed up to %d, so rows are numbered"
              .formatted(from.name(), key.size(), MOST_KEY_COLUMNS));
      key.clear();
    }
  }

  private void notKey(@Nullable String wanted, String name, StoredType type) {
    String why = type.hasNulls() ? "a row has none" : "its values are of types " + type.types();
    if (wanted != null) {
      throw Fault.found("%s: --key %s: %s".formatted(file, wanted, why));
    }
    notes.add(
        "%s: column %s is no key, because %s, so rows are numbered"
            .formatted(from.name(), name, why));
    key.clear();
  }

  private void chooseCodecs() {
    List<String> columns = from.columns();
    if (!key.isEmpty()) {
      List<String> codecs = key.stream().map(each -> types.get(each).codec(false)).toList();
      keyCodec = codecs.size() == 1 ? codecs.getFirst() : "tuple(" + String.join(",", codecs) + ")";
    }
    if (from.kind() == OtherStore.Kind.ENTRIES && !key.isEmpty()) {
      valueCodec = types.get(1).codec(true);
      return;
    }
    List<String> components = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!key.contains(i)) {
        checkName(i + 1, columns.get(i));
        components.add(columns.get(i) + ":" + types.get(i).codec(true));
      }
    }
    if (!components.isEmpty()) {
      valueCodec = "record(" + String.join(",", components) + ")";
    }
  }

  private void checkName(int number, String column) {
    if (column.isEmpty()) {
      throw Fault.usage(
          "%s, %s: column %d has no name, allowed: a name for each component; give it one in a view, and load that with --from"
              .formatted(file, from.name(), number));
    }
    if (column.chars().anyMatch(c -> "(),:;".indexOf(c) >= 0)) {
      throw Fault.usage(
          "%s, %s, column %s: the name of a component has none of ( ) , : ; give it another name in a view, and load that with --from"
              .formatted(file, from.name(), column));
    }
  }

  // ---- rows

  /** How many rows were stored, and how many of these replaced an entry. */
  private static final class Counts {
    private long stored;
    private long replaced;
  }

  /**
   * Stores all rows.
   *
   * @param progress takes each row
   * @return what was done, as an object of JSON
   */
  Map<String, Object> load(WriteTxn tx, Runnable progress) throws IOException {
    Form keyForm = Form.of(keyCodec);
    Form valueForm = Form.of(valueCodec);
    Table<?, ?> to =
        Table.of(table, LoadedTable.codec(keyForm.id()), LoadedTable.codec(valueForm.id()));
    boolean _ = tx.create(to);
    RawTable raw = tx.raw(to);
    boolean isNew = raw.count() == 0;
    RowNumbers numbers = new RowNumbers(table, keyForm, raw);
    Counts counts = new Counts();
    from.forEach(
        values -> {
          counts.replaced += store(raw, keyForm, valueForm, numbers, values) ? 0 : 1;
          counts.stored++;
          progress.run();
        });
    if (counts.stored != rows) {
      throw Fault.found(
          "%s, %s: found %,d rows after %,d in the first pass: the file has changed meanwhile"
              .formatted(file, from.name(), counts.stored, rows));
    }
    if (isNew && counts.replaced > 0 && from.kind() != OtherStore.Kind.ROWS) {
      throw Fault.found(
          "%s, %s: is damaged: found %,d entries with the key of another one, allowed: none"
              .formatted(file, from.name(), counts.replaced));
    }
    if (isNew && counts.replaced > 0) {
      throw Fault.found(
          "%s, %s: found %,d rows with the key of another one, allowed: none; give another column with --key"
              .formatted(file, from.name(), counts.replaced));
    }
    return report(counts, raw.count());
  }

  /** Stores a row; false if it replaces another one. */
  private boolean store(
      RawTable to, Form keyForm, Form valueForm, RowNumbers numbers, @Nullable Object[] values) {
    try {
      byte[] keyBytes =
          key.isEmpty() ? keyForm.readJson(numbers.next()) : encode(keyForm, keyOf(values));
      return to.put(keyBytes, encode(valueForm, valueOf(values)));
    } catch (IllegalArgumentException e) {
      throw Fault.found(
          "%s, %s, row %s: %s".formatted(file, from.name(), shown(values), e.getMessage()), e);
    }
  }

  /** The beginning of a row, for a message. */
  private static String shown(@Nullable Object[] values) {
    String all = Arrays.deepToString(values);
    return all.length() <= MOST_SHOWN ? all : all.substring(0, MOST_SHOWN) + "...";
  }

  private Map<String, Object> report(Counts counts, long entries) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("table", table);
    report.put("rows", counts.stored);
    report.put("replaced", counts.replaced);
    report.put("entries", entries);
    report.put("keys", keyCodec);
    report.put("values", valueCodec);
    report.put("notes", notes);
    return report;
  }

  private static byte[] encode(Form form, @Nullable Object value) {
    return Form.encode(Objects.requireNonNull(form.codec()), value);
  }

  private @Nullable Object keyOf(@Nullable Object[] values) {
    if (key.size() == 1) {
      return types.get(key.getFirst()).convert(values[key.getFirst()]);
    }
    List<@Nullable Object> all = new ArrayList<>();
    key.forEach(each -> all.add(types.get(each).convert(values[each])));
    return Values.tuple(all);
  }

  private @Nullable Object valueOf(@Nullable Object[] values) {
    if (from.kind() == OtherStore.Kind.ENTRIES && !key.isEmpty()) {
      return types.get(1).convert(values[1]);
    }
    Map<String, @Nullable Object> record = new LinkedHashMap<>();
    List<String> columns = from.columns();
    for (int i = 0; i < values.length; i++) {
      if (!key.contains(i)) {
        record.put(columns.get(i), types.get(i).convert(values[i]));
      }
    }
    return Fields.of(record);
  }
}
