package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Removes a range of keys. Children of a branch whose keys are all in the range are removed
 * together, as high in the tree as possible, and their pages freed. The leaves at both ends lose a
 * part of their entries. So no more pages are changed than by a few deletes.
 */
final class RangeCut {
  /** The part of a tree, as a divisor, from which on it pays to read all branches first. */
  private static final int LARGE_PART = 8;

  /** Entries that are removed from a leaf one by one: for more, the leaf is written again. */
  private static final int FEW = 4;

  /** Steps a page, at most: its part is removed, and the next one found. */
  private static final long STEPS = 3;

  private final TreeWriter tree;
  private final PageAllocator pages;
  private final LeafReader leaves;
  private final BranchReader branches;
  private final NodeWriter nodes;
  private final CellList cells;
  private final WritePath path;
  private final LeafPages leafPages;
  private final Underflow underflow;
  private final Consumer<OverflowRun> freeRun = this::free;
  private final Slice bound = new Slice();

  /** Keys below it stay. */
  private final KeyBuffer from;

  /** This key and those above it stay; null if none of them does. */
  private @Nullable KeyBuffer to;

  /** Whether leaves must be read before they are freed. */
  private boolean readLeaves;

  RangeCut(
      TreeWriter tree,
      WriteContext context,
      WritePath path,
      LeafPages leafPages,
      Underflow underflow) {
    this.tree = tree;
    this.pages = context.pages;
    this.leaves = context.leaves;
    this.branches = context.branches;
    this.nodes = context.nodes;
    this.cells = context.cells;
    this.path = path;
    this.leafPages = leafPages;
    this.underflow = underflow;
    this.from = new KeyBuffer(Tree.maxKey(leaves.pageSize) + 1);
  }

  /**
   * Removes the keys from one key to before another, which are not all.
   *
   * @param first null for the first key
   * @param end null for the end of the tree
   * @param count how many there are
   */
  void run(@Nullable KeyBuffer first, @Nullable KeyBuffer end, long count) {
    if (first != null) {
      from.set(first.segment(), 0, first.length());
    }
    to = end;
    readLeaves = count * LARGE_PART <= tree.entries || TreePages.haveLeavesMore(tree);
    long steps = STEPS * (tree.branchPages + tree.leafPages);
    boolean more = true;
    while (more && tree.depth > 0) {
      if (--steps < 0) { // a crafted file's keys need not lead on
        throw new CorruptFileException(
            pages.name(),
            tree.rootPgno,
            "a tree has more pages than its root says, or keys that lead back");
      }
      more = step();
    }
  }

  /** Removes a leaf's part, or children of one branch; false when nothing is left to remove. */
  private boolean step() {
    int found = path.find(from);
    int slot = found < 0 ? ~found : found;
    int level = path.leafLevel();
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    if (slot == count(word)) {
      return moveToNextLeaf();
    }
    KeyBuffer limit = to;
    int end = limit == null ? count(word) : slotOf(page, base, word, limit);
    if (slot >= end) {
      return false;
    }
    if (slot == 0 && level > 0 && isCovered(level - 1, path.slot(level - 1))) {
      cut();
    } else {
      remove(slot, end);
    }
    return true;
  }

  private int slotOf(MemorySegment page, long base, long word, KeyBuffer key) {
    int found = leaves.find(page, base, word, key);
    return found < 0 ? ~found : found;
  }

  /** Sets {@link #from} to the beginning of the next leaf; false if it is not in the range. */
  private boolean moveToNextLeaf() {
    if (!path.nextPage(path.leafLevel(), from, bound)) {
      return false;
    }
    KeyBuffer limit = to;
    return limit == null || limit.compareTo(bound.segment, bound.offset, from.length()) > 0;
  }

  private void separator(int level, int slot) {
    branches.separator(path.page(level), path.base(level), path.children(level), slot, bound);
  }

  /** Whether the keys of a child end before {@link #to}: the next separator is not above it. */
  private boolean isCovered(int level, int slot) {
    KeyBuffer limit = to;
    if (limit == null) {
      return true;
    }
    if (slot + 1 == path.children(level)) {
      return level > 0 && isCovered(level - 1, path.slot(level - 1));
    }
    separator(level, slot + 1);
    return limit.compareTo(bound.segment, bound.offset, (int) bound.length) >= 0;
  }

  /** Removes the slots [from, to) of the path's leaf. */
  private void remove(int first, int end) {
    path.edit();
    int level = path.leafLevel();
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    for (int slot = first; slot < end; slot++) {
      leaves.references(page, base, word, slot, freeRun);
    }
    tree.addEntries(first - end);
    path.addEntries(level, first - end);
    if (end - first > FEW) {
      cells.clearLeaf();
      int staying = cells.addLeafWithout(leaves, page, base, first, end);
      path.moveLeaf(leafPages.rewrite(path.pgno(level), cells, 0, staying));
    } else {
      for (int slot = end - 1; slot >= first; slot--) {
        nodes.removeLeafCell(page, base, slot);
      }
      leafPages.shrink();
    }
    underflow.repair(level);
  }

  private void free(OverflowRun run) {
    free(
        run.pgno(),
        run.birth(),
        OverflowRun.pages(run.length(), leaves.pageSize),
        PageHeader.OVERFLOW);
  }

  private void free(long pgno, long birth, long count, byte type) {
    pages.free(pgno, birth, count);
    switch (type) {
      case PageHeader.BRANCH -> tree.addBranchPages(-count);
      case PageHeader.LEAF -> tree.addLeafPages(-count);
      default -> tree.addOverflowPages(-count);
    }
  }

  /** Removes the children of a branch, from the path's on, that are all in the range. */
  private void cut() {
    int level = path.leafLevel() - 1;
    while (level > 0 && path.slot(level) == 0 && isCovered(level - 1, path.slot(level - 1))) {
      level--;
    }
    path.edit(level + 1);
    int first = path.slot(level);
    int end = first + 1;
    while (end < path.children(level) && isCovered(level, end)) {
      end++;
    }
    long removed =
        new EntryCounts(tree)
            .below(path.pgno(level), pages.txnId(), path.leafLevel() - level, first, end);
    if (removed >= tree.entries) {
      throw new CorruptFileException(
          pages.name(),
          path.pgno(level),
          "%d entries are in a part of a tree of %d, and some are outside of it"
              .formatted(removed, tree.entries));
    }
    free(level, first, end);
    keepOthers(level, first, end);
    tree.addEntries(-removed);
    path.addEntries(level, -removed);
    path.invalidate();
    underflow.repair(level);
  }

  /** Frees all pages below the children [first, end) of a branch. */
  private void free(int level, int first, int end) {
    MemorySegment page = path.page(level);
    long base = path.base(level);
    int children = path.children(level);
    for (int slot = first; slot < end; slot++) {
      TreePages.visitBelow(
          tree,
          branches.childPgno(page, base, children, slot),
          branches.childBirth(page, base, children, slot),
          path.leafLevel() - level - 1,
          readLeaves,
          this::free);
    }
  }

  /** Removes the children [first, end) from a branch. */
  private void keepOthers(int level, int first, int end) {
    MemorySegment page = path.page(level);
    long base = path.base(level);
    int children = path.children(level);
    cells.clear(BranchReader.countBytes(branches.header(page, base)));
    cells.addBranch(branches, page, base, 0, first);
    cells.addBranch(branches, page, base, end, children);
    if (cells.size() == 0) {
      throw branches.corrupt(page, base, "its root says that entries remain below it, none do");
    }
    nodes.fillBranch(page, base, cells, 0, cells.size());
  }
}
