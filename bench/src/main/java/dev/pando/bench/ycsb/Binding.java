package dev.pando.bench.ycsb;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pando.bench.store.Pair;
import dev.pando.bench.store.Store;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.Status;

/**
 * A store for one of YCSB's threads: a row is the contents of its ten fields after each other, and
 * each change is a transaction that is on disk when the call returns. Calls are timed in
 * nanoseconds: YCSB's own figures are whole microseconds.
 */
final class Binding extends DB {
  private static final int KEY_BYTES = 24;
  private static final int FIELDS = 10;
  private static final int FIELD_BYTES = 100;
  private static final String FIELD = "field";

  /** Inserts that the load puts into one transaction. */
  private static final int LOAD_BATCH = 20_000;

  private final Store store;
  private final Pair pair = new Pair(KEY_BYTES, FIELDS * FIELD_BYTES);
  private final Map<String, Histogram> times = new LinkedHashMap<>();
  private final boolean isLoad;
  private Store.@Nullable Reader reader;
  private Store.@Nullable Writer writer;
  private int inserted;
  private long failures;

  /**
   * A binding for the thread that calls.
   *
   * @param isLoad whether inserts are committed by the batch, and at the end
   */
  Binding(Store store, boolean isLoad) {
    this.store = store;
    this.isLoad = isLoad;
  }

  /** Times by what was done, in nanoseconds. */
  Map<String, Histogram> times() {
    return times;
  }

  /** How many answers were not what they ought to be. */
  long failures() {
    return failures;
  }

  private Status timed(String operation, BooleanSupplier call) {
    long begin = System.nanoTime();
    boolean found = call.getAsBoolean();
    times.computeIfAbsent(operation, _ -> new Histogram(3)).recordValue(System.nanoTime() - begin);
    failures += found ? 0 : 1;
    return found ? Status.OK : Status.NOT_FOUND;
  }

  private Store.Reader reader() {
    Store.Reader open = reader == null ? store.beginRead(pair) : store.renew(reader, pair);
    reader = open;
    return open;
  }

  private void key(String key) {
    pair.keyBuffer.put(0, key.getBytes(US_ASCII));
  }

  private static void decode(
      byte[] row, @Nullable Set<String> fields, Map<String, ByteIterator> into) {
    for (int i = 0; i < FIELDS; i++) {
      if (fields == null || fields.contains(FIELD + i)) {
        into.put(FIELD + i, new ByteArrayByteIterator(row, i * FIELD_BYTES, FIELD_BYTES));
      }
    }
  }

  private void encode(Map<String, ByteIterator> fields) {
    fields.forEach(
        (name, content) -> {
          int field = Integer.parseInt(name.substring(FIELD.length()));
          pair.valueBuffer.put(field * FIELD_BYTES, content.toArray());
        });
  }

  @Override
  public Status read(
      String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
    return timed(
        "read",
        () -> {
          key(key);
          Store.Reader open = reader();
          byte[] row = open.value();
          if (row != null) {
            decode(row, fields, result);
          }
          store.rest(open);
          return row != null;
        });
  }

  @Override
  public Status scan(
      String table,
      String startKey,
      int count,
      @Nullable Set<String> fields,
      Vector<HashMap<String, ByteIterator>> result) {
    return timed(
        "scan",
        () -> {
          key(startKey);
          Store.Reader open = reader();
          boolean found = open.seek();
          for (int i = 0; found && i < count; i++) {
            HashMap<String, ByteIterator> row = new HashMap<>();
            decode(open.valueHere(), fields, row);
            result.add(row);
            found = open.next();
          }
          store.rest(open);
          return !result.isEmpty();
        });
  }

  @Override
  public Status update(String table, String key, Map<String, ByteIterator> values) {
    return timed(
        "update",
        () -> {
          key(key);
          return store.modify(
              pair,
              row -> {
                pair.valueBuffer.put(0, row);
                encode(values);
              });
        });
  }

  @Override
  public Status insert(String table, String key, Map<String, ByteIterator> values) {
    return timed(
        "insert",
        () -> {
          key(key);
          encode(values);
          if (isLoad) {
            putInBatch();
          } else {
            store.update(pair);
          }
          return true;
        });
  }

  private void putInBatch() {
    Store.Writer open = writer == null ? store.beginWrite(pair) : writer;
    writer = open;
    open.put();
    if (++inserted % LOAD_BATCH == 0) {
      commitBatch();
    }
  }

  private void commitBatch() {
    if (writer != null) {
      writer.commit();
      writer.close();
      writer = null;
    }
  }

  @Override
  public void cleanup() {
    commitBatch();
    if (reader != null) {
      store
          .renew(reader, pair)
          .close(); // it rests, which some stores do not distinguish from closed
      reader = null;
    }
  }

  @Override
  public Status delete(String table, String key) {
    throw new UnsupportedOperationException("no standard workload deletes");
  }
}
