package dev.pando.btree;

import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Checks that the cells of a node are adjacent, and that they fill exactly the bytes that the
 * header says. Checks also that their keys and births are in the allowed range. A reader checks
 * only the cell that it reads. A writer moves cells and relies on all of them: wrong ones would
 * make it overwrite other pages. A crafted file may have valid checksums. So each page of an older
 * transaction is checked once, when it is changed. The check reads the copy, which is in the cache
 * by then.
 *
 * <p>Of adjacent cells, each begins where the one before it ends. Their beginnings and their ends
 * are the same offsets, except for the first beginning and the last end. Only adjacent cells have
 * that property. Each cell leads forward from its beginning to its end, and as many cells begin at
 * an offset as end there. So all cells form one path. The check draws a random number for each
 * offset, and compares the sum over the beginnings with the sum over the ends. The author of a file
 * cannot know these numbers.
 */
final class CellExtents {
  private static final long SEED = new SplittableRandom().nextLong();

  private final Slice key = new Slice();

  /** Refuses a copied leaf of another birth that a writer must not change. */
  void checkLeaf(LeafReader leaves, MemorySegment page, long base, long birth) {
    long word = leaves.header(page, base);
    long sum = 0;
    boolean shares = false;
    for (int slot = 0; slot < NodeReader.count(word); slot++) {
      int cell = leaves.cell(page, base, word, slot);
      int tags = LeafReader.tags(page, base, cell);
      int keyLength = tags & 0xFF;
      int length = LeafLayout.TAGS + keyLength + (tags >>> Byte.SIZE);
      if (LeafReader.areShort(tags)) {
        leaves.checkCellEnd(page, base, leaves.size(word), cell, length);
      } else {
        shares |= leaves.isSharedKey(page, base, cell);
        leaves.entry(page, base, word, slot, key, null);
        keyLength = (int) key.length;
        length = leaves.cellLength(page, base, word, slot);
        checkRun(leaves, page, base, word, slot, birth);
      }
      leaves.checkKeyLength(page, base, cell, keyLength);
      sum += random(cell) - random(cell + length);
    }
    if (shares != NodeReader.sharesKeys(word)) {
      throw leaves.corrupt(
          page, base, "its flags say %s key has bytes in another cell", shares ? "no" : "a");
    }
    int listBytes = Beginnings.listBytes(leaves, page, base, word);
    check(leaves, page, base, word, leaves.size(word) - listBytes, sum);
    int stray = shares ? SharedKeys.stray(leaves, page, base, word) : SharedKeys.NONE;
    if (stray >= 0) {
      throw leaves.corrupt(page, base, "beginning %d is in no whole key, or no key has it", stray);
    }
  }

  private static void checkRun(
      LeafReader leaves, MemorySegment page, long base, long word, int slot, long birth) {
    leaves.references(
        page, base, word, slot, run -> checkBirth(leaves, page, base, slot, run.birth(), birth));
  }

  /** Refuses a copied branch of another birth that a writer must not change. */
  void checkBranch(BranchReader branches, MemorySegment page, long base, long birth) {
    long word = branches.header(page, base, PageHeader.BRANCH);
    int count = NodeReader.count(word);
    long sum = 0;
    for (int slot = 0; slot < count; slot++) {
      int cell = branches.checkedCell(page, base, count, slot);
      sum += random(cell) - random(cell + branches.cellLength(page, base, word, slot));
      branches.separator(page, base, count, slot, key); // checks its length
      checkBirth(branches, page, base, slot, BranchReader.cellBirth(page, base, cell), birth);
    }
    check(branches, page, base, word, branches.size(word), sum);
  }

  /**
   * Mixes as SplitMix64 does: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
   */
  private static long random(int offset) {
    long z = SEED + offset * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static void check(
      NodeReader reader, MemorySegment page, long base, long word, int end, long sum) {
    int start = reader.size(word) - NodeReader.cellBytes(word);
    if (NodeReader.count(word) == 0 || sum != random(start) - random(end)) {
      throw reader.corrupt(
          page,
          base,
          "its %d cells are not adjacent from %d to %d",
          NodeReader.count(word),
          start,
          end);
    }
  }

  /** Refuses a younger birth: the running transaction would take such a page for its own. */
  private static void checkBirth(
      NodeReader reader, MemorySegment page, long base, int slot, long birth, long most) {
    if (birth > most) {
      throw reader.corrupt(
          page, base, "cell %d refers to a page born in %d, allowed: up to %d", slot, birth, most);
    }
  }
}
