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
  /** Bytes of the two tags, before the optional lengths. */
  static final int TAGS = 2;

  /** The largest tag that is itself the inline value's length, in bytes. */
  static final int MAX_SHORT_VALUE = 250;

  /** Tag: the inline value's length follows as u16. */
  static final int LONG_VALUE = 251;

  /** Tag: the value is in an overflow run; pgno u48, birth u48 and length u64 follow the key. */
  static final int OVERFLOW = 252;

  /** Tag reserved for keys with several values: this build refuses it. */
  static final int SEVERAL_VALUES = 253;

  /** Tag reserved for values in chunks: this build refuses it. */
  static final int CHUNKED_VALUE = 254;

  /** Bytes of the reference to an overflow run. */
  static final int OVERFLOW_REFERENCE_BYTES = 2 * NodeLayout.U48_BYTES + Long.BYTES;

  private LeafLayout() {}

  /**
   * Returns the bytes of the largest cell. A value that would make a larger cell is stored in an
   * overflow run, which then wastes at most a quarter of its pages. A leaf of the largest size
   * holds two such cells: otherwise a full one could not be divided.
   */
  static int maxCell(int pageSize) {
    int largestLeaf = PageHeader.maxLeafPages(pageSize) * pageSize;
    int half = NodeLayout.capacity(largestLeaf) / 2 - NodeLayout.SLOT_BYTES;
    return Math.min(2 * pageSize + pageSize / 4, half);
  }

  /** Returns the bytes of a cell up to its value. */
  static int valueStart(int keyLength, boolean longValue) {
    return TAGS
        + (keyLength >= NodeLayout.LONG_KEY ? Short.BYTES : 0)
        + (longValue ? Short.BYTES : 0)
        + keyLength;
  }

  /** Returns the bytes of a cell with its value inline. */
  static long inlineCell(int keyLength, long valueLength) {
    return valueStart(keyLength, valueLength > MAX_SHORT_VALUE) + valueLength;
  }

  /** Returns the bytes of a cell whose value is in an overflow run. */
  static int overflowCell(int keyLength) {
    return valueStart(keyLength, false) + OVERFLOW_REFERENCE_BYTES;
  }
}
