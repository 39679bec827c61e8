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

  private final NavigableMap<Tuple2<K, Integer>, ?> entries;
  private State state = State.NOWHERE;
  private @Nullable Tuple2<K, Integer> pair;

  ExpectedPlace(ExpectedPairs<K, ?> expected) {
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

  /** To a pair, or else to an end. */
  private boolean move(@Nullable Tuple2<K, Integer> found, State otherwise) {
    if (found != null) {
      return moveTo(found);
    }
    state = otherwise;
    pair = null;
    return false;
  }

  boolean first() {
    return first(State.NOWHERE);
  }

  boolean last() {
    return last(State.NOWHERE);
  }

  private boolean first(State otherwise) {
    return move(entries.isEmpty() ? null : entries.firstKey(), otherwise);
  }

  private boolean last(State otherwise) {
    return move(entries.isEmpty() ? null : entries.lastKey(), otherwise);
  }

  boolean next() {
    return switch (state) {
      case AFTER_LAST -> false;
      case AT_PAIR -> move(entries.higherKey(pair), State.AFTER_LAST);
      default -> first(State.AFTER_LAST);
    };
  }

  boolean prev() {
    return switch (state) {
      case BEFORE_FIRST -> false;
      case AT_PAIR -> move(entries.lowerKey(pair), State.BEFORE_FIRST);
      default -> last(State.BEFORE_FIRST);
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
