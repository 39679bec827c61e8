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

  BranchSplit(WriteContext context, WritePath path) {
    this.tree = context.tree;
    this.pages = context.pages;
    this.branches = context.branches;
    this.nodes = context.nodes;
    this.cells = context.cells;
    this.separator = context.separator;
    this.capacity = context.capacity;
    this.path = path;
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
    int needed = BranchLayout.cell(separator.length()) + NodeLayout.SLOT_BYTES;
    if (branches.free(word) >= needed) {
      nodes.insertChild(page, base, slot, separator, child, pages.txnId());
      return true;
    }
    path.invalidate();
    long right;
    if (slot == count(word) && path.rightmost()) {
      // The left branch stays full, as leaves do in an ascending load.
      right = newBranch();
      long address = pages.locate(right, pages.txnId());
      nodes.plantRoot(pages.segment(address), pages.offset(address), child, pages.txnId());
    } else {
      right = divide(page, base, count(word), slot, child);
    }
    insertChild(level - 1, right);
    return false;
  }

  private long newBranch() {
    tree.addBranchPages(1);
    return pages.allocate(PageHeader.BRANCH, 1);
  }

  /** Splits evenly and leaves the separator of the new right branch in {@link #separator}. */
  private long divide(MemorySegment page, long base, int count, int slot, long child) {
    long right = newBranch();
    cells.clear();
    for (int i = 0; i < count; i++) {
      if (i == slot) {
        addNew(child);
      }
      int at = branches.checkedCell(page, base, count, i);
      cells.add(page, base + at, branches.cellLength(page, base, count, i));
    }
    if (slot == count) {
      addNew(child);
    }
    int split = cells.middle(capacity);
    cells.separator(split, separator);
    long address = pages.locate(right, pages.txnId());
    nodes.fillBranch(page, base, cells, 0, split);
    nodes.fillBranch(pages.segment(address), pages.offset(address), cells, split, cells.size());
    return right;
  }

  private void addNew(long child) {
    cells.add(child, pages.txnId(), separator.segment(), 0, separator.length());
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
    long root = newBranch();
    long address = pages.locate(root, pages.txnId());
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    nodes.plantRoot(page, base, tree.rootPgno, tree.rootBirth);
    nodes.insertChild(page, base, 1, separator, right, pages.txnId());
    tree.growTo(root, pages.txnId());
  }
}
