package dev.pando;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transaction of a database for each call. */
final class DatabaseSource implements TableMap.Source {
  private final Transactor db;

  DatabaseSource(Transactor db) {
    this.db = db;
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
  public <K, V> Iterator<Entry<K, V>> entries(Table<K, V> table, Range<K> range) {
    return new EntriesByPage<>(db, table, range);
  }
}
