package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction wrote, found from its roots: the pages whose recorded birth is above the
 * newest transaction known to be on disk. Recovery visits just these, so that it costs the last
 * transaction's pages whatever the file's size. A write that the disk lost leaves an older birth, a
 * torn one a bad checksum; either way {@link PageReader#locate} throws.
 */
public final class Delta {
  /** Sees the entries of new leaves: a catalog's values name further trees. */
  @FunctionalInterface
  public interface EntryVisitor {
    /** The slices hold for this call only. */
    void entry(Slice key, Slice value);
  }

  private final Tree tree;
  private final PageReader pages;
  private final long durable;
  private final @Nullable EntryVisitor visitor;
  private long pagesLeft;

  private Delta(PageReader pages, TreeRoot root, long durable, @Nullable EntryVisitor visitor) {
    this.tree = new Tree(pages, root);
    this.pages = pages;
    this.durable = durable;
    this.visitor = visitor;
    this.pagesLeft = root.branchPages() + root.leafPages();
  }

  /**
   * Verifies every page of a tree that is newer than {@code durable}.
   *
   * @param pages a reader that verifies each page it locates
   * @param visitor sees the entries of new leaves; null if nobody wants them
   * @throws dev.pando.error.CorruptFileException at the first page that is not as recorded
   */
  public static void verify(
      PageReader pages, TreeRoot root, long durable, @Nullable EntryVisitor visitor) {
    if (!root.isEmpty() && root.birth() > durable) {
      new Delta(pages, root, durable, visitor).visit(root.pgno(), root.birth(), root.depth() - 1);
    }
  }

  private void visit(long pgno, long birth, int levelsBelow) {
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    if (--pagesLeft < 0) {
      throw tree.leaves.corrupt(
          page, base, "the tree has more pages than its root says: a page must stand in it twice");
    }
    if (levelsBelow == 0) {
      visitLeaf(page, base);
      return;
    }
    int children = count(tree.branches.header(page, base));
    for (int i = 0; i < children; i++) {
      long childBirth = tree.branches.childBirth(page, base, children, i);
      if (childBirth > durable) {
        visit(tree.branches.childPgno(page, base, children, i), childBirth, levelsBelow - 1);
      }
    }
  }

  private void visitLeaf(MemorySegment page, long base) {
    long word = tree.leaves.header(page, base);
    Slice key = new Slice();
    Slice value = new Slice();
    for (int i = 0; i < count(word); i++) {
      boolean overflow = tree.leaves.isOverflow(page, base, word, i);
      if (overflow && tree.leaves.overflowRun(page, base, word, i).birth() <= durable) {
        continue; // an old value beside a new one
      }
      if (overflow || visitor != null) {
        tree.leaves.entry(page, base, word, i, key, value);
      }
      if (visitor != null) {
        visitor.entry(key, value);
      }
    }
  }
}
