package dev.pando.btree;

import dev.pando.pager.TreeRoot;

/**
 * A tree's root, its depth and its counts: all of a tree that changes. Only the methods of this
 * class change them. This is a superclass of {@link Tree} and not an object of its own, because a
 * search begins with these numbers. An object would cost each get another cache line.
 */
abstract class TreeState {
  /** Whether the branches have the numbers of entries below their children. */
  final boolean counted;

  long rootPgno;
  long rootBirth;
  int depth;
  long entries;
  long branchPages;
  long leafPages;
  long overflowPages;

  TreeState(TreeRoot root) {
    rootPgno = root.pgno();
    rootBirth = root.birth();
    depth = root.depth();
    entries = root.entries();
    branchPages = root.branchPages();
    leafPages = root.leafPages();
    overflowPages = root.overflowPages();
    counted = root.counted();
  }

  /** The root has been copied, or another page takes its place at the same depth. */
  final void moveRoot(long pgno, long birth) {
    rootPgno = pgno;
    rootBirth = birth;
  }

  /** A new root is above the old one, or is the first page of an empty tree. */
  final void growTo(long pgno, long birth) {
    moveRoot(pgno, birth);
    depth++;
  }

  /** The root's only child takes its place. */
  final void shrinkTo(long pgno, long birth) {
    moveRoot(pgno, birth);
    depth--;
  }

  /** The last page is gone. */
  final void becomeEmpty() {
    moveRoot(0, 0);
    depth = 0;
  }

  /** Every key is gone, and every page has been freed. */
  final void clearAll() {
    becomeEmpty();
    entries = 0;
    branchPages = 0;
    leafPages = 0;
    overflowPages = 0;
  }

  final void addEntries(long more) {
    entries += more;
  }

  final void addBranchPages(long more) {
    branchPages += more;
  }

  final void addLeafPages(long more) {
    leafPages += more;
  }

  final void addOverflowPages(long more) {
    overflowPages += more;
  }
}
