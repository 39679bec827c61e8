package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;

/**
 * Visits every page of a tree. Leaves are read only if there are overflow runs or leaves of several
 * pages to find: a table of small values costs only the reads of its branches.
 */
public final class TreePages {
  /** Sees each page, or run of pages, once; it may free them, for they are not read later. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Notes a page or run.
     *
     * @param type {@link PageHeader#BRANCH}, {@link PageHeader#LEAF} or {@link PageHeader#OVERFLOW}
     */
    void pages(long pgno, long birth, long pages, byte type);
  }

  private final Tree tree;
  private final PageReader pages;
  private final Visitor visitor;
  private final LeafReferences references;
  private long pagesLeft;
  private boolean readLeaves;

  private TreePages(Tree tree, Visitor visitor) {
    this.tree = tree;
    this.pages = tree.pages;
    this.visitor = visitor;
    this.references = new LeafReferences(tree.leaves);
    this.pagesLeft = tree.branchPages + tree.leafPages;
  }

  /**
   * Visits the pages of a tree; the pages of a branch's children come before the branch.
   *
   * @throws CorruptFileException if the tree leads back to itself, or is damaged otherwise
   */
  public static void visit(Tree tree, Visitor visitor) {
    if (tree.depth > 0) {
      new TreePages(tree, visitor).visitAll();
    }
  }

  private void visitAll() {
    readLeaves = leavesSayMore();
    pagesLeft = tree.branchPages + tree.leafPages;
    visit(tree.rootPgno, tree.rootBirth, tree.depth - 1);
  }

  /**
   * Whether a tree has overflow runs or leaves of several pages, which only its leaves name. Reads
   * all branches.
   */
  static boolean haveLeavesMore(Tree tree) {
    return tree.overflowPages > 0 || new TreePages(tree, (_, _, _, _) -> {}).leavesSayMore();
  }

  private boolean leavesSayMore() {
    return tree.overflowPages > 0
        || tree.leafPages > leaves(tree.rootPgno, tree.rootBirth, tree.depth - 1);
  }

  /**
   * Visits the pages of a part of a tree.
   *
   * @param readLeaves whether the tree has overflow runs, or may have leaves of several pages
   */
  static void visitBelow(
      Tree tree, long pgno, long birth, int levelsBelow, boolean readLeaves, Visitor visitor) {
    TreePages part = new TreePages(tree, visitor);
    part.readLeaves = readLeaves;
    part.visit(pgno, birth, levelsBelow);
  }

  /** Counts leaves without reading them. */
  private long leaves(long pgno, long birth, int levelsBelow) {
    if (levelsBelow == 0) {
      return 1;
    }
    spend(pgno);
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    int children = count(tree.branches.header(page, base));
    if (levelsBelow == 1) {
      return children;
    }
    long leaves = 0;
    for (int i = 0; i < children; i++) {
      leaves +=
          leaves(
              tree.branches.childPgno(page, base, children, i),
              tree.branches.childBirth(page, base, children, i),
              levelsBelow - 1);
    }
    return leaves;
  }

  /** Counts a page against the tree's own number, so that a tree that leads back to itself ends. */
  private void spend(long pgno) {
    if (--pagesLeft < 0) {
      throw new CorruptFileException(
          pages.name(), pgno, "a tree has more pages than its root says, or this one twice");
    }
  }

  /** Visits a page. Recursion goes no deeper than the tree, whose depth was checked at opening. */
  private void visit(long pgno, long birth, int levelsBelow) {
    spend(pgno);
    if (levelsBelow == 0) {
      int own = readLeaves ? visitOverflowRuns(pgno, birth) : 1;
      visitor.pages(pgno, birth, own, PageHeader.LEAF);
      return;
    }
    long address = pages.locate(pgno, birth);
    int children = count(tree.branches.header(pages.segment(address), pages.offset(address)));
    for (int i = 0; i < children; i++) {
      MemorySegment page = pages.segment(address);
      long base = pages.offset(address);
      long child = tree.branches.childPgno(page, base, children, i);
      long childBirth = tree.branches.childBirth(page, base, children, i);
      checkBirth(child, childBirth, birth);
      visit(child, childBirth, levelsBelow - 1);
    }
    visitor.pages(pgno, birth, 1, PageHeader.BRANCH);
  }

  /** Refuses a wrong birth: only pages born in the running transaction may be freed at once. */
  private void checkBirth(long pgno, long birth, long parentBirth) {
    if (birth > parentBirth) {
      throw new CorruptFileException(
          pages.name(),
          pgno,
          "the page is said to be born in %d, allowed: up to %d, when what refers to it was"
              .formatted(birth, parentBirth));
    }
  }

  /** Visits the runs that the leaf refers to; returns the leaf's own pages. */
  private int visitOverflowRuns(long pgno, long birth) {
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    long word = tree.leaves.header(page, base);
    references.forEach(
        page,
        base,
        word,
        (slot, run) -> {
          checkBirth(run.pgno(), run.birth(), birth);
          long length = OverflowRun.pages(run.length(), tree.leaves.pageSize);
          visitor.pages(run.pgno(), run.birth(), length, PageHeader.OVERFLOW);
        });
    return NodeReader.pages(word);
  }
}
