package org.lmdbjava;

import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The entries of a {@link KeyRange}, once. It has a cursor of its own; close it.
 *
 * @param <T> the buffers
 */
public final class CursorIterable<T> implements Iterable<CursorIterable.KeyVal<T>>, AutoCloseable {
  private final Cursor<T> cursor;
  private final KeyRange<T> range;
  private final Comparator<T> comparator;
  private boolean isIterated;

  CursorIterable(Cursor<T> cursor, KeyRange<T> range, Comparator<T> comparator) {
    this.cursor = cursor;
    this.range = range;
    this.comparator = Objects.requireNonNull(comparator);
  }

  /** Closes the cursor. */
  @Override
  public void close() {
    cursor.close();
  }

  /**
   * The iterator, whose {@code remove} removes the entry that the cursor is on.
   *
   * @throws IllegalStateException if this is called again
   */
  @Override
  public Iterator<KeyVal<T>> iterator() {
    if (isIterated) {
      throw new IllegalStateException("the range has an iterator already; iterate again");
    }
    isIterated = true;
    return new Entries();
  }

  private final class Entries implements Iterator<KeyVal<T>> {
    private final KeyVal<T> entry = new KeyVal<>();
    private final KeyRangeType type = range.getType();
    private boolean isBegun;

    /** Whether the cursor is on the entry that {@link #next} returns. */
    private boolean isReady;

    private boolean isOver;

    @Override
    public boolean hasNext() {
      while (!isReady && !isOver) {
        boolean there = isBegun ? step() : begin();
        isBegun = true;
        if (!there || isAfterStop()) {
          isOver = true;
        } else {
          isReady = !isBeforeStart();
        }
      }
      return isReady;
    }

    private boolean begin() {
      if (!type.isStartKeyRequired()) {
        return type.isDirectionForward() ? cursor.first() : cursor.last();
      }
      boolean there = cursor.get(range.getStart(), GetOp.MDB_SET_RANGE);
      return there || (!type.isDirectionForward() && cursor.last());
    }

    private boolean step() {
      return type.isDirectionForward() ? cursor.next() : cursor.prev();
    }

    private boolean isBeforeStart() {
      return type.isStartKeyRequired()
          && type.isBeforeStart(comparator.compare(cursor.key(), range.getStart()));
    }

    private boolean isAfterStop() {
      return type.isStopKeyRequired()
          && type.isAfterStop(comparator.compare(cursor.key(), range.getStop()));
    }

    @Override
    public KeyVal<T> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the range has no more entries");
      }
      isReady = false;
      entry.show(cursor);
      return entry;
    }

    @Override
    public void remove() {
      cursor.delete();
    }
  }

  /**
   * A key and a value. An iterator returns the same object each time.
   *
   * @param <T> the buffers
   */
  public static final class KeyVal<T> {
    private T key;
    private T val;

    /** Without a key and a value. */
    public KeyVal() {}

    private void show(Cursor<T> cursor) {
      key = cursor.key();
      val = cursor.val();
    }

    /** The key. */
    public T key() {
      return key;
    }

    /** The value. */
    public T val() {
      return val;
    }
  }
}
