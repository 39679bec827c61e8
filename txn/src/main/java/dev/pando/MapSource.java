package dev.pando;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The transactions in which a {@link TableMap} reads and writes its table. */
interface MapSource {
  /** Runs calls that read the same state of the table. */
  <R extends @Nullable Object> R read(Function<ReadTxn, R> calls);

  /**
   * Runs calls as one change.
   *
   * @throws UnsupportedOperationException if the table can only be read
   */
  <R extends @Nullable Object> R write(Function<WriteTxn, R> calls);

  /** The entries of a range of a table; its {@code remove} removes from the table. */
  <K, V> Iterator<Entry<K, V>> entries(Table<K, V> table, Range<K> range);

  /**
   * One transaction for all calls.
   *
   * @param tx the transaction; a map of a read transaction cannot be changed
   */
  static MapSource of(ReadTxn tx) {
    return new MapSource() {
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
      public <K, V> Iterator<Entry<K, V>> entries(Table<K, V> table, Range<K> range) {
        return tx.scan(table, range).iterator();
      }
    };
  }
}
