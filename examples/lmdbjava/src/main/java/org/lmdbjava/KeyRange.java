package org.lmdbjava;

import java.util.Objects;

/**
 * Which keys {@link Dbi#iterate(Txn, KeyRange)} visits, and in which direction. A backward range
 * begins at the start key, which is the greater one.
 *
 * @param <T> the buffers
 */
public final class KeyRange<T> {
  private final KeyRangeType type;
  private final T start;
  private final T stop;

  /**
   * A range of a type.
   *
   * @param start null if the type needs none
   * @param stop null if the type needs none
   * @throws NullPointerException if a key is missing that the type needs
   */
  public KeyRange(KeyRangeType type, T start, T stop) {
    this.type = Objects.requireNonNull(type, "the type of the range is null");
    if (type.isStartKeyRequired()) {
      Objects.requireNonNull(start, type + " needs a start key");
    }
    if (type.isStopKeyRequired()) {
      Objects.requireNonNull(stop, type + " needs a stop key");
    }
    this.start = start;
    this.stop = stop;
  }

  /** All keys. */
  public static <T> KeyRange<T> all() {
    return new KeyRange<>(KeyRangeType.FORWARD_ALL, null, null);
  }

  /** All keys, backward. */
  public static <T> KeyRange<T> allBackward() {
    return new KeyRange<>(KeyRangeType.BACKWARD_ALL, null, null);
  }

  /** From a key, included, to the end. */
  public static <T> KeyRange<T> atLeast(T start) {
    return new KeyRange<>(KeyRangeType.FORWARD_AT_LEAST, start, null);
  }

  /** From a key, included, to the end, backward. */
  public static <T> KeyRange<T> atLeastBackward(T start) {
    return new KeyRange<>(KeyRangeType.BACKWARD_AT_LEAST, start, null);
  }

  /** From a key, excluded, to the end. */
  public static <T> KeyRange<T> greaterThan(T start) {
    return new KeyRange<>(KeyRangeType.FORWARD_GREATER_THAN, start, null);
  }

  /** From a key, excluded, to the end, backward. */
  public static <T> KeyRange<T> greaterThanBackward(T start) {
    return new KeyRange<>(KeyRangeType.BACKWARD_GREATER_THAN, start, null);
  }

  /** From the beginning to a key, included. */
  public static <T> KeyRange<T> atMost(T stop) {
    return new KeyRange<>(KeyRangeType.FORWARD_AT_MOST, null, stop);
  }

  /** From the beginning to a key, included, backward. */
  public static <T> KeyRange<T> atMostBackward(T stop) {
    return new KeyRange<>(KeyRangeType.BACKWARD_AT_MOST, null, stop);
  }

  /** From the beginning to a key, excluded. */
  public static <T> KeyRange<T> lessThan(T stop) {
    return new KeyRange<>(KeyRangeType.FORWARD_LESS_THAN, null, stop);
  }

  /** From the beginning to a key, excluded, backward. */
  public static <T> KeyRange<T> lessThanBackward(T stop) {
    return new KeyRange<>(KeyRangeType.BACKWARD_LESS_THAN, null, stop);
  }

  /** From a key to another, both included. */
  public static <T> KeyRange<T> closed(T start, T stop) {
    return new KeyRange<>(KeyRangeType.FORWARD_CLOSED, start, stop);
  }

  /** From a key to another, both included, backward. */
  public static <T> KeyRange<T> closedBackward(T start, T stop) {
    return new KeyRange<>(KeyRangeType.BACKWARD_CLOSED, start, stop);
  }

  /** From a key, included, to another, excluded. */
  public static <T> KeyRange<T> closedOpen(T start, T stop) {
    return new KeyRange<>(KeyRangeType.FORWARD_CLOSED_OPEN, start, stop);
  }

  /** From a key, included, to another, excluded, backward. */
  public static <T> KeyRange<T> closedOpenBackward(T start, T stop) {
    return new KeyRange<>(KeyRangeType.BACKWARD_CLOSED_OPEN, start, stop);
  }

  /** From a key to another, both excluded. */
  public static <T> KeyRange<T> open(T start, T stop) {
    return new KeyRange<>(KeyRangeType.FORWARD_OPEN, start, stop);
  }

  /** From a key to another, both excluded, backward. */
  public static <T> KeyRange<T> openBackward(T start, T stop) {
    return new KeyRange<>(KeyRangeType.BACKWARD_OPEN, start, stop);
  }

  /** From a key, excluded, to another, included. */
  public static <T> KeyRange<T> openClosed(T start, T stop) {
    return new KeyRange<>(KeyRangeType.FORWARD_OPEN_CLOSED, start, stop);
  }

  /** From a key, excluded, to another, included, backward. */
  public static <T> KeyRange<T> openClosedBackward(T start, T stop) {
    return new KeyRange<>(KeyRangeType.BACKWARD_OPEN_CLOSED, start, stop);
  }

  /** Where it starts, or null. */
  public T getStart() {
    return start;
  }

  /** Where it stops, or null. */
  public T getStop() {
    return stop;
  }

  /** Its type. */
  public KeyRangeType getType() {
    return type;
  }
}
