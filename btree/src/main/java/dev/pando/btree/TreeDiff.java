package dev.pando.btree;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The differences between two trees of snapshots of one database, in the order of the keys. Where
 * both trees refer to the same page, by number and birth, everything below it is the same and is
 * not read. So the cost follows the number of differences, whatever the number of entries. The
 * trees may differ in their depths and in the borders of their pages. Not thread-safe.
 *
 * <p>Two positions move through the trees as in a merge. A position is before a child until it is
 * known that the other tree does not have the same page there.
 */
public final class TreeDiff {
  private final DiffPath before;
  private final DiffPath after;
  private final int direction;

  /** The bound at which the range ends. */
  private final @Nullable MemorySegment end;

  private final boolean endInclusive;
  private final Slice beforeKey = new Slice();
  private final Slice beforeValue = new Slice();
  private final Slice afterKey = new Slice();
  private final Slice afterValue = new Slice();

  private boolean isBefore;
  private boolean isAfter;
  private boolean atEnd;

  /**
   * Begins before the first difference.
   *
   * @param before a tree that no writer changes
   * @param after another one, of the same file
   * @param reversed whether to go from high keys to low ones
   * @param end where to stop, in this direction; null for no bound
   * @param endInclusive whether a key equal to {@code end} counts
   */
  public TreeDiff(
      Tree before,
      Tree after,
      boolean reversed,
      @Nullable MemorySegment end,
      boolean endInclusive) {
    this.before = new DiffPath(before, reversed);
    this.after = new DiffPath(after, reversed);
    this.direction = reversed ? -1 : 1;
    this.end = end;
    this.endInclusive = endInclusive;
  }

  /**
   * Leaves out the keys before a bound; before the first {@link #next}.
   *
   * @param inclusive whether a key equal to the bound counts
   */
  public void begin(KeyBuffer bound, boolean inclusive) {
    if (isSame()) {
      atEnd = true;
      return;
    }
    before.seek(bound, inclusive);
    after.seek(bound, inclusive);
  }

  /** Whether both trees are one, before anything was read. */
  private boolean isSame() {
    return !before.isAtEnd() && !after.isAtEnd() && before.isBeforeSamePage(after);
  }

  /** Moves to the next difference; false if there is none. */
  public boolean next() {
    leave();
    while (!atEnd) {
      if (before.isAtEnd() || after.isAtEnd()) {
        return nextOfOne();
      }
      if (before.isInSamePlace(after)) {
        before.leavePage();
        after.leavePage();
      } else if (before.isBeforeSamePage(after)) {
        before.advance();
        after.advance();
      } else if (before.height() > 0 || after.height() > 0) {
        enterHigher();
      } else if (endsAtEntries()) {
        return !atEnd;
      }
    }
    return false;
  }

  /** Moves beyond the last difference. */
  private void leave() {
    if (isBefore) {
      before.advance();
    }
    if (isAfter) {
      after.advance();
    }
    isBefore = false;
    isAfter = false;
  }

  /** Only one tree has entries left: all of them are differences. */
  private boolean nextOfOne() {
    if (before.isAtEnd() && after.isAtEnd()) {
      atEnd = true;
      return false;
    }
    DiffPath left = before.isAtEnd() ? after : before;
    while (left.height() > 0) {
      left.enter();
    }
    if (left == before) {
      before.entry(beforeKey, null);
      return isFound(true, false, beforeKey);
    }
    after.entry(afterKey, null);
    return isFound(false, true, afterKey);
  }

  private void enterHigher() {
    int order = Integer.compare(before.height(), after.height());
    if (order >= 0) {
      before.enter();
    }
    if (order <= 0) {
      after.enter();
    }
  }

  /** Compares two entries, and moves beyond both if they are equal. Whether the move ends here. */
  private boolean endsAtEntries() {
    before.entry(beforeKey, null);
    after.entry(afterKey, null);
    int order = KeyOrder.compare(beforeKey, afterKey) * direction;
    Slice first = order <= 0 ? beforeKey : afterKey;
    if (order == 0 && !isBeyondEnd(first) && hasSameValue()) {
      before.advance();
      after.advance();
      return false;
    }
    boolean _ = isFound(order <= 0, order >= 0, first);
    return true;
  }

  private boolean isFound(boolean inBefore, boolean inAfter, Slice key) {
    if (isBeyondEnd(key)) {
      atEnd = true;
      return false;
    }
    isBefore = inBefore;
    isAfter = inAfter;
    return true;
  }

  private boolean isBeyondEnd(Slice key) {
    if (end == null) {
      return false;
    }
    int order = KeyOrder.compare(key, end) * direction;
    return order > 0 || (order == 0 && !endInclusive);
  }

  /** A long value is not read if both entries refer to the same pages, or to other lengths. */
  private boolean hasSameValue() {
    OverflowRun was = before.run();
    OverflowRun is = after.run();
    if (was != null && is != null) {
      if (was.pgno() == is.pgno() && was.birth() == is.birth()) {
        return true;
      }
      if (was.length() != is.length()) {
        return false;
      }
    }
    before.entry(null, beforeValue);
    after.entry(null, afterValue);
    return beforeValue.contentEquals(afterValue);
  }

  /** Whether the tree before has the key. */
  public boolean isBefore() {
    return isBefore;
  }

  /** Whether the tree after has the key. If both have it, their values differ. */
  public boolean isAfter() {
    return isAfter;
  }

  /** The key of the difference; valid until the next move. */
  public Slice key() {
    return isAfter ? afterKey : beforeKey;
  }

  /** The value in the tree before, which must have the key; valid until the next move. */
  public Slice valueBefore() {
    before.entry(null, beforeValue);
    return beforeValue;
  }

  /** The value in the tree after, which must have the key; valid until the next move. */
  public Slice valueAfter() {
    after.entry(null, afterValue);
    return afterValue;
  }
}
