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
  /** The child's birth. */
  static final int BIRTH = NodeLayout.U48_BYTES;

  /** The separator's length. */
  static final int SEPARATOR_LENGTH = BIRTH + NodeLayout.U48_BYTES;

  /** The separator, while its length is a short one. */
  static final int SEPARATOR = SEPARATOR_LENGTH + NodeLayout.SHORT_LENGTH_BYTES;

  private BranchLayout() {}

  /** Bytes of a cell. */
  static int cell(int separatorLength) {
    return SEPARATOR + (separatorLength >= NodeLayout.LONG_KEY ? Short.BYTES : 0) + separatorLength;
  }
}
