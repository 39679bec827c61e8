package dev.pando;

import dev.pando.btree.BatchedGet;
import dev.pando.btree.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that gets the values of many keys, a batch at a time. All values are of one moment, so a
 * codec that writes meanwhile is refused.
 *
 * @param <K> the keys
 * @param <V> the values
 */
final class BatchedRead<K, V> {
  private final Txn tx;
  private final Caller mine;
  private final Table<K, V> table;
  private final long epoch;
  private final List<@Nullable V> values;

  private BatchedRead(Txn tx, Caller mine, Table<K, V> table, int keys) {
    this.tx = tx;
    this.mine = mine;
    this.table = table;
    this.epoch = tx.epoch();
    this.values = new ArrayList<>(keys);
  }

  /** See {@link ReadTxn#getAll}. */
  static <K, V> List<@Nullable V> values(Txn tx, Table<K, V> table, Collection<? extends K> keys) {
    Objects.requireNonNull(keys, "the collection of keys is null");
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
      Tree _ = tx.tree(mine, table); // first: it makes changes of the table that wait in a batch
      BatchedRead<K, V> read = new BatchedRead<>(tx, mine, table, keys.size());
      Iterator<? extends K> left = keys.iterator();
      while (left.hasNext()) {
        read.nextBatch(left);
      }
      tx.check(mine, call, read.epoch);
      return read.values;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private void nextBatch(Iterator<? extends K> keys) {
    Workspace memory = mine.memory();
    BatchedGet batch = memory.batch();
    int count = 0;
    while (count < BatchedGet.SIZE && keys.hasNext()) {
      memory.encodeKey(table, keys.next(), batch.key(count++));
    }
    checkNotWritten();
    Tree tree = tx.tree(mine, table);
    batch.find(tree, count);
    for (int i = 0; i < count; i++) {
      values.add(batch.value(tree, i, memory.valueSlice) ? memory.decodeValue(table) : null);
      tx.checkEpochInCall(epoch); // or the next values may have moved since they were found
    }
  }

  private void checkNotWritten() {
    if (tx.epoch() != epoch) {
      tx.checkOpen();
      throw new IllegalStateException(
          "a codec has written to the transaction while it encoded one of many keys, whose values"
              + " are all of one moment: "
              + tx);
    }
  }
}
