package dev.pando.txn;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Goes through the entries of a range, in its direction and up to its limit. */
final class RangeCursor {
  final Slice key = new Slice();
  final Slice value = new Slice();

  private final ReadTxn tx;
  private final Cursor cursor;
  private final EncodedRange range;

  /** The bound at which the range ends. */
  private final @Nullable MemorySegment end;

  private final boolean endInclusive;
  private final int rollbacks;
  private long left;
  private boolean started;

  /** When {@link #key} and {@link #value} were set. */
  private long epoch;

  RangeCursor(ReadTxn tx, Tree tree, EncodedRange range) {
    this.tx = tx;
    this.cursor = tree.cursor();
    this.range = range;
    this.end = range.reversed() ? range.lower() : range.upper();
    this.endInclusive = range.reversed() ? range.lowerInclusive() : range.upperInclusive();
    this.left = range.isEmpty() ? 0 : range.limit();
    this.rollbacks = tx.rollbacks();
  }

  /** Moves to the next entry; false at the end. Then {@link #key} and {@link #value} are set. */
  boolean advance() {
    check();
    try {
      if (left == 0 || !move() || isBeyondEnd()) {
        close();
        tx.checkStillOpen();
        return false;
      }
      tx.checkStillOpen();
    } catch (InternalError | IllegalStateException e) {
      throw tx.explained(e);
    }
    left--;
    return true;
  }

  /**
   * Makes {@link #key} and {@link #value} right again if the transaction has written since the last
   * move.
   *
   * @throws IllegalStateException if the entry was deleted
   */
  void refresh() {
    check();
    if (epoch != tx.epoch()) {
      epoch = tx.epoch();
      cursor.entry(key, value);
    }
  }

  private void check() {
    tx.checkOpen();
    tx.checkRollbacks(rollbacks);
  }

  private boolean move() {
    boolean there;
    if (started) {
      there = range.reversed() ? cursor.prev() : cursor.next();
    } else {
      started = true;
      there = range.reversed() ? moveToLast() : moveToFirst();
    }
    if (there) {
      epoch = tx.epoch();
      cursor.entry(key, value);
    }
    return there;
  }

  private boolean moveToFirst() {
    MemorySegment lower = range.lower();
    if (lower == null) {
      return cursor.first();
    }
    if (!cursor.seek(keyOf(lower))) {
      return false;
    }
    return range.lowerInclusive() || !standsOn(lower) || cursor.next();
  }

  private boolean moveToLast() {
    MemorySegment upper = range.upper();
    if (upper == null) {
      return cursor.last();
    }
    if (!cursor.seekFloor(keyOf(upper))) {
      return false;
    }
    return range.upperInclusive() || !standsOn(upper) || cursor.prev();
  }

  private boolean standsOn(MemorySegment bound) {
    cursor.key(key);
    return compare(key, bound) == 0;
  }

  /** A bound may be longer than any key. */
  private KeyBuffer keyOf(MemorySegment bound) {
    KeyBuffer buffer = tx.workspace().key;
    int length = Math.toIntExact(bound.byteSize());
    if (length > buffer.capacity()) {
      buffer = new KeyBuffer(length);
    }
    buffer.set(bound, 0, length);
    return buffer;
  }

  private boolean isBeyondEnd() {
    if (end == null) {
      return false;
    }
    int order = compare(key, end);
    return order == 0 ? !endInclusive : order > 0 != range.reversed();
  }

  private static int compare(Slice key, MemorySegment bound) {
    long length = bound.byteSize();
    long at =
        MemorySegment.mismatch(key.segment, key.offset, key.offset + key.length, bound, 0, length);
    if (at < 0) {
      return 0;
    }
    if (at == key.length || at == length) {
      return Long.compare(key.length, length);
    }
    return Byte.compareUnsigned(
        key.segment.get(ValueLayout.JAVA_BYTE, key.offset + at),
        bound.get(ValueLayout.JAVA_BYTE, at));
  }

  /** Ends early. */
  void close() {
    left = 0;
    cursor.close();
  }
}
