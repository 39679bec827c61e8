package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import java.lang.foreign.MemorySegment;

/**
 * Counts the entries below pages that are being changed, for the branch above them. A tree that is
 * not counted has no use for it: the answer is 0, and no page is read.
 */
final class ChildCounts {
  private final TreeState tree;
  private final PageAllocator pages;
  private final LeafReader leaves;
  private final BranchReader branches;

  ChildCounts(TreeState tree, PageAllocator pages, LeafReader leaves, BranchReader branches) {
    this.tree = tree;
    this.pages = pages;
    this.leaves = leaves;
    this.branches = branches;
  }

  /**
   * Returns the entries below a page that was born in this transaction.
   *
   * @param levels from the leaves to the page, 0 for a leaf
   */
  long below(long pgno, int levels) {
    if (!tree.counted) {
      return 0;
    }
    long address = pages.locate(pgno, pages.txnId());
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    if (levels == 0) {
      return count(leaves.header(page, base));
    }
    long word = branches.countedHeader(page, base, levels);
    return sum(branches, page, base, word, 0, count(word));
  }

  /** Returns the sum of the counts of a branch's slots [from, to). */
  static long sum(
      BranchReader branches, MemorySegment page, long base, long word, int from, int to) {
    long entries = 0;
    for (int slot = from; slot < to; slot++) {
      entries += branches.entries(page, base, word, slot);
    }
    return entries;
  }
}
