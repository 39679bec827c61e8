package dev.pando;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Range} as a scan needs it: two bounds in bytes, in the order of the table.
 *
 * @param lower where the range begins, or null for the first key of the table; never empty
 * @param lowerInclusive whether a key equal to {@code lower} belongs to the range
 * @param upper where the range ends, or null for the last key of the table
 * @param upperInclusive whether a key equal to {@code upper} belongs to the range
 * @param reversed whether the scan goes from the upper bound to the lower one
 * @param limit the most entries that the scan returns; {@code Long.MAX_VALUE} for all
 */
record EncodedRange(
    @Nullable MemorySegment lower,
    boolean lowerInclusive,
    @Nullable MemorySegment upper,
    boolean upperInclusive,
    boolean reversed,
    long limit) {

  /** Whether no key can belong to the range, so that the scan need not look for one. */
  boolean isEmpty() {
    if (limit == 0) {
      return true;
    }
    if (upper == null || lower == null) {
      return upper != null && upper.byteSize() == 0; // no key is empty
    }
    int order = Bounds.compare(lower, upper);
    return order > 0 || (order == 0 && !(lowerInclusive && upperInclusive));
  }
}
