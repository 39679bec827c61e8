package dev.pando.btree;

import dev.pando.pager.PageHeader;

/**
 * A branch's cell (FORMAT.md, "Branch page"):
 *
 * <pre>
 *   child pgno u48 | child birth u48 | u8 separator length | [u16 separator length] | separator
 *       | [count]
 * </pre>
 *
 * Slot 0's separator is empty: its child holds every key below slot 1's. In a counted tree a cell
 * ends with the number of entries below its child. It comes last, so that a search reads cells of
 * both kinds of tree in the same way.
 */
final class BranchLayout {
  /** Offset of the child's birth in a cell, in bytes. */
  static final int BIRTH = NodeLayout.U48_BYTES;

  /** Offset of the separator's length in a cell, in bytes. */
  static final int SEPARATOR_LENGTH = BIRTH + NodeLayout.U48_BYTES;

  /** Offset of the separator in a cell if its length is a short one, in bytes. */
  static final int SEPARATOR = SEPARATOR_LENGTH + NodeLayout.SHORT_LENGTH_BYTES;

  private BranchLayout() {}

  /**
   * Returns how wide the counts of a counted tree's branch are. A leaf has less than 2^16 entries,
   * and a branch above leaves less than 2^32.
   *
   * @param aboveLeaves levels from the leaves to the branch, 1 or more
   * @return what is in the page's flags, see {@link PageHeader#COUNT_WIDTH}
   */
  static int countWidth(int aboveLeaves) {
    return Math.min(aboveLeaves, PageHeader.COUNT_WIDTH);
  }

  /** Returns the bytes of a count of a {@link #countWidth}. */
  static int countBytes(int width) {
    return Short.BYTES * width;
  }

  /** Returns the bytes of a cell without its count. */
  static int cell(int separatorLength) {
    return SEPARATOR + (separatorLength >= NodeLayout.LONG_KEY ? Short.BYTES : 0) + separatorLength;
  }
}
