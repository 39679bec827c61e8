package dev.pando;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A table of a database, with a transaction for each call. */
final class DatabaseMap<K, V> implements MapSource<K, V> {
  private final Transactor db;
  private final Table<K, V> table;

  DatabaseMap(Transactor db, Table<K, V> table) {
    this.db = db;
    this.table = table;
  }

  @Override
  public <R extends @Nullable Object> R read(Function<ReadTxn, R> calls) {
    return db.<R, RuntimeException>view(calls::apply);
  }

  @Override
  public <R extends @Nullable Object> R write(Function<WriteTxn, R> calls) {
    return db.<R, RuntimeException>updateAndGet(calls::apply);
  }

  @Override
  public Iterator<Entry<K, V>> entries(Range<K> range) {
    return new EntriesByPage<>(db, table, range);
  }
}
