package dev.pando.kafka.streams;

import dev.pando.Range;
import java.util.Arrays;
import java.util.NavigableMap;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** Stored keys from a lower bound on, which is included, to an upper bound; null is no bound. */
record Interval(@Nullable Bytes from, @Nullable Bytes to, boolean toIncluded) {
  static final Interval ALL = new Interval(null, null, true);

  static Interval closed(@Nullable Bytes from, @Nullable Bytes to) {
    return new Interval(from, to, true);
  }

  /** All keys that begin with the bytes. */
  static Interval prefix(byte[] prefix) {
    return new Interval(Bytes.wrap(prefix), next(prefix), false);
  }

  /** The least bytes that are greater than all that begin with the prefix; null if none are. */
  private static @Nullable Bytes next(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(prefix, length);
    next[length - 1]++;
    return Bytes.wrap(next);
  }

  boolean isEmpty() {
    if (from == null || to == null) {
      return false;
    }
    int order = from.compareTo(to);
    return order > 0 || (order == 0 && !toIncluded);
  }

  /** The same keys as a range of a table. Not for an empty interval. */
  Range<byte[]> range() {
    if (from == null) {
      return to == null
          ? Range.all()
          : toIncluded ? Range.atMost(to.get()) : Range.lessThan(to.get());
    }
    if (to == null) {
      return Range.atLeast(from.get());
    }
    return toIncluded ? Range.closed(from.get(), to.get()) : Range.closedOpen(from.get(), to.get());
  }

  /** The part of a map with these keys. Not for an empty interval. */
  <V> NavigableMap<Bytes, V> of(NavigableMap<Bytes, V> map) {
    if (from == null) {
      return to == null ? map : map.headMap(to, toIncluded);
    }
    return to == null ? map.tailMap(from, true) : map.subMap(from, true, to, toIncluded);
  }
}
