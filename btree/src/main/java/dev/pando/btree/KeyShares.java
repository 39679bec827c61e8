package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import java.lang.foreign.MemorySegment;

/**
 * Estimates which share of a tree's entries is less than a key, and finds a key by such a share.
 * Both read one page a level, and count all children of a branch as equally large.
 */
final class KeyShares {
  private final Tree tree;
  private final BranchStep step = new BranchStep();
  private long pgno;
  private long birth;
  private double weight;
  private MemorySegment leaf = MemorySegment.NULL;
  private long leafBase;
  private long leafWord;

  KeyShares(Tree tree) {
    this.tree = tree;
  }

  /** Returns the share of the entries that are less than a key: 0 to 1. */
  double before(KeyBuffer key) {
    pgno = tree.rootPgno;
    birth = tree.rootBirth;
    double share = 0;
    double width = 1;
    for (int level = tree.depth - 1; level > 0; level--) {
      long _ = tree.branches.search(pgno, birth, level, key);
      width /= key.step.children;
      share += width * key.step.slot;
      pgno = key.step.pgno;
      birth = key.step.birth;
    }
    int entries = enterLeaf();
    int found = tree.leaves.find(leaf, leafBase, leafWord, key);
    share += width * (found < 0 ? ~found : found) / Math.max(entries, 1);
    return Math.min(share, 1); // a sum of almost 1 may be rounded up
  }

  /**
   * Points a slice at the key of the entry that has a share of the entries before it.
   *
   * @param share 0 or more, less than 1
   * @return false if the tree has no entry there
   */
  boolean keyAt(double share, Slice key) {
    double left = moveTo(share);
    int entries = enterLeaf();
    if (entries == 0) {
      return false;
    }
    int slot = Math.min((int) (left * entries), entries - 1);
    tree.leaves.entry(leaf, leafBase, leafWord, slot, key, null);
    return true;
  }

  /**
   * Moves to the leaf before which this share of the tree is.
   *
   * @return the share of the leaf that is before it as well
   */
  double moveTo(double share) {
    pgno = tree.rootPgno;
    birth = tree.rootBirth;
    weight = 1;
    double left = share;
    for (int level = tree.depth - 1; level > 0; level--) {
      tree.branches.child(pgno, birth, 0, step); // says how many there are
      int children = step.children;
      left *= children;
      int slot = Math.min((int) left, children - 1); // a product of almost 1 may be rounded up
      left -= slot;
      weight *= children;
      tree.branches.child(pgno, birth, slot, step);
      pgno = step.pgno;
      birth = step.birth;
    }
    return left;
  }

  /** Returns the page number of the leaf of {@link #moveTo}. */
  long pgno() {
    return pgno;
  }

  /** Returns the birth of that leaf. */
  long birth() {
    return birth;
  }

  /**
   * Returns of how many leaves that leaf is a sample. It is found the less often, the more children
   * the branches above it have.
   */
  double weight() {
    return weight;
  }

  /** Returns how many entries the leaf has. */
  private int enterLeaf() {
    long address = tree.pages.locate(pgno, birth);
    leaf = tree.pages.segment(address);
    leafBase = tree.pages.offset(address);
    leafWord = tree.leaves.header(leaf, leafBase);
    return count(leafWord);
  }
}
