package dev.pando.btree;

import dev.pando.pager.PageAllocator;
import java.lang.foreign.MemorySegment;

/** Distributes the cells of a list over two neighbouring pages of the same parent. */
final class Neighbours {
  private final PageAllocator pages;
  private final BranchReader branches;
  private final NodeWriter nodes;
  private final CellList cells;
  private final KeyBuffer separator;
  private final WritePath path;
  private final LeafPages leafPages;
  private final Slice low = new Slice();
  private final Slice high = new Slice();

  Neighbours(WriteContext context, WritePath path, LeafPages leafPages) {
    this.pages = context.pages;
    this.branches = context.branches;
    this.nodes = context.nodes;
    this.cells = context.cells;
    this.separator = context.separator;
    this.path = path;
    this.leafPages = leafPages;
  }

  /**
   * Gives the left page the cells before {@code split} and the right one the others.
   *
   * @param parent the level of their parent on the path, which is editable
   * @param leftSlot the left page's slot there
   * @return false if the parent has no room for the new separator; nothing has changed then
   */
  boolean deal(boolean leaf, int parent, int leftSlot, int split) {
    if (leaf) {
      cells.leafKey(split - 1, low);
      cells.leafKey(split, high);
      Separators.between(pages, path.pgno(parent), low, high, separator);
    } else {
      cells.separator(split, separator);
    }
    MemorySegment page = path.page(parent);
    long base = path.base(parent);
    long word = branches.header(page, base);
    int slot = leftSlot + 1;
    int oldCell = branches.cellLength(page, base, word, slot);
    int newCell = BranchLayout.cell(separator.length()) + BranchReader.countBytes(word);
    if (newCell - oldCell > branches.free(word)) {
      return false;
    }
    long left = path.editChild(parent, leftSlot);
    long right = path.editChild(parent, slot);
    path.setChild(parent, leftSlot, fill(leaf, left, 0, split));
    long newRight = fill(leaf, right, split, cells.size());
    nodes.removeChild(page, base, slot);
    nodes.insertChild(page, base, slot, separator, newRight, pages.txnId(), 0);
    path.recount(parent, leftSlot);
    path.recount(parent, slot);
    return true;
  }

  /** Fills an editable page or leaf with cells of the list; returns its new page number. */
  long fill(boolean leaf, long pgno, int from, int to) {
    if (leaf) {
      return leafPages.rewrite(pgno, cells, from, to);
    }
    long address = pages.locate(pgno, pages.txnId());
    nodes.fillBranch(pages.segment(address), pages.offset(address), cells, from, to);
    return pgno;
  }
}
