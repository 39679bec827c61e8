package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A place in a table that moves in both directions and shows keys and values where they stand in
 * the file. A step allocates nothing.
 *
 * <p>In a write transaction the cursor survives changes of the table: it stays with its key. If
 * that entry is deleted it stands in the gap, from which {@link #next} and {@link #prev} move on,
 * and reading throws. Close it, or later writes take longer. Throws {@link IllegalStateException}
 * after {@link #close}, after the transaction's end and after a {@linkplain WriteTxn#rollbackTo
 * rollback to a savepoint}. For the thread that uses the transaction.
 */
public final class RawCursor implements AutoCloseable {
  private final ReadTxn tx;
  private final String table;
  private final Cursor cursor;
  private final int rollbacks;
  private boolean closed;

  RawCursor(ReadTxn tx, String table, Cursor cursor) {
    this.tx = tx;
    this.table = table;
    this.cursor = cursor;
    this.rollbacks = tx.rollbacks();
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

  /** Moves one entry on, at first to the first one; false at the end. */
  public boolean next() {
    return move(Cursor::next);
  }

  /** Moves one entry back, at first to the last one; false at the beginning. */
  public boolean prev() {
    return move(Cursor::prev);
  }

  /** Moves to the first entry whose key is {@code key} or behind it; false if there is none. */
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

  /** Moves to the entry of {@code key}; false if there is none. */
  public boolean seekExact(MemorySegment key) {
    return seek(key, Cursor::seekExact);
  }

  /** As {@link #seekExact(MemorySegment)}. */
  public boolean seekExact(byte[] key) {
    return seekExact(MemorySegment.ofArray(key));
  }

  /** Moves to the last entry whose key is {@code key} or before it; false if there is none. */
  public boolean seekFloor(MemorySegment key) {
    return seek(key, Cursor::seekFloor);
  }

  /** As {@link #seekFloor(MemorySegment)}. */
  public boolean seekFloor(byte[] key) {
    return seekFloor(MemorySegment.ofArray(key));
  }

  /** Points a view at the key. */
  public void key(View into) {
    check();
    try {
      cursor.key(into.slice());
      tx.checkStillOpen();
    } catch (InternalError | IllegalStateException e) {
      throw tx.explained(e);
    }
    into.shows(tx);
  }

  /** Points a view at the value. */
  public void value(View into) {
    check();
    try {
      cursor.value(into.slice());
      tx.checkStillOpen();
    } catch (InternalError | IllegalStateException e) {
      throw tx.explained(e);
    }
    into.shows(tx);
  }

  /** Points two views at key and value; faster than one after the other. */
  public void entry(View key, View value) {
    check();
    try {
      cursor.entry(key.slice(), value.slice());
      tx.checkStillOpen();
    } catch (InternalError | IllegalStateException e) {
      throw tx.explained(e);
    }
    key.shows(tx);
    value.shows(tx);
  }

  private boolean move(Move move) {
    check();
    try {
      boolean there = move.of(cursor);
      tx.checkStillOpen();
      return there;
    } catch (InternalError | IllegalStateException e) {
      throw tx.explained(e);
    }
  }

  private boolean seek(MemorySegment key, Seek seek) {
    check();
    KeyBuffer wanted = tx.workspace().setKey(table, key);
    try {
      boolean there = seek.of(cursor, wanted);
      tx.checkStillOpen();
      return there;
    } catch (InternalError | IllegalStateException e) {
      throw tx.explained(e);
    }
  }

  private void check() {
    tx.checkOpen();
    tx.checkRollbacks(rollbacks);
    if (closed) {
      throw new IllegalStateException("the cursor is closed, table " + table);
    }
  }

  /** A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cursor.close();
    }
  }
}
