package dev.pando.bench.ycsb;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.DBException;
import site.ycsb.Status;

/** A thread's binding, timed in nanoseconds: YCSB's own figures are whole microseconds. */
final class TimedDb extends DB {
  private final DB db;
  private final Map<Kind, Histogram> times = new EnumMap<>(Kind.class);
  private long failures;

  TimedDb(DB db) {
    this.db = db;
  }

  /** Times by what was done, in nanoseconds. */
  Map<Kind, Histogram> times() {
    return times;
  }

  /** How many answers were not what they ought to be. */
  long failures() {
    return failures;
  }

  private Status timed(Kind kind, Supplier<Status> call) {
    long begin = System.nanoTime();
    Status status = call.get();
    times.computeIfAbsent(kind, _ -> new Histogram(3)).recordValue(System.nanoTime() - begin);
    if (!status.isOk()) {
      failures++;
    }
    return status;
  }

  @Override
  public void init() throws DBException {
    db.init();
  }

  @Override
  public void cleanup() throws DBException {
    db.cleanup();
  }

  @Override
  public Status read(
      String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
    return timed(Kind.READ, () -> db.read(table, key, fields, result));
  }

  @Override
  public Status scan(
      String table,
      String startKey,
      int count,
      @Nullable Set<String> fields,
      Vector<HashMap<String, ByteIterator>> result) {
    return timed(Kind.SCAN, () -> db.scan(table, startKey, count, fields, result));
  }

  @Override
  public Status update(String table, String key, Map<String, ByteIterator> values) {
    return timed(Kind.UPDATE, () -> db.update(table, key, values));
  }

  @Override
  public Status insert(String table, String key, Map<String, ByteIterator> values) {
    return timed(Kind.INSERT, () -> db.insert(table, key, values));
  }

  @Override
  public Status delete(String table, String key) {
    throw new UnsupportedOperationException("no standard workload deletes");
  }
}
