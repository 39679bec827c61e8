package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import dev.pando.pager.TreeRootLayout;
import java.lang.foreign.MemorySegment;

/** Adds a child to a branch. This may split the branch, its parent, and finally the root. */
final class BranchSplit {
  private final TreeState tree;
  private final PageAllocator pages;
  private final BranchReader branches;
  private final NodeWriter nodes;
  private final CellList cells;
  private final KeyBuffer separator;
  private final int capacity;
  private final WritePath path;
  private final ChildCounts counts;

  BranchSplit(WriteContext context, WritePath path) {
    this.tree = context.tree;
    this.pages = context.pages;
    this.branches = context.branches;
    this.nodes = context.nodes;
    this.cells = context.cells;
    this.separator = context.separator;
    this.capacity = context.capacity;
    this.path = path;
    this.counts = context.counts;
  }

  /**
   * Adds a child, born in this transaction, to the right of the one on the path. The separator
   * between the two is in {@link #separator}.
   *
   * @param level the branch's level; -1 makes a new root
   * @return true if no branch was split; the path's branches are then the same as before
   */
  boolean insertChild(int level, long child) {
    if (level < 0) {
      growRoot(child);
      path.invalidate();
      return false;
    }
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = branches.header(page, base);
    int slot = path.slot(level) + 1;
    int aboveLeaves = path.leafLevel() - level;
    path.recount(level, slot - 1);
    long entries = counts.below(child, aboveLeaves - 1);
    int needed =
        BranchLayout.cell(separator.length())
            + BranchReader.countBytes(word)
            + NodeLayout.SLOT_BYTES;
    if (branches.free(word) >= needed) {
      nodes.insertChild(page, base, slot, separator, child, pages.txnId(), entries);
      return true;
    }
    path.invalidate();
    long right = newBranch(aboveLeaves);
    if (slot == count(word) && path.rightmost()) {
      // The left branch stays full, as leaves do in an ascending load.
      long address = pages.locate(right, pages.txnId());
      nodes.plantChild(
          pages.segment(address), pages.offset(address), child, pages.txnId(), entries);
    } else {
      divide(page, base, slot, child, entries, right);
    }
    insertChild(level - 1, right);
    return false;
  }

  private long newBranch(int aboveLeaves) {
    tree.addBranchPages(1);
    long pgno = pages.allocate(PageHeader.BRANCH, 1);
    if (tree.counted) {
      long address = pages.locate(pgno, pages.txnId());
      nodes.setCountWidth(pages.segment(address), pages.offset(address), aboveLeaves);
    }
    return pgno;
  }

  /** Splits evenly and leaves the separator of the new right branch in {@link #separator}. */
  private void divide(
      MemorySegment page, long base, int slot, long child, long entries, long right) {
    long word = branches.header(page, base);
    cells.clear(BranchReader.countBytes(word));
    cells.addBranch(branches, page, base, 0, slot);
    cells.add(child, pages.txnId(), separator.segment(), 0, separator.length(), entries);
    cells.addBranch(branches, page, base, slot, count(word));
    int split = cells.middle(capacity);
    cells.separator(split, separator);
    long address = pages.locate(right, pages.txnId());
    nodes.fillBranch(page, base, cells, 0, split);
    nodes.fillBranch(pages.segment(address), pages.offset(address), cells, split, cells.size());
  }

  /** Adds a root. A tree that names no page twice runs out of page numbers before levels. */
  private void growRoot(long right) {
    if (tree.depth == TreeRootLayout.MAX_DEPTH) {
      throw new CorruptFileException(
          pages.name(),
          tree.rootPgno,
          "a tree of %d levels is full, allowed: at most as many; its pages are named many times"
              .formatted(tree.depth));
    }
    int below = tree.depth - 1;
    long root = newBranch(tree.depth);
    long address = pages.locate(root, pages.txnId());
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    long left = tree.rootPgno;
    nodes.plantChild(page, base, left, tree.rootBirth, counts.below(left, below));
    nodes.insertChild(page, base, 1, separator, right, pages.txnId(), counts.below(right, below));
    tree.growTo(root, pages.txnId());
  }
}
