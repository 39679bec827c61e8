package dev.pando;

import dev.pando.btree.KeyBuffer;

/**
 * Puts and deletes of one table that are made together, in the order of their keys. That is faster
 * than one after the other in random order, because changes of one leaf follow each other. A batch
 * is part of its transaction: {@link WriteTxn#batch(Table)}.
 *
 * {@snippet :
 * db.update(tx -> {
 *   Batch<Long, Order> batch = tx.batch(ORDERS);
 *   for (Order order : orders) {
 *     batch.put(order.id(), order);
 *   }
 * });
 * }
 *
 * <p>Changes wait in memory, at most 8 MiB for each table. {@link #flush}, the commit and a
 * savepoint make them, and so does any other call that reads or changes the table: a get sees them,
 * and so does a scan that is opened afterwards, and a cursor that is placed by {@code first},
 * {@code last} or a {@code seek}. The steps of a scan or cursor that is open do not make them. So a
 * program may scan a table and delete from it by batch. The last change of a key counts. A rollback
 * to a savepoint undoes changes that wait. Values of more than 16 KiB are stored at once.
 *
 * <p>The call that makes the changes may fail as any write does, such as for a full disk, and ends
 * views of the transaction. A codec that reads the table while it decodes is refused then, as if it
 * wrote.
 *
 * <p>The changes of a table with indexes are one statement, all or none. Its codec decodes each row
 * and may read other tables then, but not put into a batch. If changes wait for a table that it
 * reads, these are made first, and all cursors, iterators and views of the transaction end. Two
 * tables whose codecs read each other's cannot both wait: {@link #flush} throws an {@link
 * IllegalStateException}, and of the table that it names first the changes are undone.
 *
 * <p>Not thread-safe, as its transaction.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class Batch<K, V> {
  private final Batches batches;
  private final Table<K, V> table;
  private final PendingChanges pending;

  Batch(Batches batches, Table<K, V> table, int pageSize) {
    this.batches = batches;
    this.table = table;
    this.pending = new PendingChanges(table, true, pageSize);
  }

  /**
   * Will store a value under a key, and replace an existing value.
   *
   * @throws IllegalArgumentException if the encoded key is longer than {@link RawTable#maxKey}
   */
  public void put(K key, V value) {
    Caller mine = batches.caller();
    long call = mine.begin();
    try {
      batches.checkWritable();
      Workspace memory = mine.memory();
      KeyBuffer wanted = memory.encodeNewKey(table, key);
      memory.encodeValue(table, value);
      batches.put(pending, wanted, memory.sink.segment(), 0, memory.sink.length());
    } finally {
      mine.end(call);
    }
  }

  /** Will remove a key, if it is there. */
  public void delete(K key) {
    Caller mine = batches.caller();
    long call = mine.begin();
    try {
      batches.checkWritable();
      batches.delete(pending, mine.memory().encodeKey(table, key));
    } finally {
      mine.end(call);
    }
  }

  /** Makes the changes that wait. */
  public void flush() {
    batches.flushInCall(pending);
  }
}
