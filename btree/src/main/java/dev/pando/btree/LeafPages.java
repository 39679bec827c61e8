package dev.pando.btree;

import static dev.pando.btree.NodeReader.cellBytes;
import static dev.pando.btree.NodeReader.count;
import static dev.pando.btree.NodeReader.pages;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;

/**
 * Makes leaves, gives them more or fewer pages, and frees them. A leaf is one page while its cells
 * are small. Where a large cell would leave much of a page unused, the leaf takes neighbouring
 * pages, until little is left over. Several values then share what the leaf wastes. A run of pages
 * for each value would waste half a page a value.
 *
 * <p>See DECISIONS.md, 'Leaves of several pages'.
 */
final class LeafPages {
  /** The part of a full leaf that may be unused, as a divisor: one fifth. */
  private static final int UNUSED_PART = 5;

  /** Cells a page: cells so small that a page holds this many do not make a leaf larger. */
  private static final int SMALL_CELLS = 3;

  private final TreeState tree;
  private final PageAllocator allocator;
  private final LeafReader leaves;
  private final NodeWriter nodes;
  private final WritePath path;
  private final int pageSize;
  private final int largest;

  LeafPages(WriteContext context, WritePath path) {
    this.tree = context.tree;
    this.allocator = context.pages;
    this.leaves = context.leaves;
    this.nodes = context.nodes;
    this.path = path;
    this.pageSize = allocator.pageSize();
    this.largest = PageHeader.maxLeafPages(pageSize);
  }

  /** Returns the pages of a leaf for this many bytes of cells with their slots. */
  static int needed(int bytes, int pageSize) {
    return (NodeLayout.HEADS + bytes + pageSize - 1) / pageSize;
  }

  /** Makes a new leaf. */
  long allocate(int pages) {
    tree.addLeafPages(pages);
    return allocator.allocate(PageHeader.LEAF, pages);
  }

  /** Frees a leaf that was born in this transaction. */
  void free(long pgno) {
    long address = allocator.locate(pgno, allocator.txnId());
    int pages = PageHeader.leafPages(allocator.segment(address), allocator.offset(address));
    allocator.free(pgno, allocator.txnId(), pages);
    tree.addLeafPages(-pages);
  }

  /**
   * Returns the pages that the path's leaf should have instead of being divided, when it has no
   * room for a cell. Returns 0 if the leaf is full enough, or as large as a leaf may be.
   */
  int growth(long word, LeafCell cell) {
    int wanted = needed(used(word) + cell.room() + NodeLayout.SLOT_BYTES, pageSize);
    if (count(word) == 0) {
      return wanted;
    }
    boolean full = UNUSED_PART * leaves.free(word) <= leaves.size(word);
    return full || isSmall(cell) || wanted > largest ? 0 : wanted;
  }

  /** Returns the pages of a leaf that begins with a cell, next to a full one in a load in order. */
  int pagesBeside(long fullWord, LeafCell cell) {
    int wanted = needed(cell.length() + NodeLayout.SLOT_BYTES, pageSize);
    // The next cells are probably like those before, so the leaf need not grow page by page.
    return isSmall(cell) ? wanted : Math.max(wanted, pages(fullWord));
  }

  private boolean isSmall(LeafCell cell) {
    return isSmall(cell.length());
  }

  /** Whether a cell of so many bytes is too small to make a leaf larger. */
  boolean isSmall(long cellLength) {
    return SMALL_CELLS * (cellLength + NodeLayout.SLOT_BYTES) <= NodeLayout.capacity(pageSize);
  }

  private static int used(long word) {
    return cellBytes(word) + NodeLayout.SLOT_BYTES * count(word);
  }

  /** Moves the path's leaf to another number of pages, in which its cells fit. */
  void resize(int pages) {
    int level = path.leafLevel();
    long old = path.pgno(level);
    MemorySegment source = path.page(level);
    long base = path.base(level);
    long resized = allocate(pages);
    long address = allocator.locate(resized, allocator.txnId());
    nodes.copyLeaf(source, base, allocator.segment(address), allocator.offset(address));
    free(old);
    path.moveLeaf(resized);
  }

  /** Frees the pages that the path's leaf no longer needs, after cells were removed from it. */
  void shrink() {
    long word = leaves.header(path.page(path.leafLevel()), path.base(path.leafLevel()));
    if (pages(word) > 1) {
      int needed = needed(used(word), pageSize);
      if (needed < pages(word)) {
        resize(needed);
      }
    }
  }

  /** Makes a new leaf of the cells [from, to) of a list. */
  long write(CellList cells, int from, int to) {
    long pgno = allocate(needed(cells.bytes(from, to), pageSize));
    fill(pgno, cells, from, to);
    return pgno;
  }

  /**
   * Makes a leaf of the cells [from, to) of a list in place of an editable one. Returns its page
   * number, which changes if the number of its pages does.
   */
  long rewrite(long pgno, CellList cells, int from, int to) {
    long address = allocator.locate(pgno, allocator.txnId());
    int pages = PageHeader.leafPages(allocator.segment(address), allocator.offset(address));
    if (pages != needed(cells.bytes(from, to), pageSize)) {
      free(pgno);
      return write(cells, from, to);
    }
    fill(pgno, cells, from, to);
    return pgno;
  }

  private void fill(long pgno, CellList cells, int from, int to) {
    long address = allocator.locate(pgno, allocator.txnId());
    nodes.fillLeaf(allocator.segment(address), allocator.offset(address), cells, from, to);
  }

  /**
   * Returns the index at which to divide the cells of a list over two leaves. The parts are even,
   * unless another division uses fewer pages.
   *
   * @return 0 if there is none, which only shared keys can cause
   */
  int middle(CellList cells) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int split = 1; split < cells.size(); split++) {
      int left = cells.bytes(0, split);
      int right = cells.bytes(split, cells.size()); // more than the rest, if keys are shared
      int leftPages = needed(left, pageSize);
      int rightPages = needed(right, pageSize);
      int cost = (leftPages + rightPages) * pageSize + Math.abs(right - left) / 2;
      if (cost <= least && leftPages <= largest && rightPages <= largest) {
        best = split;
        least = cost;
      }
    }
    assert best > 0 || cells.sharing() != null : cells.size() + " cells cannot be divided";
    return best;
  }
}
