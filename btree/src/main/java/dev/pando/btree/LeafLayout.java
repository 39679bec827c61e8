package dev.pando.btree;

import dev.pando.pager.PageHeader;

/**
 * A leaf's cell (FORMAT.md, "Leaf page"):
 *
 * <pre>
 *   u8 key length | u8 value tag | [u16 key length] | [u16 value length] | key | value or reference
 * </pre>
 *
 * In a counted tree a cell without a value may have the first bytes of its key in another cell:
 *
 * <pre>
 *   u8 length of the rest | u8 tag | u8 number of the beginning | rest of key
 * </pre>
 *
 * The leaf then ends with a list of such beginnings, the last one first:
 *
 * <pre>
 *   u16 place of a cell | u16 bytes of its key | .. | u16 number of beginnings
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

  /** Tag: no value, and the key begins as another one, with the beginning that a u8 says. */
  static final int SHARED_KEY = 253;

  /** Tag reserved for values in chunks: this build refuses it. */
  static final int CHUNKED_VALUE = 254;

  /** Tag: as {@link #SHARED_KEY}, and the beginning's number is greater by 256. */
  static final int HIGH_SHARED_KEY = 255;

  /** Bytes before the rest of a key that shares its beginning: the tags and the number. */
  static final int SHARED_KEY_START = TAGS + Byte.BYTES;

  /** Bytes of a beginning in the list: the place of a cell, and how many bytes of its key it is. */
  static final int BEGINNING_BYTES = 2 * Short.BYTES;

  /** Offset of that number of bytes in a beginning. */
  static final int BEGINNING_LENGTH = Short.BYTES;

  /** Bytes of the number of beginnings, which is at the leaf's end. */
  static final int LIST_COUNT_BYTES = Short.BYTES;

  /** Beginnings of a leaf, at most. */
  static final int MAX_BEGINNINGS = 512;

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

  /** Returns the bytes of a list of so many beginnings; a leaf without them has no list. */
  static int listBytes(int beginnings) {
    return beginnings == 0 ? 0 : LIST_COUNT_BYTES + BEGINNING_BYTES * beginnings;
  }

  /** Returns the tag of a cell whose key begins with the beginning of a number. */
  static int sharedTag(int number) {
    return number <= 0xFF ? SHARED_KEY : HIGH_SHARED_KEY;
  }

  /** Returns the number of a beginning from the tag of a cell and the byte after it. */
  static int beginning(int tag, int low) {
    return tag == SHARED_KEY ? low : low + (1 << Byte.SIZE);
  }

  /** Whether a cell with this tag shares its key's first bytes with another cell. */
  static boolean isShared(int tag) {
    return tag == SHARED_KEY || tag == HIGH_SHARED_KEY;
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
