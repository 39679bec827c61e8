package dev.pando.pager;

import org.jspecify.annotations.Nullable;

/**
 * Where a tree begins, and its counts. Pure numbers: the code that reads one from a file checks
 * them.
 *
 * @param pgno the root page, 0 for an empty tree
 * @param birth the transaction that wrote the root page
 * @param depth levels: 0 for an empty tree, 1 when the root is a leaf
 * @param entries keys in the tree
 * @param branchPages branch pages
 * @param leafPages leaf pages
 * @param overflowPages pages in overflow runs, headers included
 * @param counted whether its branches have the numbers of entries below their children
 */
public record TreeRoot(
    long pgno,
    long birth,
    int depth,
    long entries,
    long branchPages,
    long leafPages,
    long overflowPages,
    boolean counted) {

  /** The tree without a page. */
  public static final TreeRoot EMPTY = new TreeRoot(0, 0, 0, 0, 0, 0, 0, false);

  /** The counted tree without a page. */
  public static final TreeRoot EMPTY_COUNTED = new TreeRoot(0, 0, 0, 0, 0, 0, 0, true);

  /** Bytes of the encoded form, see FORMAT.md. */
  public static final int BYTES = 56;

  /** The root of a tree without counts in its branches. */
  public TreeRoot(
      long pgno,
      long birth,
      int depth,
      long entries,
      long branchPages,
      long leafPages,
      long overflowPages) {
    this(pgno, birth, depth, entries, branchPages, leafPages, overflowPages, false);
  }

  /** Whether the tree has no page. */
  public boolean isEmpty() {
    return pgno == 0;
  }

  /** By hand: that of a record is linked at its first call, which takes milliseconds. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof TreeRoot root
            && pgno == root.pgno
            && birth == root.birth
            && depth == root.depth
            && entries == root.entries
            && branchPages == root.branchPages
            && leafPages == root.leafPages
            && overflowPages == root.overflowPages
            && counted == root.counted);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * pgno + birth);
  }
}
