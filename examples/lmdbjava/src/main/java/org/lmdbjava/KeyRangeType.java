package org.lmdbjava;

/** A direction, and which ends a {@link KeyRange} has. */
public enum KeyRangeType {
  /** All keys. */
  FORWARD_ALL(true, Bound.NONE, Bound.NONE),
  /** From a key, included. */
  FORWARD_AT_LEAST(true, Bound.CLOSED, Bound.NONE),
  /** To a key, included. */
  FORWARD_AT_MOST(true, Bound.NONE, Bound.CLOSED),
  /** From a key to another, both included. */
  FORWARD_CLOSED(true, Bound.CLOSED, Bound.CLOSED),
  /** From a key, included, to another, excluded. */
  FORWARD_CLOSED_OPEN(true, Bound.CLOSED, Bound.OPEN),
  /** From a key, excluded. */
  FORWARD_GREATER_THAN(true, Bound.OPEN, Bound.NONE),
  /** To a key, excluded. */
  FORWARD_LESS_THAN(true, Bound.NONE, Bound.OPEN),
  /** From a key to another, both excluded. */
  FORWARD_OPEN(true, Bound.OPEN, Bound.OPEN),
  /** From a key, excluded, to another, included. */
  FORWARD_OPEN_CLOSED(true, Bound.OPEN, Bound.CLOSED),
  /** All keys, backward. */
  BACKWARD_ALL(false, Bound.NONE, Bound.NONE),
  /** From a key, included, backward. */
  BACKWARD_AT_LEAST(false, Bound.CLOSED, Bound.NONE),
  /** To a key, included, backward. */
  BACKWARD_AT_MOST(false, Bound.NONE, Bound.CLOSED),
  /** From a key to another, both included, backward. */
  BACKWARD_CLOSED(false, Bound.CLOSED, Bound.CLOSED),
  /** From a key, included, to another, excluded, backward. */
  BACKWARD_CLOSED_OPEN(false, Bound.CLOSED, Bound.OPEN),
  /** From a key, excluded, backward. */
  BACKWARD_GREATER_THAN(false, Bound.OPEN, Bound.NONE),
  /** To a key, excluded, backward. */
  BACKWARD_LESS_THAN(false, Bound.NONE, Bound.OPEN),
  /** From a key to another, both excluded, backward. */
  BACKWARD_OPEN(false, Bound.OPEN, Bound.OPEN),
  /** From a key, excluded, to another, included, backward. */
  BACKWARD_OPEN_CLOSED(false, Bound.OPEN, Bound.CLOSED);

  /** An end of a range. */
  enum Bound {
    NONE,
    CLOSED,
    OPEN
  }

  private final boolean forward;
  private final Bound start;
  private final Bound stop;

  KeyRangeType(boolean forward, Bound start, Bound stop) {
    this.forward = forward;
    this.start = start;
    this.stop = stop;
  }

  /** Whether keys ascend. */
  public boolean isDirectionForward() {
    return forward;
  }

  /** Whether it begins at a key. */
  public boolean isStartKeyRequired() {
    return start != Bound.NONE;
  }

  /** Whether it ends at a key. */
  public boolean isStopKeyRequired() {
    return stop != Bound.NONE;
  }

  /**
   * Whether an entry at the beginning is not in the range yet.
   *
   * @param order how its key compares with the start key
   */
  boolean isBeforeStart(int order) {
    if (forward) {
      return start == Bound.OPEN && order == 0; // the search found no lesser key
    }
    return order > 0 || (start == Bound.OPEN && order == 0);
  }

  /**
   * Whether an entry is after the range.
   *
   * @param order how its key compares with the stop key
   */
  boolean isAfterStop(int order) {
    return (forward ? order > 0 : order < 0) || (stop == Bound.OPEN && order == 0);
  }
}
