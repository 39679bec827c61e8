package dev.pando.crash;

import dev.pando.codec.Tuple2;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a cursor should be: on a pair, or in the gap where that pair was. Its moves return what
 * those of the cursor should return.
 */
final class ExpectedPlace<K extends Comparable<K>> {
  private enum State {
    /** As a new cursor: the next move leads to an end. */
    NOWHERE,
    BEFORE_FIRST,
    AT_PAIR,
    AFTER_LAST
  }

  private final ExpectedPairs<K, ?> expected;
  private final NavigableMap<Tuple2<K, Integer>, ?> entries;
  private State state = State.NOWHERE;
  private @Nullable Tuple2<K, Integer> pair;

  ExpectedPlace(ExpectedPairs<K, ?> expected) {
    this.expected = expected;
    this.entries = expected.entries();
  }

  /** The pair that the cursor is on; null if it is on none, or in a gap. */
  @Nullable Tuple2<K, Integer> pair() {
    Tuple2<K, Integer> at = pair;
    return at != null && entries.containsKey(at) ? at : null;
  }

  boolean moveTo(Tuple2<K, Integer> found) {
    state = State.AT_PAIR;
    pair = found;
    return true;
  }

  /**
   * To a pair, or else to an end. A cursor at an end of an empty table is as a new one, but for
   * that after the last pair; a cursor of a missing table is always as a new one.
   */
  private boolean move(@Nullable Tuple2<K, Integer> found, State otherwise) {
    if (found != null) {
      return moveTo(found);
    }
    boolean isNew = otherwise == State.BEFORE_FIRST ? entries.isEmpty() : !expected.exists();
    state = isNew ? State.NOWHERE : otherwise;
    pair = null;
    return false;
  }

  boolean first() {
    return move(entries.isEmpty() ? null : entries.firstKey(), State.NOWHERE);
  }

  boolean last() {
    return move(entries.isEmpty() ? null : entries.lastKey(), State.NOWHERE);
  }

  boolean next() {
    return switch (state) {
      case AFTER_LAST -> false;
      case AT_PAIR -> move(entries.higherKey(pair), State.AFTER_LAST);
      default -> first();
    };
  }

  boolean prev() {
    return switch (state) {
      case BEFORE_FIRST -> false;
      case AT_PAIR -> move(entries.lowerKey(pair), State.BEFORE_FIRST);
      default -> last();
    };
  }

  /** After a search for a pair or the first one after it. */
  boolean moveUpTo(@Nullable Tuple2<K, Integer> found) {
    return move(found, State.AFTER_LAST);
  }

  /** After a search for a pair or the last one before it. */
  boolean moveDownTo(@Nullable Tuple2<K, Integer> found) {
    return move(found, State.BEFORE_FIRST);
  }

  /** After a search for one pair, which leaves a cursor as a new one if there is none. */
  boolean moveExactlyTo(@Nullable Tuple2<K, Integer> found) {
    return move(found, State.NOWHERE);
  }
}
