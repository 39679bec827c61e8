package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The path from the root to one leaf of a tree that is being written; it makes its pages editable.
 * Level 0 is the root, level depth-1 the leaf; {@code slot[level]} is the child on the path.
 */
final class WritePath {
  /** Levels for which a path first has room: few trees have more. */
  private static final int USUAL_LEVELS = 4;

  private static final long[] NO_LEVELS = new long[0];

  private final TreeState tree;
  private final PageAllocator pages;
  private final LeafReader leaves;
  private final BranchReader branches;
  private final NodeWriter nodes;
  private final CellExtents extents;
  private final ChildCounts counts;

  // One element a level, and one more: a transaction may have many trees.
  private long[] pgno = NO_LEVELS;
  private long[] birth = NO_LEVELS;
  private long[] address = NO_LEVELS;
  private int[] slot = new int[0];
  private int[] children = new int[0];

  /** Of a counted tree: the offset of the count of the child on the path; 0 if not known. */
  private int[] countAt = new int[0];

  private boolean leftmost;
  private boolean rightmost;

  /** Whether the path still leads to a leaf: false after a change to the branches. */
  private boolean valid;

  private long version;

  /** Whether recent keys were close together, so that trying the last leaf first pays. */
  private boolean clustered;

  WritePath(WriteContext context) {
    this.tree = context.tree;
    this.pages = context.pages;
    this.leaves = context.leaves;
    this.branches = context.branches;
    this.nodes = context.nodes;
    this.extents = context.extents;
    this.counts = context.counts;
  }

  /** Forgets the path, since branches changed: the next {@link #find} starts at the root. */
  void invalidate() {
    valid = false;
  }

  /** Whether the path still leads to a leaf. */
  boolean isValid() {
    return valid;
  }

  int leafLevel() {
    return tree.depth - 1;
  }

  long pgno(int level) {
    return pgno[level];
  }

  MemorySegment page(int level) {
    return pages.segment(address(level));
  }

  long base(int level) {
    return pages.offset(address(level));
  }

  private long address(int level) {
    if (address[level] == BranchReader.ON_HEAP) {
      address[level] = pages.locate(pgno[level], birth[level]);
    }
    return address[level];
  }

  int slot(int level) {
    return slot[level];
  }

  /** Returns the children of a branch of the path. */
  int children(int level) {
    return children[level];
  }

  /** Whether no key in the tree is greater than the leaf's keys. */
  boolean rightmost() {
    return rightmost;
  }

  /** Whether no key in the tree is less than the leaf's keys. */
  boolean leftmost() {
    return leftmost;
  }

  /** Moves to a key's leaf; returns its slot there, or {@code ~slot} of its place if absent. */
  int find(KeyBuffer key) {
    if (valid && clustered && version == pages.version()) {
      int found = findInLastLeaf(key);
      if (found != NOT_HERE) {
        return found;
      }
    }
    long last = valid ? pgno[leafLevel()] : 0;
    int found = descend(key);
    clustered = rightmost || pgno[leafLevel()] == last;
    return found;
  }

  private static final int NOT_HERE = Integer.MIN_VALUE;

  /** Searches only the last call's leaf: keys between its first and last key belong there. */
  private int findInLastLeaf(KeyBuffer key) {
    int level = leafLevel();
    MemorySegment page = page(level);
    long base = base(level);
    long word = leaves.header(page, base);
    int count = count(word);
    if (count == 0) {
      return NOT_HERE;
    }
    if (rightmost && leaves.isAboveLast(page, base, word, key)) {
      return ~count;
    }
    int found = leaves.find(page, base, word, key);
    boolean inside = found >= 0 || (~found > 0 && ~found < count) || (~found == 0 && leftmost);
    return inside ? found : NOT_HERE;
  }

  private int descend(KeyBuffer key) {
    version = pages.version();
    leftmost = true;
    rightmost = true;
    long childPgno = tree.rootPgno;
    long childBirth = tree.rootBirth;
    int leaf = leafLevel();
    if (leaf + 1 >= slot.length) {
      addLevels(leaf + 2);
    }
    for (int level = 0; level < leaf; level++) {
      pgno[level] = childPgno;
      birth[level] = childBirth;
      address[level] = branches.search(childPgno, childBirth, leaf - level, key);
      BranchStep step = key.step;
      slot[level] = step.slot;
      children[level] = step.children;
      countAt[level] = 0;
      leftmost &= step.slot == 0;
      rightmost &= step.slot == step.children - 1;
      childPgno = step.pgno;
      childBirth = step.birth;
    }
    set(leaf, childPgno, childBirth);
    valid = true;
    long word = leaves.header(page(leaf), base(leaf));
    return leaves.find(page(leaf), base(leaf), word, key);
  }

  private void addLevels(int needed) {
    int count = Math.max(needed, USUAL_LEVELS);
    pgno = Arrays.copyOf(pgno, count);
    birth = Arrays.copyOf(birth, count);
    address = Arrays.copyOf(address, count);
    children = Arrays.copyOf(children, count);
    countAt = Arrays.copyOf(countAt, count);
    slot = Arrays.copyOf(slot, count); // last: find reads its length
  }

