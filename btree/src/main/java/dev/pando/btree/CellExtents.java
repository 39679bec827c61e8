package dev.pando.btree;

import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * That the cells of a node stand beside each other and fill what the header says they take, and
 * that their keys and births are what they may be. Readers check the one cell that they look at; a
 * writer moves cells about and relies on all of them, or it would write over other pages. So each
 * page of an older transaction is checked once when it is changed, in the copy, which is in the
 * cache by then: a file may have been made to do harm, with right checksums.
 *
 * <p>In cells that stand side by side each begins where the one before ends: their beginnings and
 * their ends are the same offsets, but for the first beginning and the last end. Only such cells
 * have that property: each leads forward, from its beginning to its end, and as many begin at an
 * offset as end there, so all are one way. Therefore the sums of a number for each beginning and
 * for each end are compared, numbers drawn at random, which nobody who makes a file can know.
 */
final class CellExtents {
  private static final long SEED = new SplittableRandom().nextLong();

  private final Slice key = new Slice();

  /** Refuses a copy of a leaf of another birth that a writer must not change. */
  void checkLeaf(LeafReader leaves, MemorySegment page, long base, long birth) {
    long word = leaves.header(page, base);
    int maxKey = NodeLayout.maxKey(leaves.pageSize);
    long sum = 0;
    for (int slot = 0; slot < NodeReader.count(word); slot++) {
      int cell = leaves.cell(page, base, word, slot);
      int tags = LeafReader.tags(page, base, cell);
      int keyLength = tags & 0xFF;
      int length = LeafLayout.TAGS + keyLength + (tags >>> Byte.SIZE);
      if (LeafReader.areShort(tags)) {
        leaves.checkCellEnd(page, base, leaves.size(word), cell, length);
      } else {
        leaves.entry(page, base, word, slot, key, null);
        keyLength = (int) key.length;
        length = leaves.cellLength(page, base, word, slot);
        checkRun(leaves, page, base, word, slot, birth);
      }
      checkKey(leaves, page, base, slot, keyLength, 1, maxKey);
      sum += random(cell) - random(cell + length);
    }
    check(leaves, page, base, word, sum);
  }

  private static void checkRun(
      LeafReader leaves, MemorySegment page, long base, long word, int slot, long birth) {
    leaves.references(
        page, base, word, slot, run -> checkBirth(leaves, page, base, slot, run.birth(), birth));
  }

  /** Refuses a copy of a branch of another birth that a writer must not change. */
  void checkBranch(BranchReader branches, MemorySegment page, long base, long birth) {
    long word = branches.header(page, base, PageHeader.BRANCH);
    int maxKey = NodeLayout.maxKey(branches.pageSize);
    int count = NodeReader.count(word);
    long sum = 0;
    for (int slot = 0; slot < count; slot++) {
      int cell = branches.checkedCell(page, base, count, slot);
      sum += random(cell) - random(cell + branches.cellLength(page, base, count, slot));
      branches.separator(page, base, count, slot, key);
      checkKey(branches, page, base, slot, (int) key.length, 0, maxKey);
      checkBirth(branches, page, base, slot, BranchReader.cellBirth(page, base, cell), birth);
    }
    check(branches, page, base, word, sum);
  }

  /**
   * As SplitMix64 does it: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
   */
  private static long random(int offset) {
    long z = SEED + offset * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static void check(NodeReader reader, MemorySegment page, long base, long word, long sum) {
    int size = reader.size(word);
    int start = size - NodeReader.cellBytes(word);
    if (NodeReader.count(word) == 0 || sum != random(start) - random(size)) {
      throw reader.corrupt(
          page,
          base,
          "its %d cells do not stand side by side from %d to %d",
          NodeReader.count(word),
          start,
          size);
    }
  }

  private static void checkKey(
      NodeReader reader, MemorySegment page, long base, int slot, int length, int least, int most) {
    if (length < least || length > most) {
      throw reader.corrupt(
          page, base, "key %d has %d bytes, allowed: %d to %d", slot, length, least, most);
    }
  }

  /** What a page refers to is not younger; a page of the running transaction would be its own. */
  private static void checkBirth(
      NodeReader reader, MemorySegment page, long base, int slot, long birth, long most) {
    if (birth > most) {
      throw reader.corrupt(
          page, base, "cell %d refers to a page born in %d, allowed: up to %d", slot, birth, most);
    }
  }
}
