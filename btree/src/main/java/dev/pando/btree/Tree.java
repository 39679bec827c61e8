package dev.pando.btree;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageReader;
import dev.pando.pager.TreeRoot;
import dev.pando.pager.TreeRootLayout;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One ordered map of byte keys to byte values, read from pages that never change while their
 * snapshot lives. A tree holds no page itself. Not thread-safe: one tree object a transaction.
 */
public sealed class Tree extends TreeState permits TreeWriter {
  final PageReader pages;
  final LeafReader leaves;
  final BranchReader branches;

  /**
   * Makes a tree of a snapshot.
   *
   * @param pages the snapshot's pages
   * @param root the tree's root and counts, as read from the file
   * @throws CorruptFileException if the depth is not one that a tree can have
   */
  public Tree(PageReader pages, TreeRoot root) {
    super(root);
    this.pages = pages;
    this.leaves = new LeafReader(pages, counted);
    this.branches = new BranchReader(pages);
    if (root.depth() < 0
        || root.depth() > TreeRootLayout.MAX_DEPTH
        || root.isEmpty() != (root.depth() == 0)) {
      throw new CorruptFileException(
          pages.name(),
          root.pgno(),
          "a tree of depth "
              + root.depth()
              + ", allowed 1 to "
              + TreeRootLayout.MAX_DEPTH
              + ", or 0 when empty");
    }
  }

  /** Returns the longest key, in bytes: two cells with such keys always fit a page. */
  public static int maxKey(int pageSize) {
    return NodeLayout.maxKey(pageSize);
  }

  /** Returns the tree's present root, with its counts. */
  public final TreeRoot root() {
    return new TreeRoot(
        rootPgno, rootBirth, depth, entries, branchPages, leafPages, overflowPages, counted);
  }

  /** Returns the number of keys in the tree. */
  public final long entries() {
    return entries;
  }

  /**
   * Finds a key's value.
   *
   * @param value set to the value's bytes in the page if the key is found
   * @return whether the key is there
   */
  public final boolean get(KeyBuffer key, Slice value) {
    return find(key, value);
  }

  /** Whether the key is there. */
  public final boolean contains(KeyBuffer key) {
    return find(key, null);
  }

  private boolean find(KeyBuffer key, @Nullable Slice value) {
    if (depth == 0) {
      return false;
    }
    long pgno = rootPgno;
    long birth = rootBirth;
    HeapBranch branch = depth == 1 ? null : branches.decoded(pgno, birth);
    for (int level = depth - 1; level > 0; level--) {
      if (branch != null) {
        int slot = branch.search(key);
        pgno = branch.childPgno(slot);
        birth = branch.childBirth(slot);
        branch = level == 1 ? null : branches.decoded(branch, slot);
      } else {
        branches.searchPage(pgno, birth, level, key);
        pgno = key.step.pgno;
        birth = key.step.birth;
        branch = level == 1 ? null : branches.decoded(pgno, birth);
      }
    }
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    key.touched(NodeReader.touchHeads(page, base));
    long word = leaves.header(page, base);
    int slot = leaves.findExact(page, base, word, key);
    if (slot < 0) {
      return false;
    }
    if (value != null) {
      leaves.entry(page, base, word, slot, null, value);
    }
    return true;
  }

  /**
   * Returns the number of keys from one key, included, to another, excluded. Neither need be there.
   * Reads a page or two a level of a counted tree, and else a line of each leaf between them.
   *
   * @param from null for the first key
   * @param to null for the end of the tree
   */
  public final long countBetween(@Nullable KeyBuffer from, @Nullable KeyBuffer to) {
    if (depth == 0 || (from == null && to == null)) {
      return entries;
    }
    long found = new EntryCounts(this).between(from, to);
    if (found < 0 || found > entries) { // sums of a crafted file's counts overflow
      throw new CorruptFileException(
          pages.name(),
          rootPgno,
          "a tree has %d entries between two keys, allowed: %d, which its root says"
              .formatted(found, entries));
    }
    return found;
  }

  /**
   * Estimates the share of the entries that are less than a key, which need not be there: 0 to 1.
   * Reads one page a level.
   */
  public final double share(KeyBuffer key) {
    return depth == 0 ? 0 : new KeyShares(this).before(key);
  }

  /**
   * Finds the key of the entry before which about this share of the entries is. Reads one page a
   * level.
   *
   * @param share 0 or more, less than 1
   * @param key set to the key's bytes in the page
   * @return false if the tree is empty
   */
  public final boolean keyAt(double share, Slice key) {
    return depth != 0 && new KeyShares(this).keyAt(share, key);
  }

  /** Returns a cursor over this tree, which is on no entry yet. */
  public Cursor cursor() {
    return new Cursor(this);
  }
}