  private void set(int level, long newPgno, long newBirth) {
    pgno[level] = newPgno;
    birth[level] = newBirth;
    address[level] = pages.locate(newPgno, newBirth);
  }

  /**
   * Sets a key to the least one that belongs to the next page of a level; false if the path's page
   * is the last one there.
   *
   * @param separator set to the bytes of that key in their page
   */
  boolean nextPage(int pageLevel, KeyBuffer key, Slice separator) {
    for (int level = pageLevel - 1; level >= 0; level--) {
      int next = slot[level] + 1;
      if (next < children[level]) {
        branches.separator(page(level), base(level), children[level], next, separator);
        key.set(separator.segment, separator.offset, (int) separator.length);
        return true;
      }
    }
    return false;
  }

  /** Makes every page of the path editable, from the root down; copies pages where needed. */
  void edit() {
    edit(tree.depth);
  }

  /** Makes the first pages of the path editable. */
  void edit(int levels) {
    for (int level = 0; level < levels; level++) {
      if (!PageAllocator.isDirty(address[level]) || pages.isFrozen(pgno[level])) {
        long edited = pages.edit(pgno[level], birth[level]);
        checkCells(edited, pgno[level], birth[level], level);
        relink(level, edited);
        set(level, edited, pages.txnId());
      }
    }
  }

  /** Checks the cells of a copy, unless this process has written or checked them before. */
  private void checkCells(long edited, long source, long sourceBirth, int level) {
    long copy = pages.locate(edited, pages.txnId());
    MemorySegment page = pages.segment(copy);
    long base = pages.offset(copy);
    boolean leaf = level == leafLevel();
    if (!leaf) { // always: the page may have been checked as one of another kind of tree
      long word = branches.header(page, base, PageHeader.BRANCH);
      branches.checkCounts(page, base, word, tree.counted, leafLevel() - level);
    }
    if (!pages.mustCheckCells(source, sourceBirth)) {
      return;
    }
    if (leaf) {
      extents.checkLeaf(leaves, page, base, sourceBirth);
    } else {
      extents.checkBranch(branches, page, base, sourceBirth);
    }
    pages.cellsChecked(source);
  }

  /**
   * Adds to the number of entries below each branch of the path, which is editable.
   *
   * @param levels how many of its branches, from the root down
   */
  void addEntries(int levels, long more) {
    if (!tree.counted) {
      return;
    }
    for (int level = 0; level < levels; level++) {
      MemorySegment page = page(level);
      long base = base(level);
      if (countAt[level] == 0) {
        long word = branches.header(page, base);
        countAt[level] = branches.countAt(page, base, word, slot[level]);
      }
      int bytes = BranchLayout.countBytes(BranchLayout.countWidth(leafLevel() - level));
      long entries = BranchReader.entries(page, base + countAt[level], bytes) + more;
      nodes.setEntries(page, base, countAt[level], bytes, entries);
    }
  }

  /** Counts the entries below a child again, which was born in this transaction. */
  void recount(int level, int childSlot) {
    if (!tree.counted) {
      return;
    }
    MemorySegment page = page(level);
    long base = base(level);
    long word = branches.header(page, base);
    long child = branches.childPgno(page, base, count(word), childSlot);
    long entries = counts.below(child, leafLevel() - level - 1);
    int at = branches.countAt(page, base, word, childSlot);
    nodes.setEntries(page, base, at, BranchReader.countBytes(word), entries);
  }

  /** Stores the new number of a page of the path in its parent, or as the root. */
  private void relink(int level, long newPgno) {
    if (newPgno == pgno[level] && birth[level] == pages.txnId()) {
      return;
    }
    if (level == 0) {
      tree.moveRoot(newPgno, pages.txnId());
    } else {
      setChild(level - 1, slot[level - 1], newPgno);
    }
  }

  /** Notes that the path's leaf, whose branches are editable, was written to another run. */
  void moveLeaf(long newPgno) {
    int level = leafLevel();
    relink(level, newPgno);
    set(level, newPgno, pages.txnId());
  }

  /** Points a slot of an editable branch at a page born in this transaction. */
  void setChild(int level, int childSlot, long childPgno) {
    int count = count(branches.header(page(level), base(level)));
    nodes.setChild(page(level), base(level), count, childSlot, childPgno, pages.txnId());
  }

  /** Makes a child of an editable branch editable; returns its page number. */
  long editChild(int level, int childSlot) {
    int count = count(branches.header(page(level), base(level)));
    long childPgno = branches.childPgno(page(level), base(level), count, childSlot);
    long childBirth = branches.childBirth(page(level), base(level), count, childSlot);
    long edited = pages.edit(childPgno, childBirth);
    checkCells(edited, childPgno, childBirth, level + 1);
    if (edited != childPgno || childBirth != pages.txnId()) {
      setChild(level, childSlot, edited);
    }
    return edited;
  }

  /** Moves to the new leaf at the right edge, after a split that its parent has taken. */
  void moveToNewRightEdge(long leafPgno) {
    int leaf = leafLevel();
    slot[leaf - 1]++;
    children[leaf - 1]++;
    countAt[leaf - 1] = 0;
    set(leaf, leafPgno, pages.txnId());
    leftmost = false;
  }
}
