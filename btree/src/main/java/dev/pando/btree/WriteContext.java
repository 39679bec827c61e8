package dev.pando.btree;

import dev.pando.pager.PageAllocator;

/**
 * The objects with which several classes change one tree. None of them knows those classes. So each
 * class needs, beside this context, only the classes that it calls.
 */
final class WriteContext {
  final TreeState tree;
  final PageAllocator pages;
  final LeafReader leaves;
  final BranchReader branches;
  final NodeWriter nodes;
  final CellExtents extents;
  final ChildCounts counts;

  /** The cells that a split, a merge or a loan distributes. */
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
    this.nodes = new NodeWriter(leaves, branches, tree.counted);
    this.extents = scratch.extents;
    this.counts = new ChildCounts(tree, pages, leaves, branches);
    this.cells = scratch.cells;
    this.separator = scratch.separator;
    this.capacity = NodeLayout.capacity(pages.pageSize());
  }
}
