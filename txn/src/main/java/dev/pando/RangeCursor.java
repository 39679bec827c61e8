package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.KeyOrder;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Goes through the entries of a range, in its direction and up to its limit. */
final class RangeCursor {
  final Slice key = new Slice();
  final Slice value = new Slice();

  private final Txn tx;
  private final Table<?, ?> table;
  private Tree tree;
  private Cursor cursor;
  private final EncodedRange range;

  /** Groups keys, if only the first entry of a group is visited; or null. */
  private final @Nullable Grouping grouping;

  /** The beginning of the keys of the last entry's group. */
  private byte[] group = {};

  /** The bound at which the range ends. */
  private @Nullable MemorySegment end;

  private boolean endInclusive;
  private final int rollbacks;

  /** Counts how often the table was cleared before. */
  private int clears;

  /** Entries that the limit allows after those that are {@link #sure}. */
  private long left;

  private boolean started;

  /** Entries that follow in the leaf and belong to the range; only in a read transaction. */
  private int sure;

  /** Whether the range ends in the leaf, so that each key must be compared with {@link #end}. */
  private boolean endIsInLeaf;

  /** When {@link #key} and {@link #value} were set. */
  private long epoch;

  RangeCursor(
      Txn tx, Caller mine, Table<?, ?> table, EncodedRange range, @Nullable Grouping grouping) {
    this.tx = tx;
    this.table = table;
    this.tree = tx.tree(mine, table);
    this.cursor = tree.cursor();
    this.range = range;
    this.grouping = grouping;
    this.end = range.reversed() ? range.lower() : range.upper();
    this.endInclusive = range.reversed() ? range.lowerInclusive() : range.upperInclusive();
    this.left = range.isEmpty() ? 0 : range.limit();
    this.rollbacks = tx.rollbacks();
    this.clears = clears();
  }

  /**
   * Moves to the next entry; false at the end. Then {@link #key} and {@link #value} are set. Must
   * run in a call that checks the transaction afterwards.
   */
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

  /** The {@link Txn#epoch} in which {@link #key} and {@link #value} were set. */
  long epoch() {
    return epoch;
  }

  /**
   * Whether {@link #advance(Caller)} is sure to move. Changes nothing, so it need not be in a call.
   */
  boolean willAdvance() {
    return sure > 0;
  }

  /** Finds out once a leaf how many of its entries need no comparison with the end. */
  private void look(Caller mine) {
    boolean each = !endIsInLeaf && grouping == null;
    int ahead = each ? cursor.leftInLeaf(range.reversed()) : 0;
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

  /** Checks, before a write, that the table of the name is still the one that the cursor is in. */
  void checkIsIn(Caller mine) {
    if (mine.treeOf(table) != tree && tx.findRawTree(table.name()) != tree) {
      throw new IllegalStateException(
          "table %s was dropped or renamed since the scan began; begin another one"
              .formatted(table.name()));
    }
  }

  private boolean move(Caller mine) {
    boolean there;
    if (started) {
      checkClears();
      there = isEachOne() ? step() : leaveGroup(mine);
    } else {
      started = true;
      followCreation(mine);
      there = begin(mine);
    }
    if (there) {
      epoch = tx.epoch();
      cursor.entry(key, value);
      if (grouping != null) {
        group = grouping.group(key);
      }
    }
    return there;
  }

  private boolean isEachOne() {
    return grouping == null || grouping.isWholeKey();
  }

  /** Refuses a cursor that has moved before the table was cleared or dropped. */
  void checkClears() {
    if (started && clears != clears()) {
      throw new IllegalStateException(
          "table %s was cleared or dropped since this scan or iterator began; begin another one"
              .formatted(table.name()));
    }
  }

  private int clears() {
    return tree instanceof TreeWriter changing ? changing.clears() : 0;
  }

  private boolean step() {
    return range.reversed() ? cursor.prev() : cursor.next();
  }

  /** Moves beyond all keys that begin as those of the last group. */
  private boolean leaveGroup(Caller mine) {
    if (range.reversed()) {
      boolean _ = cursor.seek(mine.memory().setKey(MemorySegment.ofArray(group)));
      return cursor.prev();
    }
    MemorySegment next = Bounds.afterAllThatBeginWith(group);
    return next != null && cursor.seek(mine.memory().setKey(next));
  }

  /** Ends the range before a key, instead of at its bound. */
  void endBefore(Slice other) {
    end = MemorySegment.ofArray(other.toArray());
    endInclusive = false;
    endIsInLeaf = false;
    left += sure;
    sure = 0;
  }

  /** Goes over to a table that was missing, and that the transaction has created since. */
  private void followCreation(Caller mine) {
    if (tx.mayWrite() && !(tree instanceof TreeWriter)) {
      tree = tx.tree(mine, table);
      cursor = tree.cursor();
      clears = clears();
    }
  }

  private boolean begin(Caller mine) {
    if (range.skip() > 0) {
      return cursor.seekIndex(range.first(tree, mine.memory()));
    }
    return range.reversed() ? moveToLast(mine) : moveToFirst(mine);
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
