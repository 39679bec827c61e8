package dev.pando;

import org.jspecify.annotations.Nullable;

/**
 * The entries of a range from both ends, from {@link Scan#twoEnded}. No entry is returned twice:
 * when the ends have met, neither returns any more.
 *
 * <p>In a write transaction the table may be changed meanwhile; entries between the ends are seen
 * as they are when an end reaches them. Not thread-safe: only the thread that uses the transaction
 * may call it.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class TwoEndedScan<K, V> implements AutoCloseable {
  private final Txn tx;
  private final Table<K, V> table;
  private final RangeCursor front;
  private final RangeCursor back;
  private boolean closed;

  TwoEndedScan(Txn tx, Table<K, V> table, RangeCursor front, RangeCursor back) {
    this.tx = tx;
    this.table = table;
    this.front = front;
    this.back = back;
  }

  /** The next entry from the beginning of the range, in its direction; null if there is none. */
  public @Nullable Entry<K, V> nextFirst() {
    return next(front, back);
  }

  /** The next entry from the end of the range, against its direction; null if there is none. */
  public @Nullable Entry<K, V> nextLast() {
    return next(back, front);
  }

  private @Nullable Entry<K, V> next(RangeCursor from, RangeCursor other) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase();
      if (closed) {
        throw new IllegalStateException("the scan of " + table.name() + " is closed");
      }
      other.checkClears(); // if it has moved, its last key ends what is left
      Entry<K, V> entry = null;
      if (from.advance(mine)) {
        other.endBefore(from.key);
        Workspace memory = mine.memory();
        memory.keySlice.set(from.key.segment, from.key.offset, from.key.length);
        memory.valueSlice.set(from.value.segment, from.value.offset, from.value.length);
        entry = Decoding.entry(tx, mine, call, table);
      }
      tx.check(mine, call);
      return entry;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** A second call does nothing. */
  @Override
  public void close() {
    Caller mine = closed ? null : tx.callerIfOpen();
    closed = true;
    if (mine != null) {
      long call = mine.begin();
      try {
        front.end();
        back.end();
      } finally {
        mine.end(call);
      }
    }
  }
}
