package dev.pando;

import java.util.function.Supplier;

/** The values of a scan's entries, each decoded only when it is asked for during its visit. */
final class LazyValues<V> {
  private final Txn tx;
  private final Table<?, V> table;

  /** Counts entries, so that a value is not taken for that of a later one. */
  private long entries;

  LazyValues(Txn tx, Table<?, V> table) {
    this.tx = tx;
    this.table = table;
  }

  /** The value of the entry that the cursor is on now; it ends the one before. */
  Supplier<V> of(RangeCursor cursor) {
    long entry = ++entries;
    return () -> value(cursor, entry);
  }

  private V value(RangeCursor cursor, long entry) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
      long epoch = cursor.epoch();
      if (entry != entries || epoch != tx.epoch()) {
        throw new IllegalStateException(
            "the scan of %s has moved on, or its transaction has written, since it gave this value"
                .formatted(table.name()));
      }
      var found = cursor.value;
      V value = mine.memory().decodeValue(table, found.segment, found.offset, found.length);
      tx.check(mine, call, epoch);
      return value;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** Ends the value that was given last. */
  void end() {
    entries++;
  }
}
