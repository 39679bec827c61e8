package dev.pando.btree;

import dev.pando.pager.PageHeader;

/**
 * A leaf's cell (FORMAT.md, "Leaf page"):
 *
 * <pre>
 *   u8 key length | u8 value tag | [u16 key length] | [u16 value length] | key | value or reference
 * </pre>
 */
final class LeafLayout {
  /** Bytes before the optional lengths. */
  static final int TAGS = 2;

  /** Tags 0 to this: the inline value's length. */
  static final int MAX_SHORT_VALUE = 250;

  /** The inline value's length follows as u16. */
  static final int LONG_VALUE = 251;

  /** The value stands in an overflow run: pgno u48, birth u48, length u64 behind the key. */
  static final int OVERFLOW = 252;

  /** Reserved for keys with several values: this build refuses it. */
  static final int SEVERAL_VALUES = 253;

  /** Reserved for values in chunks: this build refuses it. */
  static final int CHUNKED_VALUE = 254;

  /** Bytes of the reference to an overflow run. */
  static final int OVERFLOW_REFERENCE_BYTES = 2 * NodeLayout.U48_BYTES + Long.BYTES;

  private LeafLayout() {}

  /**
   * The largest cell. A value that makes a larger one stands in an overflow run, which wastes at
   * most a quarter of its pages then. Of leaves as large as can be, each holds two such cells, or a
   * full one could not be divided.
   */
  static int maxCell(int pageSize) {
    int largestLeaf = PageHeader.maxLeafPages(pageSize) * pageSize;
    int half = NodeLayout.capacity(largestLeaf) / 2 - NodeLayout.SLOT_BYTES;
    return Math.min(2 * pageSize + pageSize / 4, half);
  }

  /** Bytes of a cell up to its value. */
  static int valueStart(int keyLength, boolean longValue) {
    return TAGS
        + (keyLength >= NodeLayout.LONG_KEY ? Short.BYTES : 0)
        + (longValue ? Short.BYTES : 0)
        + keyLength;
  }

  /** Bytes of a cell with its value inline. */
  static long inlineCell(int keyLength, long valueLength) {
    return valueStart(keyLength, valueLength > MAX_SHORT_VALUE) + valueLength;
  }

  /** Bytes of a cell whose value stands in an overflow run. */
  static int overflowCell(int keyLength) {
    return valueStart(keyLength, false) + OVERFLOW_REFERENCE_BYTES;
  }
}
