package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The pages that a transaction wrote, found from its roots: the pages whose recorded birth is
 * greater than the newest transaction known to be on disk. Recovery visits only these. Its cost
 * follows the last transaction's pages, whatever the file's size. A write that the disk lost leaves
 * an older birth, a torn one a bad checksum. {@link PageReader#locate} throws in both cases.
 */
public final class Delta {
  /** Sees the entries of new leaves: a catalog's values name further trees. */
  @FunctionalInterface
  public interface EntryVisitor {
    /** Is called for each entry; the slices are valid for this call only. */
    void entry(Slice key, Slice value);
  }

  private final Tree tree;
  private final PageReader pages;
  private final long durable;
  private final LongPredicate isNew;
  private final @Nullable EntryVisitor visitor;

  /** Whether the current cell refers to older pages. */
  private boolean refersToOld;

  private boolean refersToNew;
  private final Consumer<OverflowRun> noteRun = this::note;
  private final LeafReferences references;
  private final Slice key = new Slice();
  private final Slice value = new Slice();

  private Delta(
      PageReader pages,
      TreeRoot root,
      long durable,
      LongPredicate isNew,
      @Nullable EntryVisitor visitor) {
    this.tree = new Tree(pages, root);
    this.references = new LeafReferences(tree.leaves);
    this.pages = pages;
    this.durable = durable;
    this.isNew = isNew;
    this.visitor = visitor;
  }

  /**
   * Verifies every page of a tree that is newer than {@code durable}.
   *
   * @param pages a reader that verifies each page it locates
   * @param isNew called for each node; returns whether to visit what it refers to. It must return
   *     true only once for a page: a crafted file may name a page many times, and the visit would
   *     practically never end
   * @param visitor sees the entries of new leaves; null if they are not needed
   */
  public static void verify(
      PageReader pages,
      TreeRoot root,
      long durable,
      LongPredicate isNew,
      @Nullable EntryVisitor visitor) {
    if (!root.isEmpty() && root.birth() > durable) {
      new Delta(pages, root, durable, isNew, visitor)
          .visit(root.pgno(), root.birth(), root.depth() - 1);
    }
  }

  private void visit(long pgno, long birth, int levelsBelow) {
    long address = pages.locate(pgno, birth);
    if (!isNew.test(pgno)) {
      return;
    }
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
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

  private void note(OverflowRun run) {
    if (run.birth() <= durable) {
      refersToOld = true;
    } else {
      refersToNew = true;
    }
  }

  private void visitLeaf(MemorySegment page, long base) {
    long word = tree.leaves.header(page, base);
    if (visitor != null) {
      visitEntries(visitor, page, base, word);
    } else if (tree.overflowPages > 0) {
      references.forEach(page, base, word, (slot, run) -> verifyRun(page, base, word, slot, run));
    }
  }

  /** Locates a new run: reading its entry does. */
  private void verifyRun(MemorySegment page, long base, long word, int slot, OverflowRun run) {
    if (run.birth() > durable) {
      tree.leaves.entry(page, base, word, slot, null, value);
    }
  }

  private void visitEntries(EntryVisitor visitor, MemorySegment page, long base, long word) {
    for (int i = 0; i < count(word); i++) {
      refersToOld = false;
      refersToNew = false;
      tree.leaves.references(page, base, word, i, noteRun);
      if (refersToOld && !refersToNew) {
        continue; // an old value beside a new one
      }
      tree.leaves.entry(page, base, word, i, key, value);
      visitor.entry(key, value);
    }
  }
}
