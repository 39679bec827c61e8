package dev.pando.cli;

import dev.pando.pager.TreeRoot;
import java.io.IOException;

/** Visits the pages and entries of a tree as far as they are whole, each subtree by itself. */
final class TreeWalk {
  /** Sees what the walk meets. */
  interface Visitor {
    /** Whether a page, and what is below it, is to be visited. */
    default boolean enters(long pgno) {
      return true;
    }

    /** A branch or a leaf that is whole. */
    default void node(Node node, int level) throws IOException {}

    /** An entry of a leaf; its value may be in an overflow run. */
    default void entry(Node.Cell entry) throws IOException {}

    /**
     * A subtree, or an entry of a leaf, that cannot be read.
     *
     * @param pgno the page that is damaged
     * @param level 0 for a leaf
     */
    void lost(long pgno, int level);
  }

  private final RawPages pages;
  private final boolean counted;
  private final Visitor visitor;

  private TreeWalk(RawPages pages, boolean counted, Visitor visitor) {
    this.pages = pages;
    this.counted = counted;
    this.visitor = visitor;
  }

  /** Walks through a tree, in the order of its keys. */
  static void walk(RawPages pages, TreeRoot root, Visitor visitor) throws IOException {
    if (!root.isEmpty()) {
      new TreeWalk(pages, root.counted(), visitor)
          .visit(root.pgno(), root.birth(), root.depth() - 1);
    }
  }

  private void visit(long pgno, long birth, int level) throws IOException {
    if (!visitor.enters(pgno)) {
      return;
    }
    Node node = pages.node(pgno, birth, level > 0, counted);
    if (node == null) {
      visitor.lost(pgno, level);
      return;
    }
    java.util.List<Node.Cell> cells;
    try {
      cells = node.cells();
    } catch (IndexOutOfBoundsException e) {
      visitor.lost(pgno, level);
      return;
    }
    visitor.node(node, level);
    for (Node.Cell cell : cells) {
      if (level == 0) {
        visitor.entry(cell);
      } else if (cell.birth() <= birth) { // so that a crafted circle ends
        visit(cell.pgno(), cell.birth(), level - 1);
      } else {
        visitor.lost(cell.pgno(), level - 1);
      }
    }
  }
}
