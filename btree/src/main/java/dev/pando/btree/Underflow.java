package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;

/**
 * Repairs pages that fell under a quarter full: merges one with its neighbour, or lets it borrow
 * cells. Leaves of several pages are never repaired: they free pages instead. A page may stay
 * underfull if its parent has no room for the longer separator that a loan needs. No page stays
 * empty.
 */
final class Underflow {
  private final TreeState tree;
  private final PageAllocator pages;
  private final LeafReader leaves;
  private final BranchReader branches;
  private final NodeWriter nodes;
  private final CellList cells;
  private final int capacity;
  private final WritePath path;
  private final LeafPages leafPages;
  private final Neighbours neighbours;
  private final Slice parentKey = new Slice();

  Underflow(WriteContext context, WritePath path, LeafPages leafPages, Neighbours neighbours) {
    this.tree = context.tree;
    this.pages = context.pages;
    this.leaves = context.leaves;
    this.branches = context.branches;
    this.nodes = context.nodes;
    this.cells = context.cells;
    this.capacity = context.capacity;
    this.path = path;
    this.leafPages = leafPages;
    this.neighbours = neighbours;
  }

  /** Repairs the path's editable page of a level, if needed, after cells were removed from it. */
  void repair(int level) {
    long word = header(level, path.page(level), path.base(level));
    if (level == 0) {
      repairRoot(count(word));
      return;
    }
    if (4 * used(word) >= capacity) {
      return;
    }
    int siblings = count(branches.header(path.page(level - 1), path.base(level - 1)));
    if (siblings > 1) {
      joinOrBorrow(level, siblings);
    } else if (count(word) == 0) {
      dropOnlyChild(level);
    }
  }

  private long header(int level, MemorySegment page, long base) {
    return level == path.leafLevel()
        ? leaves.header(page, base)
        : branches.header(page, base, PageHeader.BRANCH);
  }

  /** Removes an empty root; replaces a root branch that has one child by that child. */
  private void repairRoot(int count) {
    if (tree.depth == 1) {
      if (count == 0) {
        leafPages.free(tree.rootPgno);
        tree.becomeEmpty();
        path.invalidate();
      }
      return;
    }
    while (tree.depth > 1 && count == 1) {
      long address = pages.locate(tree.rootPgno, tree.rootBirth);
      MemorySegment page = pages.segment(address);
      long base = pages.offset(address);
      long childPgno = branches.childPgno(page, base, 1, 0);
      long childBirth = branches.childBirth(page, base, 1, 0);
      pages.free(tree.rootPgno, tree.rootBirth, 1);
      tree.addBranchPages(-1);
      tree.shrinkTo(childPgno, childBirth);
      path.invalidate();
      if (tree.depth > 1) {
        address = pages.locate(childPgno, childBirth);
        count = count(branches.header(pages.segment(address), pages.offset(address)));
      }
    }
  }

  /** Removes an empty page and its parent, whose only child it is, and so on up. */
  private void dropOnlyChild(int level) {
    free(level == path.leafLevel(), path.pgno(level));
    path.invalidate();
    if (level == 0) {
      tree.becomeEmpty();
      return;
    }
    int parent = level - 1;
    nodes.removeChild(path.page(parent), path.base(parent), path.slot(parent));
    if (parent == 0) {
      dropOnlyChild(0);
      return;
    }
    repair(parent);
  }

  private void free(boolean leaf, long pgno) {
    if (leaf) {
      leafPages.free(pgno);
    } else {
      pages.free(pgno, pages.txnId(), 1);
      tree.addBranchPages(-1);
    }
  }

  /** What became of a page that was to be filled. */
  enum Filling {
    NOTHING,
    /** Its parent has no room for a longer separator; it was copied all the same. */
    COPIED,
    FILLED,
    /** It has taken all of the next page, and may take more. */
    MERGED
  }

  /** Whether the path's page of a level can take something of the next page of its parent. */
  boolean mayFill(int level) {
    int next = path.slot(level - 1) + 1;
    int siblings = path.children(level - 1);
    if (next >= siblings) {
      return false;
    }
    MemorySegment parent = path.page(level - 1);
    long base = path.base(level - 1);
    long address =
        pages.locate(
            branches.childPgno(parent, base, siblings, next),
            branches.childBirth(parent, base, siblings, next));
    MemorySegment right = pages.segment(address);
    long rightBase = pages.offset(address);
    long rightWord = header(level, right, rightBase);
    long word = header(level, path.page(level), path.base(level));
    if (NodeReader.pages(word) > 1 || NodeReader.pages(rightWord) > 1 || count(rightWord) == 0) {
      return false;
    }
    if (level == path.leafLevel()) {
      // Its key becomes whole, as the first bytes are in another cell of the right leaf.
      int first = leaves.wholeLength(right, rightBase, rightWord, 0) + NodeLayout.SLOT_BYTES;
      return first <= leaves.free(word);
    }
    branches.separator(parent, base, siblings, next, parentKey); // moves down
    return used(word) + used(rightWord) + (int) parentKey.length + Short.BYTES <= capacity;
  }

