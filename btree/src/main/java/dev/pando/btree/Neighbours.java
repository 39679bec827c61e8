package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import java.lang.foreign.MemorySegment;

/** Deals the cells of a list out anew to two neighbouring pages of the same parent. */
final class Neighbours {
  private final TreeWriter tree;
  private final PageAllocator pages;
  private final NodeWriter nodes;
  private final WritePath path;
  private final LeafPages leafPages;
  private final CellList cells;
  private final KeyBuffer separator;
  private final Slice low = new Slice();
  private final Slice high = new Slice();

  Neighbours(
      TreeWriter tree,
      PageAllocator pages,
      NodeWriter nodes,
      WritePath path,
      LeafPages leafPages,
      CellList cells,
      KeyBuffer separator) {
    this.tree = tree;
    this.pages = pages;
    this.nodes = nodes;
    this.path = path;
    this.leafPages = leafPages;
    this.cells = cells;
    this.separator = separator;
  }

  /**
   * Gives the left page the cells before {@code split} and the right one the others.
   *
   * @param parent the level of their parent on the path, which is editable
   * @param leftSlot the left page's slot there
   * @return false if the parent has no room for the new separator; then nothing has changed
   */
  boolean deal(boolean leaf, int parent, int leftSlot, int split) {
    if (leaf) {
      cells.leafKey(split - 1, low);
      cells.leafKey(split, high);
      Separators.between(tree, path.pgno(parent), low, high, separator);
    } else {
      cells.separator(split, separator);
    }
    MemorySegment page = path.page(parent);
    long base = path.base(parent);
    long word = tree.branches.header(page, base);
    int slot = leftSlot + 1;
    int oldCell = tree.branches.cellLength(page, base, count(word), slot);
    if (BranchLayout.cell(separator.length()) - oldCell > tree.branches.free(word)) {
      return false;
    }
    long left = path.editChild(parent, leftSlot);
    long right = path.editChild(parent, slot);
    path.setChild(parent, leftSlot, fill(leaf, left, 0, split));
    long newRight = fill(leaf, right, split, cells.size());
    nodes.removeChild(page, base, slot);
    nodes.insertChild(page, base, slot, separator, newRight, pages.txnId());
    return true;
  }

  /** Fills an editable page or leaf with cells of the list; returns where they are now. */
  long fill(boolean leaf, long pgno, int from, int to) {
    if (leaf) {
      return leafPages.rewrite(pgno, cells, from, to);
    }
    long address = pages.locate(pgno, pages.txnId());
    nodes.fillBranch(pages.segment(address), pages.offset(address), cells, from, to);
    return pgno;
  }
}
