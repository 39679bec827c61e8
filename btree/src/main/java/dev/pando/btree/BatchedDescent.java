package dev.pando.btree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The way of several keys from the root to their leaves. All keys are at the same level, and each
 * step of the searches is made for all of them before the next step: a search waits for the heads
 * that it compares, but not for those of other keys. Not thread-safe.
 */
final class BatchedDescent {
  private final @Nullable HeapBranch[] branches = new HeapBranch[BatchedGet.SIZE];
  private final long[] wanted = new long[BatchedGet.SIZE];

  /** The first child that may be the one. */
  private final int[] slots = new int[BatchedGet.SIZE];

  /** Children that may be the one; 0 if the search has ended. */
  private final int[] left = new int[BatchedGet.SIZE];

  /**
   * Points each key's {@link KeyBuffer#step} at the leaf that holds it.
   *
   * @param tree has a page
   */
  void run(Tree tree, KeyBuffer[] keys, int count) {
    for (int i = 0; i < count; i++) {
      keys[i].step.set(tree.rootPgno, tree.rootBirth, 0, 0);
    }
    for (int level = tree.depth - 1; level > 0; level--) {
      int most = begin(tree.branches, level, keys, count);
      while (most > 1) {
        narrow(count);
        most -= most >>> 1;
      }
      end(keys, count);
    }
  }

  /** Begins the searches of a level; returns the most children of a branch. */
  private int begin(BranchReader reader, int level, KeyBuffer[] keys, int count) {
    HeapBranch branch = null;
    long pgno = -1;
    long birth = -1;
    int most = 0;
    for (int i = 0; i < count; i++) {
      KeyBuffer key = keys[i];
      BranchStep step = key.step;
      if (branch == null || step.pgno != pgno || step.birth != birth) {
        pgno = step.pgno;
        birth = step.birth;
        branch = reader.decoded(pgno, birth);
      }
      left[i] = 0;
      if (branch == null) {
        long _ = reader.searchPage(pgno, birth, level, key);
      } else if (branch.hasPrefixOf(key)) {
        if (branches[i] != branch) { // storing a reference costs the collector's barrier
          branches[i] = branch;
        }
        wanted[i] = branch.wanted(key);
        slots[i] = 0;
        left[i] = branch.children();
        most = Math.max(most, left[i]);
      } else {
        branch.search(key, step);
      }
    }
    return most;
  }

  private void narrow(int count) {
    for (int i = 0; i < count; i++) {
      HeapBranch branch = branches[i];
      int half = left[i] >>> 1;
      if (branch != null && half > 0) {
        slots[i] = branch.narrow(wanted[i], slots[i], half);
        left[i] -= half;
      }
    }
  }

  private void end(KeyBuffer[] keys, int count) {
    for (int i = 0; i < count; i++) {
      HeapBranch branch = branches[i];
      if (branch != null && left[i] > 0) {
        branch.end(keys[i], wanted[i], slots[i], keys[i].step);
      }
    }
  }

  void forget() {
    Arrays.fill(branches, null);
  }
}
