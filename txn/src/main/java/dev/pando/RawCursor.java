package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A position in a table that moves in both directions and shows keys and values in the mapped file.
 * A step allocates nothing.
 *
 * <p>In a write transaction the cursor survives changes of the table: it keeps its key. If that
 * entry is deleted, the cursor is in the gap: {@link #next} and {@link #prev} move on, and reading
 * throws. The next write to the table is a little slower unless the cursor is closed. Throws {@link
 * IllegalStateException} after {@link #close}, after the transaction's end and after a {@linkplain
 * WriteTxn#rollbackTo rollback to a savepoint}. Not thread-safe: only the thread that uses the
 * transaction may call it.
 */
public final class RawCursor implements AutoCloseable {
  private final Txn tx;
  private final String table;
  private final Cursor cursor;
  private final int rollbacks;

  /** Whether reading an entry changes nothing, so that a check afterwards is enough. */
  private final boolean readOnly;

  private boolean closed;

  RawCursor(Txn tx, String table, Cursor cursor) {
    this.tx = tx;
    this.table = table;
    this.cursor = cursor;
    this.rollbacks = tx.rollbacks();
    this.readOnly = !tx.mayWrite();
  }

  private interface Move {
    boolean of(Cursor cursor);
  }

  private interface Seek {
    boolean of(Cursor cursor, KeyBuffer key);
  }

  /** Moves to the first entry; false if the table is empty. */
  public boolean first() {
    return move(Cursor::first);
  }

  /** Moves to the last entry; false if the table is empty. */
  public boolean last() {
    return move(Cursor::last);
  }

  /**
   * Moves one entry on, at first to the first one.
   *
   * @return false after the last entry; {@link #prev} then moves to the last entry
   */
  public boolean next() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      check();
      boolean there = cursor.next();
      tx.checkStep(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Moves one entry back, at first to the last one.
   *
   * @return false before the first entry; {@link #next} then moves to the first entry
   */
  public boolean prev() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      check();
      boolean there = cursor.prev();
      tx.checkStep(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /**
   * Moves to the first entry whose key is {@code key} or greater.
   *
   * @return false if there is none; the cursor is then after the last entry
   */
  public boolean seek(MemorySegment key) {
    return seek(key, Cursor::seek);
  }

  /** As {@link #seek(MemorySegment)}. */
  public boolean seek(byte[] key) {
    return seek(MemorySegment.ofArray(key));
  }

  /** As {@link #seek(MemorySegment)}. */
  public boolean seek(ByteBuffer key) {
    return seek(MemorySegment.ofBuffer(key));
  }

  /**
   * Moves to the entry of {@code key}.
   *
   * @return false if there is none; the cursor is then as a new one
   */
  public boolean seekExact(MemorySegment key) {
    return seek(key, Cursor::seekExact);
  }

  /** As {@link #seekExact(MemorySegment)}. */
  public boolean seekExact(byte[] key) {
    return seekExact(MemorySegment.ofArray(key));
  }

  /** As {@link #seekExact(MemorySegment)}. */
  public boolean seekExact(ByteBuffer key) {
    return seekExact(MemorySegment.ofBuffer(key));
  }

  /**
   * Moves to the last entry whose key is {@code key} or less.
   *
   * @return false if there is none; the cursor is then before the first entry
   */
  public boolean seekFloor(MemorySegment key) {
    return seek(key, Cursor::seekFloor);
  }

  /** As {@link #seekFloor(MemorySegment)}. */
  public boolean seekFloor(byte[] key) {
    return seekFloor(MemorySegment.ofArray(key));
  }

  /** As {@link #seekFloor(MemorySegment)}. */
  public boolean seekFloor(ByteBuffer key) {
    return seekFloor(MemorySegment.ofBuffer(key));
  }

  /**
   * Visits the entry that the cursor is on and those after it; a new cursor begins at the first
   * one. The cursor is then on the entry at which the visitor stopped or threw, or after the last
   * one.
   *
   * <p>In a read transaction this is one call of the transaction. The visitor may call the
   * transaction too, and may move the cursor, but must not end the transaction, nor wait for
   * another thread that calls it. In a write transaction the visitor may also write.
   *
   * @param visitor gets the same two views each time; they throw as all views do when the
   *     transaction ends
   * @return whether all entries were visited; false if the visitor stopped
   */
  public boolean forEach(RawVisitor visitor) {
    return visit(Objects.requireNonNull(visitor), false);
  }

  /**
   * As {@link #forEach}, from the entry that the cursor is on backward; a new cursor begins at the
   * last one. If all entries were visited, the cursor is then before the first one.
   */
  public boolean forEachReversed(RawVisitor visitor) {
    return visit(Objects.requireNonNull(visitor), true);
  }

  private boolean visit(RawVisitor visitor, boolean reversed) {
    return readOnly ? visitInCall(visitor, reversed) : visitBetweenCalls(visitor, reversed);
  }

  /** The visitor may write: each step is a call, and finds the cursor's key again. */
  private boolean visitBetweenCalls(RawVisitor visitor, boolean reversed) {
    View key = new View();
    View value = new View();
    boolean there = move(at -> at.stayOrMove(reversed));
    while (there) {
      entry(key, value);
      if (!visitor.visit(key, value)) {
        return false;
      }
      there = reversed ? prev() : next();
    }
    return true;
  }

  private boolean visitInCall(RawVisitor visitor, boolean reversed) {
    View key = new View();
    View value = new View();
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      check();
      long then = tx.epoch();
      boolean there = cursor.stayOrMove(reversed);
      tx.checkStep(mine, call); // after the epoch was read, which must not be that of an end
      while (there) {
        boolean goesOn = visitLeaf(mine, call, visitor, key, value, then, reversed);
        tx.checkStep(mine, call);
        if (!goesOn) {
          return false;
        }
        check();
        there = reversed ? cursor.prev() : cursor.next();
        tx.checkStep(mine, call);
      }
      return true;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** Visits the cursor's entry, and those after it in the leaf; false if the visitor stopped. */
  private boolean visitLeaf(
      Caller mine,
      long call,
      RawVisitor visitor,
      View key,
      View value,
      long then,
      boolean reversed) {
    do {
      cursor.entry(key.slice(), value.slice());
      tx.checkVisit(mine, call, then);
      key.shows(tx, then);
      value.shows(tx, then);
      if (!visitor.visit(key, value)) {
        return false;
      }
    } while (cursor.moveInLeaf(reversed));
    return true;
  }

  /** Points a view at the key. */
  public void key(View into) {
    read(Objects.requireNonNull(into), null);
  }

  /** Points a view at the value. */
  public void value(View into) {
    read(null, Objects.requireNonNull(into));
  }

  /** Points two views at key and value; faster than one after the other. */
  public void entry(View key, View value) {
    if (readOnly && !closed) { // as read, with fewer calls: a scan makes one for each entry
      try {
        cursor.entry(key.slice(), value.slice());
      } catch (RuntimeException | Error e) {
        throw tx.explained(e, tx.caller());
      }
      if (tx.isStillOfThisThread()) {
        key.shows(tx);
        value.shows(tx);
        return;
      }
    }
    readInCall(Objects.requireNonNull(key), Objects.requireNonNull(value));
  }

  private void read(@Nullable View key, @Nullable View value) {
    if (readOnly && !closed) {
      try {
        point(key, value);
      } catch (RuntimeException | Error e) {
        throw tx.explained(e, tx.caller());
      }
      if (tx.isStillOfThisThread()) {
        show(key, value);
        return;
      }
    }
    readInCall(key, value);
  }

  private void point(@Nullable View key, @Nullable View value) {
    cursor.entry(key == null ? null : key.slice(), value == null ? null : value.slice());
  }

  private void show(@Nullable View key, @Nullable View value) {
    if (key != null) {
      key.shows(tx);
    }
    if (value != null) {
      value.shows(tx);
    }
  }

  /** Where another thread called last, and where reading may move the cursor. */
  private void readInCall(@Nullable View key, @Nullable View value) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      check();
      point(key, value);
      tx.check(mine, call);
      show(key, value);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private boolean move(Move move) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase(); // a step inside a leaf reads no page
      tx.flushBatches();
      check();
      boolean there = move.of(cursor);
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  private boolean seek(MemorySegment key, Seek seek) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase(); // a step inside a leaf reads no page
      tx.flushBatches();
      check();
      boolean there = seek.of(cursor, mine.memory().setKey(key));
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** The end of the transaction is noticed after the call, even if it comes during it. */
  private void check() {
    if (!readOnly) {
      tx.checkRollbacks(rollbacks);
    }
    if (closed) {
      throw new IllegalStateException("the cursor is closed, table " + table);
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
        cursor.close();
      } finally {
        mine.end(call);
      }
    }
  }
}
