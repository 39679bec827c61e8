package dev.pando;

import java.util.function.Supplier;

/** Goes through a range, and decodes a value only when it is asked for. */
final class LazyScan<K, V> implements AutoCloseable {
  private final Txn tx;
  private final Table<K, V> table;
  private final RangeCursor cursor;

  /** Counts entries, so that a value is not taken for that of a later one. */
  private long entries;

  private long epoch;

  LazyScan(Txn tx, Table<K, V> table, RangeCursor cursor) {
    this.tx = tx;
    this.table = table;
    this.cursor = cursor;
  }

  RangeCursor cursor() {
    return cursor;
  }

  /** Moves to the next entry; false at the end. */
  boolean advance() {
    entries++;
    boolean there = cursor.advance();
    epoch = tx.epoch();
    return there;
  }

  K key() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      var found = cursor.key;
      K key = mine.memory().decodeKey(table, found.segment, found.offset, found.length);
      tx.check(mine, call, epoch);
      return key;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** Decodes the value of the entry that the cursor is on now. */
  Supplier<V> value() {
    long entry = entries;
    return () -> value(entry);
  }

  private V value(long entry) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkOpen();
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

  @Override
  public void close() {
    entries++;
    Caller mine = tx.callerIfOpen();
    if (mine != null) {
      long call = mine.begin();
      try {
        cursor.end();
      } finally {
        mine.end(call);
      }
    }
  }
}
