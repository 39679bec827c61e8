package dev.pando;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pando.btree.Slice;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The iterator of a scan. It looks ahead only when asked, so that the entry just handed out may be
 * deleted.
 */
final class ScanIterator<K, V> implements Iterator<Entry<K, V>> {
  private final Txn tx;
  private final Table<K, V> table;
  private final ScanEnd end;
  private final RangeCursor cursor;

  /** Whether the cursor is on an entry that was not returned yet. */
  private boolean ready;

  private boolean ended;

  /** Whether this is a scan of a write transaction. */
  private final boolean mayRemove;

  /** A copy of the key that {@link #remove} deletes: the cursor may have moved on by then. */
  private byte[] removable = {};

  /** Bytes of that key; negative if there is none. */
  private int removableLength = -1;

  ScanIterator(Txn tx, Table<K, V> table, RangeCursor cursor, ScanEnd end) {
    this.tx = tx;
    this.table = table;
    this.cursor = cursor;
    this.end = end;
    this.mayRemove = tx.mayWrite();
  }

  @Override
  public boolean hasNext() {
    boolean there = ready || cursor.willAdvance();
    return (there && !end.isClosed() && tx.isUsableByThisThread()) || findNextInCall();
  }

  private boolean findNextInCall() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase();
      end.check();
      boolean there = findNext(mine);
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private boolean findNext(Caller mine) {
    if (!ready && !ended) {
      ready = cursor.advance(mine);
      ended = !ready;
    }
    return ready;
  }

  @Override
  public Entry<K, V> next() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      end.check();
      if (!ready && !findNext(mine)) {
        throw new NoSuchElementException("the scan of " + table.name() + " is at its end");
      }
      ready = false;
      cursor.refresh();
      int length = mayRemove ? copyKey() : -1;
      Entry<K, V> entry = decode(mine, call);
      removableLength = length;
      return entry;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private int copyKey() {
    int length = (int) cursor.key.length;
    if (removable.length < length) {
      removable = new byte[length];
    }
    MemorySegment.copy(cursor.key.segment, JAVA_BYTE, cursor.key.offset, removable, 0, length);
    return length;
  }

  /**
   * Deletes the entry that {@link #next} returned last, if its key is still there.
   *
   * @throws UnsupportedOperationException in a read transaction
   * @throws IllegalStateException if {@link #next} has returned none, or it was removed already; or
   *     if the table was dropped or renamed since
   */
  @Override
  public void remove() {
    if (!mayRemove) {
      throw new UnsupportedOperationException(
          "a scan of a read transaction cannot remove; scan in Database.update or beginWrite: "
              + tx);
    }
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      end.check();
      cursor.checkRollbacks();
      if (removableLength < 0) {
        throw new IllegalStateException(
            "the scan of "
                + table.name()
                + " has no entry to remove: next returned none, or it was removed already");
      }
      cursor.checkIsIn(mine); // or it would delete from another table of this name
      MemorySegment key = MemorySegment.ofArray(removable).asSlice(0, removableLength);
      boolean _ = tx.deleteFound(mine, table, key);
      removableLength = -1;
    } finally {
      mine.end(call);
    }
  }

  private Entry<K, V> decode(Caller mine, long call) {
    MemorySegment segment = cursor.value.segment; // a codec may call the iterator
    long offset = cursor.value.offset;
    long length = cursor.value.length;
    long then = tx.epoch();
    Workspace memory = mine.memory();
    Slice found = cursor.key;
    K key = memory.decodeKey(table, found.segment, found.offset, found.length);
    tx.checkEpochInCall(then);
    Entry<K, V> entry = new Entry<>(key, memory.decodeValue(table, segment, offset, length));
    tx.check(mine, call, then);
    return entry;
  }
}
