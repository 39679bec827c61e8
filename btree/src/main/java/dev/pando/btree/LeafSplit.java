package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;

/**
 * Puts a cell into a leaf that is full. A load in ascending (or descending) order only opens a new
 * page at that edge, so the pages behind it stay full; any other split is even.
 */
final class LeafSplit {
  private final TreeWriter tree;
  private final PageAllocator pages;
  private final NodeWriter nodes;
  private final WritePath path;
  private final CellList cells;
  private final KeyBuffer separator;
  private final BranchSplit branchSplit;
  private final Slice low = new Slice();
  private final Slice high = new Slice();

  LeafSplit(
      TreeWriter tree,
      PageAllocator pages,
      NodeWriter nodes,
      WritePath path,
      CellList cells,
      KeyBuffer separator,
      BranchSplit branchSplit) {
    this.tree = tree;
    this.pages = pages;
    this.nodes = nodes;
    this.path = path;
    this.cells = cells;
    this.separator = separator;
    this.branchSplit = branchSplit;
  }

  /** Inserts into the path's leaf, which is editable and has no room. */
  void insert(int slot, LeafCell cell) {
    int level = path.leafLevel();
    int count = count(tree.leaves.header(path.page(level), path.base(level)));
    if (slot == count && path.rightmost()) {
      append(level, count, cell);
    } else if (slot == 0 && path.leftmost()) {
      prepend(level, count, cell);
    } else {
      divide(level, count, slot, cell);
    }
  }

  private void append(int level, int count, LeafCell cell) {
    long right = newLeafOf(cell);
    tree.leaves.entry(path.page(level), path.base(level), count, count - 1, low, null);
    high.set(cell.key().segment(), 0, cell.key().length());
    Separators.between(low, high, separator);
    if (branchSplit.insertChild(level - 1, right)) {
      path.moveToNewRightEdge(right);
    }
  }

  private void prepend(int level, int count, LeafCell cell) {
    long old = path.pgno(level);
    low.set(cell.key().segment(), 0, cell.key().length());
    tree.leaves.entry(path.page(level), path.base(level), count, 0, high, null);
    Separators.between(low, high, separator);
    long left = newLeafOf(cell);
    if (level == 0) {
      tree.rootPgno = left;
    } else {
      path.setChild(level - 1, path.slot(level - 1), left);
    }
    branchSplit.insertChild(level - 1, old);
    path.invalidate();
  }

  private long newLeafOf(LeafCell cell) {
    long pgno = pages.allocate(PageHeader.LEAF);
    tree.leafPages++;
    long address = pages.locate(pgno, pages.txnId());
    nodes.insertLeafCell(pages.segment(address), pages.offset(address), 0, cell);
    return pgno;
  }

  private void divide(int level, int count, int slot, LeafCell cell) {
    long right = pages.allocate(PageHeader.LEAF);
    tree.leafPages++;
    MemorySegment page = path.page(level);
    long base = path.base(level);
    cells.clear();
    for (int i = 0; i < count; i++) {
      if (i == slot) {
        cells.add(cell);
      }
      int at = tree.leaves.cell(page, base, count, i);
      cells.add(page, base + at, tree.leaves.cellLength(page, base, count, i));
    }
    if (slot == count) {
      cells.add(cell);
    }
    int split = cells.middle(NodeLayout.capacity(tree.leaves.pageSize));
    long address = pages.locate(right, pages.txnId());
    MemorySegment rightPage = pages.segment(address);
    long rightBase = pages.offset(address);
    nodes.fillLeaf(page, base, cells, 0, split);
    nodes.fillLeaf(rightPage, rightBase, cells, split, cells.size());
    tree.leaves.entry(page, base, split, split - 1, low, null);
    tree.leaves.entry(rightPage, rightBase, cells.size() - split, 0, high, null);
    Separators.between(low, high, separator);
    branchSplit.insertChild(level - 1, right);
    path.invalidate();
  }
}
