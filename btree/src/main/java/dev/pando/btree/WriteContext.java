package dev.pando.btree;

import dev.pando.pager.PageAllocator;

/**
 * What every class that changes one tree works with. None of these objects knows those classes, so
 * that each of them needs besides this only what it hands work to.
 */
final class WriteContext {
  final TreeState tree;
  final PageAllocator pages;
  final LeafReader leaves;
  final BranchReader branches;
  final NodeWriter nodes;
  final CellExtents extents;

  /** The cells that a split, a merge or a loan deals out. */
  final CellList cells;

  /** The separator on its way from a split page to the branch above it. */
  final KeyBuffer separator;

  /** Bytes that cells and their slots can take in one page. */
  final int capacity;

  WriteContext(
      TreeState tree,
      PageAllocator pages,
      LeafReader leaves,
      BranchReader branches,
      WriteScratch scratch) {
    this.tree = tree;
    this.pages = pages;
    this.leaves = leaves;
    this.branches = branches;
    this.nodes = new NodeWriter(leaves, branches);
    this.extents = scratch.extents;
    this.cells = scratch.cells;
    this.separator = scratch.separator;
    this.capacity = NodeLayout.capacity(pages.pageSize());
  }
}
