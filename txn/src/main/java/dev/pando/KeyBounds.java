package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of a map's keys, in the order of the table.
 *
 * @param codec of the keys
 * @param whole all keys that a map of this kind has; null for those of the table
 * @param lower where the part begins; null for the first key
 * @param upper where it ends; null for the last key
 * @param from the lower bound in bytes
 * @param to the upper bound in bytes
 */
record KeyBounds<K>(
    Codec<K> codec,
    @Nullable Range<K> whole,
    @Nullable K lower,
    boolean lowerInclusive,
    @Nullable K upper,
    boolean upperInclusive,
    @Nullable MemorySegment from,
    @Nullable MemorySegment to) {
  /** No bounds, but for those of all keys that there are. */
  static <K> KeyBounds<K> all(Codec<K> codec, @Nullable Range<K> whole) {
    return new KeyBounds<>(codec, whole, null, true, null, true, null, null);
  }

  Range<K> range() {
    Range<K> part = Range.between(lower, lowerInclusive, upper, upperInclusive);
    return whole == null ? part : part.intersect(whole);
  }

  private static <K> MemorySegment bytes(Codec<K> codec, K key) {
    return MemorySegment.ofArray(KeyBytes.whole(codec, key));
  }

  Comparator<K> order() {
    return new ByBytes<>(codec);
  }

  /** Equal for all parts of a map, so that a copy of one into a sorted set compares no keys. */
  private record ByBytes<K>(Codec<K> codec) implements Comparator<K> {
    @Override
    public int compare(K a, K b) {
      return Bounds.compare(bytes(codec, a), bytes(codec, b));
    }
  }

  boolean contain(K key) {
    if (from == null && to == null) {
      return true;
    }
    MemorySegment bytes = bytes(codec, key);
    return !isBelow(bytes, lowerInclusive) && !isAbove(bytes, upperInclusive);
  }

  private boolean isBelow(MemorySegment key, boolean inclusive) {
    int order = from == null ? 1 : Bounds.compare(key, from);
    return order < 0 || (order == 0 && !inclusive);
  }

  private boolean isAbove(MemorySegment key, boolean inclusive) {
    int order = to == null ? -1 : Bounds.compare(key, to);
    return order > 0 || (order == 0 && !inclusive);
  }

  /** A part of these bounds; null for the bound as it is. */
  KeyBounds<K> part(
      @Nullable K low, boolean lowInclusive, @Nullable K high, boolean highInclusive) {
    MemorySegment first = low == null ? null : checked(low, lowInclusive);
    MemorySegment last = high == null ? null : checked(high, highInclusive);
    if (first != null && last != null && Bounds.compare(first, last) > 0) {
      throw new IllegalArgumentException(
          "a part of a map from %s to %s: the first is the greater one"
              .formatted(LeadingBytes.show(low), LeadingBytes.show(high)));
    }
    return new KeyBounds<>(
        codec,
        whole,
        low == null ? lower : low,
        low == null ? lowerInclusive : lowInclusive,
        high == null ? upper : high,
        high == null ? upperInclusive : highInclusive,
        first == null ? from : first,
        last == null ? to : last);
  }

  /** The bytes of a bound. One that excludes its key may be that of the whole. */
  private MemorySegment checked(K key, boolean inclusive) {
    MemorySegment bytes = bytes(codec, key);
    if (isBelow(bytes, lowerInclusive || !inclusive)
        || isAbove(bytes, upperInclusive || !inclusive)) {
      throw new IllegalArgumentException(
          "a part of a map may not go beyond it: %s is not in %s"
              .formatted(LeadingBytes.show(key), this));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return range().toString();
  }
}
