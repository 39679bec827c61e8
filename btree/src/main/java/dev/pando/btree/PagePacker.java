package dev.pando.btree;

import static dev.pando.btree.NodeReader.count;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Fills pages: each leaf takes entries of the leaf after it, under the same branch, until it is
 * full, and branches are merged. After many deletes in random order pages are a quarter to a half
 * full, and stay so.
 */
public final class PagePacker {
  /** A page is visited once, and again for each one that it takes in. */
  private static final long VISITS = 3;

  /** The number of leaves that {@link #sampleFill} reads. */
  static final int SAMPLE = 64;

  private PagePacker() {}

  /**
   * Fills a part of the pages of one level.
   *
   * @param above levels above the leaves; 0 for the leaves
   * @param from the key at which an earlier call stopped; null for the beginning
   * @param most pages to change in this call, approximately
   * @return the key to go on from; null at the end of the tree
   */
  public static byte @Nullable [] pack(
      TreeWriter tree, int above, byte @Nullable [] from, int most) {
    if (tree.depth == 0) {
      return null;
    }
    KeyBuffer key = new KeyBuffer(Tree.maxKey(tree.pages.pageSize()));
    if (from != null) {
      key.set(from);
    } else {
      key.length(0);
    }
    int changed = 0;
    long visits = VISITS * (tree.branchPages + tree.leafPages);
    while (changed < most) {
      if (--visits < 0) { // a crafted file's keys need not lead on
        throw new CorruptFileException(
            tree.pages.name(),
            tree.rootPgno,
            "a tree has more pages than its root says, or keys that lead back");
      }
      Underflow.Filling done = tree.fillPage(key, above);
      changed += done == Underflow.Filling.NOTHING ? 0 : 1;
      if (done != Underflow.Filling.MERGED && !tree.moveToNextPage(key, above)) {
        return null;
      }
    }
    return key.toArray();
  }

  /** Returns how much of a tree's leaves is in use, from 0 to 1; reads all of them. */
  public static double fill(Tree tree) {
    Fill all = new Fill(tree);
    TreePages.visit(
        tree,
        (pgno, birth, _, type) -> {
          if (type == PageHeader.LEAF) {
            all.add(pgno, birth, 1);
          }
        });
    return all.share();
  }

  /**
   * As {@link #fill}, of 64 leaves that are spread evenly over the tree, or of all if there are no
   * more. It reads these and the branches above them.
   */
  public static double sampleFill(Tree tree) {
    if (tree.leafPages <= SAMPLE) {
      return fill(tree);
    }
    Fill sample = new Fill(tree);
    KeyShares shares = new KeyShares(tree);
    for (int i = 0; i < SAMPLE; i++) {
      double _ = shares.moveTo((i + 0.5) / SAMPLE);
      sample.add(shares.pgno(), shares.birth(), shares.weight());
    }
    return sample.share();
  }

  /** Adds up how much of leaves is in use. */
  private static final class Fill {
    private final Tree tree;
    private double used;
    private double room;

    Fill(Tree tree) {
      this.tree = tree;
    }

    /** Adds a leaf that stands for so many. */
    void add(long pgno, long birth, double weight) {
      long address = tree.pages.locate(pgno, birth);
      MemorySegment page = tree.pages.segment(address);
      long base = tree.pages.offset(address);
      long word = tree.leaves.header(page, base);
      int bytes = tree.leaves.size(word) - NodeLayout.HEADS;
      used += weight * (count(word) == 0 ? 0 : bytes - tree.leaves.free(word));
      room += weight * bytes;
    }

    double share() {
      return room == 0 ? 1 : used / room;
    }
  }
}
