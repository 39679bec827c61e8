package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import java.lang.foreign.MemorySegment;

/**
 * Puts a cell into a leaf that has no room for it. The leaf gets more pages, or a neighbour takes
 * some of its cells, or it is divided. A load in ascending (or descending) order only opens a new
 * leaf at that edge, so the leaves that it has filled stay full. Any other split is about even.
 */
final class LeafSplit {
  private final TreeState tree;
  private final PageAllocator pages;
  private final LeafReader leaves;
  private final NodeWriter nodes;
  private final CellList cells;
  private final KeyBuffer separator;
  private final WritePath path;
  private final LeafPages leafPages;
  private final BranchSplit branchSplit;
  private final LeafSharing sharing;
  private final Slice low = new Slice();
  private final Slice high = new Slice();

  LeafSplit(WriteContext context, WritePath path, LeafPages leafPages, Neighbours neighbours) {
    this.tree = context.tree;
    this.pages = context.pages;
    this.leaves = context.leaves;
    this.nodes = context.nodes;
    this.cells = context.cells;
    this.separator = context.separator;
    this.path = path;
    this.leafPages = leafPages;
    this.branchSplit = new BranchSplit(context, path);
    this.sharing = new LeafSharing(context, path, neighbours);
  }

  /**
   * Inserts into the path's leaf, which is editable and has no room.
   *
   * @return false if the leaf was only divided: the cell is to be inserted again
   */
  boolean insert(int slot, LeafCell cell) {
    int level = path.leafLevel();
    long word = leaves.header(path.page(level), path.base(level));
    int grown = leafPages.growth(word, cell);
    if (grown > 0) {
      leafPages.resize(grown);
      nodes.insertLeafCell(path.page(level), path.base(level), slot, cell);
    } else if (slot == count(word) && path.rightmost()) {
      append(level, word, cell);
    } else if (slot == 0 && path.leftmost()) {
      prepend(level, word, cell);
    } else if (!sharing.insert(level, word, slot, cell)) {
      return divide(level, slot, cell);
    }
    return true;
  }

  private void append(int level, long word, LeafCell cell) {
    long right = newLeafOf(cell, word);
    leaves.entry(path.page(level), path.base(level), word, count(word) - 1, low, null);
    high.set(cell.key().segment(), 0, cell.key().length());
    Separators.between(pages, path.pgno(level), low, high, separator);
    pages.finished(path.pgno(level));
    if (branchSplit.insertChild(level - 1, right)) {
      path.moveToNewRightEdge(right);
    }
  }

  private void prepend(int level, long word, LeafCell cell) {
    long old = path.pgno(level);
    low.set(cell.key().segment(), 0, cell.key().length());
    leaves.entry(path.page(level), path.base(level), word, 0, high, null);
    Separators.between(pages, old, low, high, separator);
    long left = newLeafOf(cell, word);
    if (level == 0) {
      tree.moveRoot(left, pages.txnId());
    } else {
      path.setChild(level - 1, path.slot(level - 1), left);
    }
    branchSplit.insertChild(level - 1, old);
    path.invalidate();
  }

  private long newLeafOf(LeafCell cell, long fullWord) {
    cell.unshare();
    long pgno = leafPages.allocate(leafPages.pagesBeside(fullWord, cell));
    long address = pages.locate(pgno, pages.txnId());
    nodes.insertLeafCell(pages.segment(address), pages.offset(address), 0, cell);
    return pgno;
  }

  private boolean divide(int level, int slot, LeafCell cell) {
    MemorySegment page = path.page(level);
    long base = path.base(level);
    cells.clearLeaf();
    cells.addLeafWith(leaves, page, base, slot, cell);
    int split = leafPages.middle(cells);
    boolean inserts = split > 0;
    if (!inserts) {
      // Long keys are shared across the new cell. Without it each part fits, as the leaf did.
      path.addEntries(level, -1);
      cells.clearLeaf();
      cells.addLeaf(leaves, page, base);
      split = slot;
    }
    cells.leafKey(split - 1, low);
    cells.leafKey(split, high);
    Separators.between(pages, path.pgno(level), low, high, separator);
    path.moveLeaf(leafPages.rewrite(path.pgno(level), cells, 0, split));
    long right = leafPages.write(cells, split, cells.size());
    branchSplit.insertChild(level - 1, right);
    path.invalidate();
    return inserts;
  }
}
