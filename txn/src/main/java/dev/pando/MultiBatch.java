package dev.pando;

import dev.pando.codec.Tuple2;

/**
 * Puts and deletes of a {@link MultiTable} that are made together, in the order of their keys and
 * values: {@link WriteTxn#batch(MultiTable)}. It is a {@link Batch} of the pairs: of each pair the
 * last change counts, and changes wait and are made as there. Not thread-safe, as its transaction.
 *
 * {@snippet :
 * db.update(tx -> {
 *   MultiBatch<String, Long> batch = tx.batch(TAGGED);
 *   for (Order order : orders) {
 *     for (String tag : order.tags()) {
 *       batch.put(tag, order.id());
 *     }
 *   }
 * });
 * }
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class MultiBatch<K, V> {
  private final MultiTable<K, V> table;
  private final Batch<Tuple2<K, V>, Present> pairs;

  MultiBatch(MultiTable<K, V> table, Batch<Tuple2<K, V>, Present> pairs) {
    this.table = table;
    this.pairs = pairs;
  }

  /**
   * Will add a value to a key, if the key does not have it.
   *
   * @throws IllegalArgumentException if the pair is longer than {@link RawTable#maxKey}
   */
  public void put(K key, V value) {
    pairs.put(table.pair(key, value), Present.PRESENT);
  }

  /** Will remove a value of a key, if the key has it. */
  public void delete(K key, V value) {
    pairs.delete(table.pair(key, value));
  }

  /** Makes the changes that wait. */
  public void flush() {
    pairs.flush();
  }
}
