package dev.pando.btree;

/**
 * A branch's cell (FORMAT.md, "Branch page"):
 *
 * <pre>
 *   child pgno u48 | child birth u48 | u8 separator length | [u16 separator length] | separator
 * </pre>
 *
 * Slot 0's separator is empty: its child holds every key below slot 1's.
 */
final class BranchLayout {
  /** Offset of the child's birth in a cell, in bytes. */
  static final int BIRTH = NodeLayout.U48_BYTES;

  /** Offset of the separator's length in a cell, in bytes. */
  static final int SEPARATOR_LENGTH = BIRTH + NodeLayout.U48_BYTES;

  /** Offset of the separator in a cell if its length is a short one, in bytes. */
  static final int SEPARATOR = SEPARATOR_LENGTH + NodeLayout.SHORT_LENGTH_BYTES;

  private BranchLayout() {}

  /** Returns the bytes of a cell. */
  static int cell(int separatorLength) {
    return SEPARATOR + (separatorLength >= NodeLayout.LONG_KEY ? Short.BYTES : 0) + separatorLength;
  }
}
