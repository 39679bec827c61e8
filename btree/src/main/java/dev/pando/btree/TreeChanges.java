package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;

/**
 * The changes of a tree since a transaction, found from the tree alone. Older pages are as they
 * were then. So only newer pages are read, and the first and last key of each older part that they
 * refer to. The tree of that transaction need not exist any more.
 */
public final class TreeChanges {
  /** Is called in the order of the keys; the slices are valid for one call only. */
  public interface Visitor {
    /** Sees an entry of a newer leaf: it may be new, changed, or as it was. */
    void entry(Slice key, Slice value);

    /**
     * The tree is as it was from {@code first} to {@code last}, which are both keys. Entries that
     * it had before, between or after such parts, and that are not in newer leaves, are gone.
     */
    void unchanged(Slice first, Slice last);

    /** Whether the visit may end: greater keys are of no interest. */
    default boolean isDone() {
      return false;
    }
  }

  private static final int FIRST = 0;
  private static final int LAST = -1;

  private final Tree tree;
  private final PageReader pages;
  private final long since;
  private final Visitor visitor;
  private final Slice key = new Slice();
  private final Slice value = new Slice();

  /** Newer pages left to visit: a crafted file may name one page twice. */
  private long pagesLeft;

  private TreeChanges(PageReader pages, TreeRoot root, long since, Visitor visitor) {
    this.tree = new Tree(pages, root);
    this.pages = pages;
    this.since = since;
    this.visitor = visitor;
    this.pagesLeft = root.branchPages() + root.leafPages();
  }

  /**
   * Visits what may have changed.
   *
   * @param since a transaction that the tree's own commit is based on, with any number in between
   */
  public static void visit(PageReader pages, TreeRoot root, long since, Visitor visitor) {
    if (!root.isEmpty()) {
      new TreeChanges(pages, root, since, visitor).visit(root.pgno(), root.birth(), root.depth());
    }
  }

  private void visit(long pgno, long birth, int levels) {
    if (birth <= since) {
      edge(pgno, birth, levels, FIRST, key);
      edge(pgno, birth, levels, LAST, value);
      visitor.unchanged(key, value);
      return;
    }
    if (--pagesLeft < 0) {
      throw new CorruptFileException(
          pages.name(), pgno, "a tree has more pages than its root says, or this one twice");
    }
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    if (levels == 1) {
      visitLeaf(page, base);
      return;
    }
    int children = count(tree.branches.header(page, base));
    for (int i = 0; i < children && !visitor.isDone(); i++) {
      visit(
          tree.branches.childPgno(page, base, children, i),
          tree.branches.childBirth(page, base, children, i),
          levels - 1);
    }
  }

  private void visitLeaf(MemorySegment page, long base) {
    long word = tree.leaves.header(page, base);
    for (int i = 0; i < count(word) && !visitor.isDone(); i++) {
      tree.leaves.entry(page, base, word, i, key, value);
      visitor.entry(key, value);
    }
  }

  /** Finds the first or last key of a part of the tree. */
  private void edge(long fromPgno, long fromBirth, int levels, int which, Slice out) {
    long pgno = fromPgno;
    long birth = fromBirth;
    for (int level = levels; ; level--) {
      long address = pages.locate(pgno, birth);
      MemorySegment page = pages.segment(address);
      long base = pages.offset(address);
      if (level == 1) {
        long word = tree.leaves.header(page, base);
        if (count(word) == 0) {
          throw new CorruptFileException(pages.name(), pgno, "a leaf without an entry");
        }
        tree.leaves.entry(page, base, word, which == FIRST ? 0 : count(word) - 1, out, null);
        return;
      }
      int children = count(tree.branches.header(page, base));
      int slot = which == FIRST ? 0 : children - 1;
      pgno = tree.branches.childPgno(page, base, children, slot);
      birth = tree.branches.childBirth(page, base, children, slot);
    }
  }
}
