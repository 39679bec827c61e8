package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Counts the entries of parts of a tree. The branches of a counted tree have the numbers. Of
 * another tree it reads the header of each leaf, one line of it.
 */
final class EntryCounts {
  private final Tree tree;

  /** Pages left to visit: a crafted file can name one page many times. */
  private long pagesLeft;

  private final BranchStep step = new BranchStep();

  EntryCounts(Tree tree) {
    this.tree = tree;
    this.pagesLeft = (tree.branchPages + tree.leafPages) * tree.depth; // search counts parts twice
  }

  /**
   * Returns how many keys are not less than one key and less than another.
   *
   * @param from null for the first key
   * @param to null for the end
   */
  long between(@Nullable KeyBuffer from, @Nullable KeyBuffer to) {
    long pgno = tree.rootPgno;
    long birth = tree.rootBirth;
    for (int level = tree.depth - 1; level > 0; level--) {
      int first = slot(pgno, birth, level, from, 0);
      int last = slot(pgno, birth, level, to, children(pgno, birth) - 1);
      if (first > last) {
        return 0;
      }
      if (first < last) {
        long inside = below(pgno, birth, level, first + 1, last);
        step(pgno, birth, first);
        long rest = after(step.pgno, step.birth, level - 1, from);
        step(pgno, birth, last);
        return rest + inside + before(step.pgno, step.birth, level - 1, to);
      }
      step(pgno, birth, first);
      pgno = step.pgno;
      birth = step.birth;
    }
    long end = to == null ? below(pgno, birth, 0) : leafSlot(pgno, birth, to);
    return Math.max(end - (from == null ? 0 : leafSlot(pgno, birth, from)), 0);
  }

  /** Returns the entries below a page that are not less than a key; null for all. */
  private long after(long pgno, long birth, int levelsBelow, @Nullable KeyBuffer key) {
    if (key == null) {
      return below(pgno, birth, levelsBelow);
    }
    if (levelsBelow == 0) {
      return below(pgno, birth, 0) - leafSlot(pgno, birth, key);
    }
    int slot = slot(pgno, birth, levelsBelow, key, 0);
    long rest = below(pgno, birth, levelsBelow, slot + 1, children(pgno, birth));
    step(pgno, birth, slot);
    return rest + after(step.pgno, step.birth, levelsBelow - 1, key);
  }

  /** Returns the entries below a page that are less than a key; null for all. */
  private long before(long pgno, long birth, int levelsBelow, @Nullable KeyBuffer key) {
    if (key == null) {
      return below(pgno, birth, levelsBelow);
    }
    if (levelsBelow == 0) {
      return leafSlot(pgno, birth, key);
    }
    int slot = slot(pgno, birth, levelsBelow, key, 0);
    long rest = below(pgno, birth, levelsBelow, 0, slot);
    step(pgno, birth, slot);
    return rest + before(step.pgno, step.birth, levelsBelow - 1, key);
  }

  private void step(long pgno, long birth, int slot) {
    tree.branches.child(pgno, birth, slot, step);
  }

  private int children(long pgno, long birth) {
    long address = tree.pages.locate(pgno, birth);
    return count(tree.branches.header(tree.pages.segment(address), tree.pages.offset(address)));
  }

  private int slot(long pgno, long birth, int level, @Nullable KeyBuffer key, int ifNone) {
    if (key == null) {
      return ifNone;
    }
    long _ = tree.branches.search(pgno, birth, level, key);
    return key.step.slot;
  }

  private int leafSlot(long pgno, long birth, KeyBuffer key) {
    long address = tree.pages.locate(pgno, birth);
    MemorySegment page = tree.pages.segment(address);
    long base = tree.pages.offset(address);
    int found = tree.leaves.find(page, base, tree.leaves.header(page, base), key);
    return found < 0 ? ~found : found;
  }

  /** Returns the entries below the children [from, to) of a branch. */
  long below(long pgno, long birth, int levelsBelow, int from, int to) {
    long address = tree.pages.locate(pgno, birth);
    MemorySegment page = tree.pages.segment(address);
    long base = tree.pages.offset(address);
    if (tree.counted) {
      long word = tree.branches.countedHeader(page, base, levelsBelow);
      return ChildCounts.sum(tree.branches, page, base, word, from, to);
    }
    int children = count(tree.branches.header(page, base));
    long entries = 0;
    for (int slot = from; slot < to; slot++) {
      entries +=
          below(
              tree.branches.childPgno(page, base, children, slot),
              tree.branches.childBirth(page, base, children, slot),
              levelsBelow - 1);
    }
    return entries;
  }

  /** Returns the entries below a page. */
  long below(long pgno, long birth, int levelsBelow) {
    if (--pagesLeft < 0) {
      throw new CorruptFileException(
          tree.pages.name(), pgno, "a tree has more pages than its root says, or this one twice");
    }
    long address = tree.pages.locate(pgno, birth);
    MemorySegment page = tree.pages.segment(address);
    long base = tree.pages.offset(address);
    return levelsBelow == 0
        ? count(tree.leaves.header(page, base))
        : below(pgno, birth, levelsBelow, 0, count(tree.branches.header(page, base)));
  }

  /**
   * Points a step at the child that has the entry with a number.
   *
   * @param index entries of the branch before that entry
   * @return entries of the child before it
   */
  long search(long pgno, long birth, int levelsBelow, long index, BranchStep step) {
    long address = tree.pages.locate(pgno, birth);
    MemorySegment page = tree.pages.segment(address);
    long base = tree.pages.offset(address);
    long word = tree.branches.header(page, base);
    if (tree.counted) {
      tree.branches.checkCounts(page, base, word, true, levelsBelow);
    }
    int children = count(word);
    long left = index;
    int slot = 0;
    for (; slot < children - 1; slot++) {
      long entries =
          tree.counted
              ? tree.branches.entries(page, base, word, slot)
              : below(pgno, birth, levelsBelow, slot, slot + 1);
      if (left < entries) {
        break;
      }
      left -= entries;
    }
    tree.branches.child(pgno, birth, slot, step);
    return left;
  }
}
