package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import java.lang.foreign.MemorySegment;

/**
 * Avoids a split: a full leaf and a neighbour that has room share their cells evenly. So leaves
 * stay fuller than after splits alone. Only a neighbour that is already editable takes part: no
 * page is copied or read back for it.
 */
final class LeafSharing {
  private static final int NONE = -1;

  private final PageAllocator pages;
  private final LeafReader leaves;
  private final BranchReader branches;
  private final CellList cells;
  private final int capacity;
  private final WritePath path;
  private final Neighbours neighbours;

  LeafSharing(WriteContext context, WritePath path, Neighbours neighbours) {
    this.pages = context.pages;
    this.leaves = context.leaves;
    this.branches = context.branches;
    this.cells = context.cells;
    this.capacity = context.capacity;
    this.path = path;
    this.neighbours = neighbours;
  }

  /**
   * Inserts into the path's leaf, which is editable and has no room.
   *
   * @return false if no neighbour can help; nothing has changed then
   */
  boolean insert(int level, long word, int slot, LeafCell cell) {
    if (level == 0 || NodeReader.pages(word) > 1) {
      return false;
    }
    int parent = level - 1;
    int own = path.slot(parent);
    int leftRoom = room(parent, own - 1);
    int rightRoom = room(parent, own + 1);
    if (!hasRoom(Math.max(leftRoom, rightRoom), cell, NodeReader.sharesKeys(word))) {
      return false;
    }
    int leftSlot = leftRoom > rightRoom ? own - 1 : own;
    cells.clearLeaf();
    if (leftSlot < own) {
      addNeighbour(parent, leftSlot);
    }
    cells.addLeafWith(leaves, path.page(level), path.base(level), slot, cell);
    if (leftSlot == own) {
      addNeighbour(parent, own + 1);
    }
    int split = cells.middle(capacity);
    if (cells.bytes(0, split) > capacity || cells.bytes(split, cells.size()) > capacity) {
      return false; // a cell is so large that no division fits
    }
    path.invalidate();
    return neighbours.deal(true, parent, leftSlot, split);
  }

  /**
   * Whether there is room: with less than two fifths of a page free, sharing would soon recur. A
   * fifth is enough for shared keys: there are many in a leaf, so it recurs less often.
   */
  private boolean hasRoom(int free, LeafCell cell, boolean sharesKeys) {
    int fifths = sharesKeys ? 1 : 2;
    return 5 * (free - cell.room()) >= fifths * leaves.pageSize;
  }

  /** Returns the free bytes of a neighbour; {@link #NONE} if it cannot share. */
  private int room(int parent, int slot) {
    MemorySegment page = path.page(parent);
    long base = path.base(parent);
    int children = count(branches.header(page, base));
    if (slot < 0 || slot >= children) {
      return NONE;
    }
    int cell = branches.checkedCell(page, base, children, slot);
    long pgno = BranchReader.cellPgno(page, base, cell);
    if (!pages.isEditable(pgno, BranchReader.cellBirth(page, base, cell))) {
      return NONE;
    }
    long address = pages.locate(pgno, pages.txnId());
    long word = leaves.header(pages.segment(address), pages.offset(address));
    return NodeReader.pages(word) > 1 ? NONE : leaves.free(word);
  }

  private void addNeighbour(int parent, int slot) {
    MemorySegment page = path.page(parent);
    long base = path.base(parent);
    int children = count(branches.header(page, base));
    long pgno = branches.childPgno(page, base, children, slot);
    long address = pages.locate(pgno, pages.txnId());
    MemorySegment leaf = pages.segment(address);
    long leafBase = pages.offset(address);
    cells.addLeaf(leaves, leaf, leafBase);
  }
}
