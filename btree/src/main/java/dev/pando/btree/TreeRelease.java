package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageAllocator;
import java.lang.foreign.MemorySegment;

/**
 * Frees every page of a tree. Leaves are read only if there are overflow runs to find: a table of
 * small values goes at the price of its branches.
 */
final class TreeRelease {
  private final TreeWriter tree;
  private final PageAllocator pages;
  private long pagesLeft;

  TreeRelease(TreeWriter tree, PageAllocator pages) {
    this.tree = tree;
    this.pages = pages;
    this.pagesLeft = tree.branchPages + tree.leafPages;
  }

  void freeAll() {
    free(tree.rootPgno, tree.rootBirth, tree.depth - 1);
  }

  /** Recursion goes no deeper than the tree, whose depth was checked when it was opened. */
  private void free(long pgno, long birth, int levelsBelow) {
    if (--pagesLeft < 0) {
      throw new CorruptFileException(
          pages.name(), pgno, "a tree has more pages than its root says, or this one twice");
    }
    if (levelsBelow > 0) {
      long address = pages.locate(pgno, birth);
      int children = count(tree.branches.header(pages.segment(address), pages.offset(address)));
      for (int i = 0; i < children; i++) {
        MemorySegment page = pages.segment(address);
        long base = pages.offset(address);
        free(
            tree.branches.childPgno(page, base, children, i),
            tree.branches.childBirth(page, base, children, i),
            levelsBelow - 1);
      }
    } else if (tree.overflowPages > 0) {
      freeOverflowRuns(pgno, birth);
    }
    pages.free(pgno, birth, 1);
  }

  private void freeOverflowRuns(long pgno, long birth) {
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    int count = count(tree.leaves.header(page, base));
    for (int i = 0; i < count; i++) {
      if (tree.leaves.isOverflow(page, base, count, i)) {
        OverflowRun run = tree.leaves.overflowRun(page, base, count, i);
        pages.free(run.pgno(), run.birth(), OverflowRun.pages(run.length(), tree.leaves.pageSize));
      }
    }
  }
}
