package dev.pando;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Range} as a scan needs it: two bounds in bytes, in the order of the table.
 *
 * @param lower where the range begins, or null for the first key of the table
 * @param lowerInclusive whether a key equal to {@code lower} belongs to the range
 * @param upper where the range ends, or null for the last key of the table
 * @param upperInclusive whether a key equal to {@code upper} belongs to the range
 * @param reversed whether the scan goes from the upper bound to the lower one
 * @param skip entries at the scan's beginning that it leaves out
 * @param limit the most entries that the scan returns; {@code Long.MAX_VALUE} for all
 */
record EncodedRange(
    @Nullable MemorySegment lower,
    boolean lowerInclusive,
    @Nullable MemorySegment upper,
    boolean upperInclusive,
    boolean reversed,
    long skip,
    long limit) {

  /** The keys that belong to both ranges; direction, skip and limit are this one's. */
  EncodedRange intersect(EncodedRange other) {
    int low = compareOrNull(lower, other.lower, -1);
    int high = compareOrNull(upper, other.upper, 1);
    return new EncodedRange(
        low >= 0 ? lower : other.lower,
        low == 0
            ? lowerInclusive && other.lowerInclusive
            : low > 0 ? lowerInclusive : other.lowerInclusive,
        high <= 0 ? upper : other.upper,
        high == 0
            ? upperInclusive && other.upperInclusive
            : high < 0 ? upperInclusive : other.upperInclusive,
        reversed,
        skip,
        limit);
  }

  /** Compares two bounds; one that is missing is less or greater than all others. */
  private static int compareOrNull(
      @Nullable MemorySegment a, @Nullable MemorySegment b, int missing) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? missing : -missing;
    }
    return Bounds.compare(a, b);
  }

  /** The same bounds, in the opposite direction. */
  EncodedRange opposite() {
    return new EncodedRange(lower, lowerInclusive, upper, upperInclusive, !reversed, skip, limit);
  }

  /** Whether the range has room for a key. */
  boolean contains(MemorySegment key) {
    int low = lower == null ? 1 : Bounds.compare(key, lower);
    int high = upper == null ? -1 : Bounds.compare(key, upper);
    return (lowerInclusive ? low >= 0 : low > 0) && (upperInclusive ? high <= 0 : high < 0);
  }

  /** The keys before one that the range contains, or those from it on, by ascending key. */
  EncodedRange part(boolean before, MemorySegment key) {
    return before
        ? new EncodedRange(lower, lowerInclusive, key, false, reversed, skip, limit)
        : new EncodedRange(key, true, upper, upperInclusive, reversed, skip, limit);
  }

  /** What is left of the range when a scan has come to a key of it. */
  EncodedRange rest(MemorySegment key) {
    return reversed ? part(true, key) : part(false, successor(key));
  }

  /** Returns how many entries of a tree the scan returns. */
  long count(Tree tree, Workspace memory) {
    if (isEmpty()) {
      return 0;
    }
    return Math.clamp(tree.countBetween(from(memory), to(memory)) - skip, 0, limit);
  }

  /** Returns the number of a tree's entry with which the scan begins, which need not be there. */
  long first(Tree tree, Workspace memory) {
    return reversed
        ? tree.countBetween(null, to(memory)) - 1 - skip
        : (lower == null ? 0 : tree.countBetween(null, from(memory))) + skip;
  }

  /** The least key that belongs to the range, if it is there; null for the first key. */
  @Nullable KeyBuffer from(Workspace memory) {
    return lower == null ? null : memory.setKey(lowerInclusive ? lower : successor(lower));
  }

  /** The least key that is beyond the range; null for the end. */
  @Nullable KeyBuffer to(Workspace memory) {
    return upper == null ? null : memory.inner().setKey(upperInclusive ? successor(upper) : upper);
  }

  /** The least key that is greater. */
  private static MemorySegment successor(MemorySegment key) {
    byte[] longer = new byte[(int) key.byteSize() + 1];
    MemorySegment.copy(key, ValueLayout.JAVA_BYTE, 0, longer, 0, longer.length - 1);
    return MemorySegment.ofArray(longer);
  }

  /** Whether its keys are known only when it is read. */
  boolean hasLimit() {
    return skip != 0 || limit != Long.MAX_VALUE;
  }

  /** Whether no key can belong to the range, so that the scan need not look for one. */
  boolean isEmpty() {
    if (limit == 0) {
      return true;
    }
    if (upper == null || lower == null) {
      return upper != null && upper.byteSize() == 0 && !upperInclusive;
    }
    int order = Bounds.compare(lower, upper);
    return order > 0 || (order == 0 && !(lowerInclusive && upperInclusive));
  }
}