  private int used(long word) {
    return leaves.size(word) - NodeLayout.HEADS - leaves.free(word);
  }

  /** Moves cells of the next page into the path's editable page of a level, as many as fit. */
  Filling fill(int level) {
    int parent = level - 1;
    int slot = path.slot(parent);
    boolean leaf = level == path.leafLevel();
    long left = path.editChild(parent, slot);
    long right = path.editChild(parent, slot + 1);
    int fromLeft = gatherBoth(leaf, left, right, parent, slot);
    if (cells.bytes(0, cells.size()) <= capacity) {
      merge(leaf, left, right, parent, slot);
      return Filling.MERGED;
    }
    int split = fromLeft;
    while (cells.bytes(0, split + 1) <= capacity) {
      split++;
    }
    boolean done = leaf && split > fromLeft && neighbours.deal(true, parent, slot, split);
    return done ? Filling.FILLED : Filling.COPIED;
  }

  private void joinOrBorrow(int level, int siblings) {
    int parent = level - 1;
    int leftSlot = path.slot(parent) > 0 ? path.slot(parent) - 1 : 0;
    assert leftSlot + 1 < siblings;
    long left = path.editChild(parent, leftSlot);
    long right = path.editChild(parent, leftSlot + 1);
    boolean leaf = level == path.leafLevel();
    int fromLeft = gatherBoth(leaf, left, right, parent, leftSlot);
    if (fitsOne(leaf, left, right)) {
      merge(leaf, left, right, parent, leftSlot);
    } else {
      borrow(leaf, parent, leftSlot, fromLeft);
    }
  }

  /** Collects the cells of two neighbours; returns how many are of the left one. */
  private int gatherBoth(boolean leaf, long left, long right, int parent, int leftSlot) {
    if (leaf) {
      cells.clearLeaf();
    } else {
      cells.clear(countBytes(left));
    }
    gather(leaf, left, parent, -1);
    int fromLeft = cells.size();
    // Beside an empty branch the other one stays as it is: it might have no room for a separator.
    gather(leaf, right, parent, fromLeft == 0 ? -1 : leftSlot + 1);
    path.invalidate();
    return fromLeft;
  }

  private int countBytes(long branch) {
    long address = pages.locate(branch, pages.txnId());
    return BranchReader.countBytes(
        branches.header(pages.segment(address), pages.offset(address), PageHeader.BRANCH));
  }

  /** Whether the collected cells fit one page, or the larger of two leaves. */
  private boolean fitsOne(boolean leaf, long left, long right) {
    int bytes = cells.bytes(0, cells.size());
    return bytes <= (leaf ? Math.max(leafCapacity(left), leafCapacity(right)) : capacity);
  }

  private int leafCapacity(long pgno) {
    long address = pages.locate(pgno, pages.txnId());
    long word = leaves.header(pages.segment(address), pages.offset(address));
    return leaves.size(word) - NodeLayout.HEADS;
  }

  /**
   * Adds a page's cells to the list.
   *
   * @param separatorSlot for the right branch of two, the parent's slot whose separator moves down
   *     to its first child; -1 for the left one, and for the right one if the left one is empty
   */
  private void gather(boolean leaf, long pgno, int parent, int separatorSlot) {
    long address = pages.locate(pgno, pages.txnId());
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    if (leaf) {
      cells.addLeaf(leaves, page, base);
      return;
    }
    long word = branches.header(page, base, PageHeader.BRANCH);
    int count = count(word);
    int from = 0;
    if (separatorSlot >= 0 && count > 0) {
      parentSeparator(parent, separatorSlot, parentKey);
      cells.add(
          branches.childPgno(page, base, count, 0),
          branches.childBirth(page, base, count, 0),
          parentKey.segment,
          parentKey.offset,
          (int) parentKey.length,
          tree.counted ? branches.entries(page, base, word, 0) : 0);
      from = 1;
    }
    cells.addBranch(branches, page, base, from, count);
  }

  private void parentSeparator(int parent, int slot, Slice out) {
    int count = count(branches.header(path.page(parent), path.base(parent)));
    branches.separator(path.page(parent), path.base(parent), count, slot, out);
  }

  private void merge(boolean leaf, long left, long right, int parent, int leftSlot) {
    free(leaf, right);
    path.setChild(parent, leftSlot, neighbours.fill(leaf, left, 0, cells.size()));
    MemorySegment page = path.page(parent);
    long base = path.base(parent);
    nodes.removeChild(page, base, leftSlot + 1);
    path.recount(parent, leftSlot);
    repair(parent);
  }

  private void borrow(boolean leaf, int parent, int leftSlot, int fromLeft) {
    int split = leaf ? leafPages.middle(cells) : cells.middle(capacity);
    if (split != fromLeft) { // otherwise one cell is so large that no division is more even
      neighbours.deal(leaf, parent, leftSlot, split);
    }
  }
}
