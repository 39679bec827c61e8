package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
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
  private final LongPredicate isNew;
  private final @Nullable EntryVisitor visitor;

  /** Of the cell that is looked at. */
  private boolean refersToOld;

  private boolean refersToNew;
  private final Consumer<OverflowRun> noteRun = this::note;

  private Delta(
      PageReader pages,
      TreeRoot root,
      long durable,
      LongPredicate isNew,
      @Nullable EntryVisitor visitor) {
    this.tree = new Tree(pages, root);
    this.pages = pages;
    this.durable = durable;
    this.isNew = isNew;
    this.visitor = visitor;
  }

  /**
   * Verifies every page of a tree that is newer than {@code durable}.
   *
   * @param pages a reader that verifies each page it locates
   * @param isNew told of each node; whether to go into it. It must not say so twice of one page, or
   *     a file made for the purpose, in which a page stands many times, would take for ever
   * @param visitor sees the entries of new leaves; null if nobody wants them
   * @throws dev.pando.error.CorruptFileException at the first page that is not as recorded
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
    Slice key = new Slice();
    Slice value = new Slice();
    for (int i = 0; i < count(word); i++) {
      refersToOld = false;
      refersToNew = false;
      tree.leaves.references(page, base, word, i, noteRun);
      if (refersToOld && !refersToNew) {
        continue; // an old value beside a new one
      }
      if (refersToNew || visitor != null) {
        tree.leaves.entry(page, base, word, i, key, value);
      }
      if (visitor != null) {
        visitor.entry(key, value);
      }
    }
  }
}
