package dev.pando;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a {@link TableMap} reads and writes its table. */
interface MapSource<K, V> {
  /** Runs calls that read the same state of the table. */
  <R extends @Nullable Object> R read(Function<ReadTxn, R> calls);

  /**
   * Runs calls as one change.
   *
   * @throws UnsupportedOperationException if the table can only be read
   */
  <R extends @Nullable Object> R write(Function<WriteTxn, R> calls);

  /** The entries of a range; its {@code remove} removes from the table. */
  Iterator<Entry<K, V>> entries(Range<K> range);

  /**
   * A table as a transaction sees it.
   *
   * @param tx the transaction; a map of a read transaction cannot be changed
   */
  static <K, V> MapSource<K, V> of(ReadTxn tx, Table<K, V> table) {
    return new MapSource<>() {
      @Override
      public <R extends @Nullable Object> R read(Function<ReadTxn, R> calls) {
        return calls.apply(tx);
      }

      @Override
      public <R extends @Nullable Object> R write(Function<WriteTxn, R> calls) {
        if (tx instanceof WriteTxn writing) {
          return calls.apply(writing);
        }
        throw new UnsupportedOperationException(
            "a map of a read transaction cannot be changed; use one of a write transaction: " + tx);
      }

      @Override
      public Iterator<Entry<K, V>> entries(Range<K> range) {
        return tx.scan(table, range).iterator();
      }
    };
  }
}
