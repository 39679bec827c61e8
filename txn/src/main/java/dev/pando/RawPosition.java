package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.TreeWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A position in a table: where it is, where it moves, and what it shows. Users see its methods as
 * those of {@link RawCursor}.
 */
abstract sealed class RawPosition implements AutoCloseable permits RawCursor {
  final Txn tx;
  final RawTable table;
  private final int rollbacks;

  /** Replaced once if it is of a table that the transaction creates after it. */
  private Cursor cursor;

  /** Whether there was no table when the cursor was opened, and none since. */
  private boolean isMissing;

  /** Whether reading an entry changes nothing, so that a check afterwards is enough. */
  private final boolean readOnly;

  private boolean closed;

  RawPosition(Txn tx, RawTable table, Cursor cursor, boolean isMissing) {
    this.tx = tx;
    this.table = table;
    this.cursor = cursor;
    this.rollbacks = tx.rollbacks();
    this.readOnly = !tx.mayWrite();
    this.isMissing = isMissing;
  }

  interface Move {
    boolean of(Cursor cursor);
  }

  interface Seek {
    boolean of(Cursor cursor, KeyBuffer key);
  }

  /** Puts a key into memory of a call. The key is a parameter, so that no call makes a lambda. */
  interface KeyForm<K> {
    KeyBuffer put(Workspace memory, K key);
  }

  /** Moves to the first entry; false if the table is empty. */
  public final boolean first() {
    return move(Cursor::first);
  }

  /** Moves to the last entry; false if the table is empty. */
  public final boolean last() {
    return move(Cursor::last);
  }

