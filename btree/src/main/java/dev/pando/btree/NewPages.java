package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.btree.Delta.EntryVisitor;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pages of a tree that were written after a transaction. No page is older than a page
 * below it, so a child that is old is not visited. The cost follows the number of new pages.
 */
public final class NewPages {
  /** Sees the new pages; a page comes before those that it refers to. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Notes a page, or a run of pages.
     *
     * @return whether to visit what it refers to. It must return true only once for a page: a
     *     crafted file may name a page many times, and the visit would practically never end
     */
    boolean pages(long pgno, long pages);
  }

  private final PageReader pages;
  private final Tree tree;
  private final long since;
  private final Visitor visitor;
  private final @Nullable EntryVisitor entries;
  private final LeafReferences references;
  private final Slice key = new Slice();
  private final Slice value = new Slice();

  private NewPages(
      PageReader pages,
      TreeRoot root,
      long since,
      Visitor visitor,
      @Nullable EntryVisitor entries) {
    this.pages = pages;
    this.tree = new Tree(pages, root);
    this.since = since;
    this.visitor = visitor;
    this.entries = entries;
    this.references = new LeafReferences(tree.leaves);
  }

  /**
   * Visits the pages that are newer than a transaction.
   *
   * @param since a transaction that the tree's own commit is based on, with any number in between
   * @param entries sees all entries of new leaves; null if they are not needed
   */
  public static void visit(
      PageReader pages,
      TreeRoot root,
      long since,
      Visitor visitor,
      @Nullable EntryVisitor entries) {
    if (!root.isEmpty() && root.birth() > since) {
      new NewPages(pages, root, since, visitor, entries)
          .visit(root.pgno(), root.birth(), root.depth() - 1);
    }
  }

  private void visit(long pgno, long birth, int levelsBelow) {
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    if (levelsBelow == 0) {
      visitLeaf(pgno, page, base);
      return;
    }
    int children = count(tree.branches.header(page, base));
    if (!visitor.pages(pgno, 1)) {
      return;
    }
    for (int i = 0; i < children; i++) {
      long childBirth = tree.branches.childBirth(page, base, children, i);
      if (childBirth > since) {
        visit(tree.branches.childPgno(page, base, children, i), childBirth, levelsBelow - 1);
      }
    }
  }

  private void visitLeaf(long pgno, MemorySegment page, long base) {
    long word = tree.leaves.header(page, base);
    if (!visitor.pages(pgno, NodeReader.pages(word))) {
      return;
    }
    if (tree.overflowPages > 0) {
      references.forEach(page, base, word, (_, run) -> visitRun(run));
    }
    if (entries != null) {
      for (int i = 0; i < count(word); i++) {
        tree.leaves.entry(page, base, word, i, key, value);
        entries.entry(key, value);
      }
    }
  }

  private void visitRun(OverflowRun run) {
    if (run.birth() > since) {
      boolean _ = visitor.pages(run.pgno(), OverflowRun.pages(run.length(), tree.leaves.pageSize));
    }
  }
}
