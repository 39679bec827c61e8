package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Goes through the entries of a range, in its direction and up to its limit. */
final class RangeCursor {
  final Slice key = new Slice();
  final Slice value = new Slice();

  private final Txn tx;
  private final Cursor cursor;
  private final EncodedRange range;

  /** The bound at which the range ends. */
  private final @Nullable MemorySegment end;

  private final boolean endInclusive;
  private final int rollbacks;

  /** Entries that the limit allows after those that are {@link #sure}. */
  private long left;

  private boolean started;

  /** Entries that follow in the leaf and belong to the range; only in a read transaction. */
  private int sure;

  /** Whether the range ends in the leaf, so that each key must be compared with {@link #end}. */
  private boolean endIsInLeaf;

  /** When {@link #key} and {@link #value} were set. */
  private long epoch;

  RangeCursor(Txn tx, Tree tree, EncodedRange range) {
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
    Caller mine = tx.caller();
    long call = mine.begin();
    try {
      tx.checkDatabase();
      boolean there = advance(mine);
      tx.check(mine, call);
      return there;
    } catch (RuntimeException | Error e) {
      throw tx.explained(e, mine);
    } finally {
      mine.end(call);
    }
  }

  /** As {@link #advance()}, in a call that has begun and checks the transaction afterwards. */
  boolean advance(Caller mine) {
    if (advanceInLeaf()) {
      return true;
    }
    tx.checkRollbacks(rollbacks);
    boolean there = left > 0 && move(mine) && !isBeyondEnd();
    if (there) {
      left--;
      look(mine);
    } else {
      end();
    }
    return there;
  }

  /** As {@link #advance(Caller)}; false, without a move, if that would need a check. */
  boolean advanceInLeaf() {
    if (sure > 0 && cursor.moveInLeaf(range.reversed())) {
      sure--;
      cursor.entry(key, value);
      return true;
    }
    return false;
  }

  /** Whether {@link #advance()} is sure to move. Changes nothing, so it need not be in a call. */
  boolean willAdvance() {
    return sure > 0;
  }

  /** Finds out once a leaf how many of its entries need no comparison with the end. */
  private void look(Caller mine) {
    int ahead = endIsInLeaf ? 0 : cursor.leftInLeaf(range.reversed());
    if (ahead > 0 && end != null) {
      Slice lastKey = mine.memory().keySlice;
      cursor.lastKeyInLeaf(range.reversed(), lastKey);
      endIsInLeaf = isBeyondEnd(lastKey, end);
      ahead = endIsInLeaf ? 0 : ahead;
    }
    sure = (int) Math.min(ahead, left);
    left -= sure;
  }

  /**
   * Restores {@link #key} and {@link #value} if the transaction has written since the last move.
   * Must run in a call of the transaction.
   *
   * @throws IllegalStateException if the entry was deleted
   */
  void refresh() {
    tx.checkRollbacks(rollbacks);
    if (epoch != tx.epoch()) {
      epoch = tx.epoch();
      cursor.entry(key, value);
    }
  }

  /** Refuses a cursor that is older than a rollback to a savepoint. */
  void checkRollbacks() {
    tx.checkRollbacks(rollbacks);
  }

  private boolean move(Caller mine) {
    boolean there;
    if (started) {
      there = range.reversed() ? cursor.prev() : cursor.next();
    } else {
      started = true;
      there = range.reversed() ? moveToLast(mine) : moveToFirst(mine);
    }
    if (there) {
      epoch = tx.epoch();
      cursor.entry(key, value);
    }
    return there;
  }

  private boolean moveToFirst(Caller mine) {
    MemorySegment lower = range.lower();
    if (lower == null) {
      return cursor.first();
    }
    if (!cursor.seek(mine.memory().setKey(lower))) {
      return false;
    }
    return range.lowerInclusive() || !standsOn(lower) || cursor.next();
  }

  private boolean moveToLast(Caller mine) {
    MemorySegment upper = range.upper();
    if (upper == null) {
      return cursor.last();
    }
    if (!cursor.seekFloor(mine.memory().setKey(upper))) {
      return false;
    }
    return range.upperInclusive() || !standsOn(upper) || cursor.prev();
  }

  private boolean standsOn(MemorySegment bound) {
    cursor.key(key);
    return KeyOrder.compare(key, bound) == 0;
  }

  private boolean isBeyondEnd() {
    return end != null && isBeyondEnd(key, end);
  }

  private boolean isBeyondEnd(Slice found, MemorySegment bound) {
    int order = KeyOrder.compare(found, bound);
    return order == 0 ? !endInclusive : order > 0 != range.reversed();
  }

  /** Ends, perhaps early. Must run in a call of the transaction. */
  void end() {
    left = 0;
    sure = 0;
    cursor.close();
  }
}