  /**
   * Moves one entry on, at first to the first one.
   *
   * @return false after the last entry; then it stays false, whatever is added, until the cursor
   *     moves otherwise: {@link #prev} moves to the last entry
   */
  public final boolean next() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      check(mine);
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
   * @return false before the first entry; then it stays false, whatever is added, until the cursor
   *     moves otherwise: {@link #next} moves to the first entry
   */
  public final boolean prev() {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      check(mine);
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
  public final boolean seek(MemorySegment key) {
    return seek(key, Cursor::seek);
  }

  /** As {@link #seek(MemorySegment)}. */
  public final boolean seek(byte[] key) {
    return seek(MemorySegment.ofArray(key));
  }

  /** As {@link #seek(MemorySegment)}. */
  public final boolean seek(ByteBuffer key) {
    return seek(MemorySegment.ofBuffer(key));
  }

  /**
   * Moves to the entry of {@code key}.
   *
   * @return false if there is none; the cursor is then as a new one
   */
  public final boolean seekExact(MemorySegment key) {
    return seek(key, Cursor::seekExact);
  }

  /** As {@link #seekExact(MemorySegment)}. */
  public final boolean seekExact(byte[] key) {
    return seekExact(MemorySegment.ofArray(key));
  }

  /** As {@link #seekExact(MemorySegment)}. */
  public final boolean seekExact(ByteBuffer key) {
    return seekExact(MemorySegment.ofBuffer(key));
  }

  /**
   * Moves to the last entry whose key is {@code key} or less.
   *
   * @return false if there is none; the cursor is then before the first entry
   */
  public final boolean seekFloor(MemorySegment key) {
    return seek(key, Cursor::seekFloor);
  }

  /** As {@link #seekFloor(MemorySegment)}. */
  public final boolean seekFloor(byte[] key) {
    return seekFloor(MemorySegment.ofArray(key));
  }

  /** As {@link #seekFloor(MemorySegment)}. */
  public final boolean seekFloor(ByteBuffer key) {
    return seekFloor(MemorySegment.ofBuffer(key));
  }

  /**
   * Moves to the first entry whose key is greater than {@code key}.
   *
   * @return false if there is none; the cursor is then after the last entry
   */
  public final boolean seekHigher(MemorySegment key) {
    return seek(key, RawPosition::seekHigher);
  }

  /** As {@link #seekHigher(MemorySegment)}. */
  public final boolean seekHigher(byte[] key) {
    return seekHigher(MemorySegment.ofArray(key));
  }

  /** As {@link #seekHigher(MemorySegment)}. */
  public final boolean seekHigher(ByteBuffer key) {
    return seekHigher(MemorySegment.ofBuffer(key));
  }

  /**
   * Moves to the last entry whose key is less than {@code key}.
   *
   * @return false if there is none; the cursor is then before the first entry
   */
  public final boolean seekLower(MemorySegment key) {
    return seek(key, RawPosition::seekLower);
  }

  /** As {@link #seekLower(MemorySegment)}. */
  public final boolean seekLower(byte[] key) {
    return seekLower(MemorySegment.ofArray(key));
  }

  /** As {@link #seekLower(MemorySegment)}. */
  public final boolean seekLower(ByteBuffer key) {
    return seekLower(MemorySegment.ofBuffer(key));
  }

  static boolean seekHigher(Cursor cursor, KeyBuffer key) {
    return cursor.seekExact(key) ? cursor.next() : cursor.seek(key);
  }

  static boolean seekLower(Cursor cursor, KeyBuffer key) {
    boolean _ = cursor.seek(key);
    return cursor.prev();
  }

  /**
   * Moves to the entry that has this many entries before it. Reads a little of each page before it,
   * or a page a level of a {@linkplain Table#counted counted} table.
   *
   * @param index 0 for the first entry
   * @return false if there is none; the cursor is then as a new one
   */
  public final boolean seekIndex(long index) {
    return move(at -> at.seekIndex(index));
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
  public final boolean forEach(RawVisitor visitor) {
    return visit(Objects.requireNonNull(visitor), false);
  }

  /**
   * As {@link #forEach}, from the entry that the cursor is on backward; a new cursor begins at the
   * last one. If all entries were visited, the cursor is then before the first one.
   */
  public final boolean forEachReversed(RawVisitor visitor) {
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
      check(mine);
      long then = tx.epoch();
      boolean there = cursor.stayOrMove(reversed);
      tx.checkStep(mine, call); // after the epoch was read, which must not be that of an end
      while (there) {
        boolean goesOn = visitLeaf(mine, call, visitor, key, value, then, reversed);
        tx.checkStep(mine, call);
        if (!goesOn) {
          return false;
        }
        check(mine);
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
  public final void key(View into) {
    read(Objects.requireNonNull(into), null);
  }

  /** Points a view at the value. */
  public final void value(View into) {
    read(null, Objects.requireNonNull(into));
  }

  /** Points two views at key and value; faster than one after the other. */
  public final void entry(View key, View value) {
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
      check(mine);
      point(key, value);
      tx.check(mine, call);
      show(key, value);
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  final boolean move(Move move) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase(); // a step inside a leaf reads no page
      tx.flushBatches();
      check(mine);
      boolean there = move.of(cursor);
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  final boolean seek(MemorySegment key, Seek seek) {
    return seek(key, Workspace::setKey, seek);
  }

  /** Moves to a key, which is put into memory of the call. */
  final <K> boolean seek(K key, KeyForm<K> form, Seek seek) {
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase(); // a step inside a leaf reads no page
      tx.flushBatches();
      check(mine);
      boolean there = seek.of(cursor, form.put(mine.memory(), key));
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** The end of the transaction is noticed after the call, even if it comes during it. */
  final void check(Caller mine) {
    if (!readOnly) {
      tx.checkRollbacks(rollbacks);
      followCreation(mine);
    }
    if (closed) {
      throw new IllegalStateException("the cursor is closed, table " + table.name());
    }
  }

  /** Checks, before a write, that the table of the name is still the one that the cursor is in. */
  final void checkMayWrite(Caller mine) {
    tx.checkMayWrite();
    tx.flushBatches();
    check(mine);
    if (!isMissing && !cursor.isIn(table.treeOfName(mine))) {
      throw new IllegalStateException(
          "table %s was dropped or renamed since the cursor was opened; open another one"
              .formatted(table.name()));
    }
  }

  /** Goes over to the tree of a table that was missing when the cursor was opened. */
  private void followCreation(Caller mine) {
    if (isMissing && table.tree(mine) instanceof TreeWriter there) {
      isMissing = false;
      cursor = cursor.in(there); // at the end that it has met
    }
  }

  /** What moves. */
  final Cursor cursor() {
    return cursor;
  }

  /** A second call does nothing. */
  @Override
  public final void close() {
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
