package dev.pando.btree;

import dev.pando.pager.PageReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Gets of several keys in steps that all keys take together. The loads of a step do not depend on
 * each other, so the memory serves several of them at once. A single get waits for each of its
 * loads. Not thread-safe: the memory of one call at a time.
 *
 * <p>Fill the first {@link #key}s, {@link #find} them, and take each {@link #value}. Between these
 * calls the tree must not change.
 *
 * <p>See DECISIONS.md, 'Batched gets'.
 */
public final class BatchedGet {
  /** The most keys of one batch. */
  public static final int SIZE = 32;

  /** In place of a slot: no head of the leaf is the key's. */
  private static final int ABSENT = -1;

  /** Bytes of a cache line. */
  private static final int LINE = 64;

  private final KeyBuffer[] keys = new KeyBuffer[SIZE];
  private final BatchedDescent descent = new BatchedDescent();
  private final long[] leaves = new long[SIZE];
  private final long[] words = new long[SIZE];
  private final int[] slots = new int[SIZE];

  /** Written only so that the JIT compiler keeps the loads of the lines that are needed later. */
  @SuppressWarnings("unused")
  private long touched;

  /**
   * Makes memory for batches.
   *
   * @param capacity the longest key it holds, in bytes
   */
  public BatchedGet(int capacity) {
    // An odd number of lines, or all keys would compete for the same few sets of the cache.
    int lines = (capacity + KeyBuffer.PADDING + LINE - 1) / LINE | 1;
    MemorySegment memory = Arena.ofAuto().allocate((long) SIZE * lines * LINE, LINE);
    for (int i = 0; i < SIZE; i++) {
      keys[i] =
          new KeyBuffer(memory.asSlice((long) i * lines * LINE, (long) lines * LINE), capacity);
    }
  }

  /** Lets the garbage collector free what it found. */
  public void forget() {
    descent.forget();
  }

  /** The key at an index, below {@link #SIZE}, to be set before {@link #find}. */
  public KeyBuffer key(int index) {
    return keys[index];
  }

  /**
   * Finds the first keys in a tree.
   *
   * @param count how many
   */
  public void find(Tree tree, int count) {
    if (tree.depth == 0) {
      Arrays.fill(slots, 0, count, ABSENT);
      return;
    }
    descent.run(tree, keys, count);
    locate(tree.pages, count);
    searchHeads(tree, count);
    touchCells(tree, count);
  }

  /** Locates the leaves and loads the lines with their headers and heads. */
  private void locate(PageReader pages, int count) {
    long sum = 0;
    long pgno = -1;
    long birth = -1;
    long address = 0;
    for (int i = 0; i < count; i++) {
      BranchStep step = keys[i].step;
      if (step.pgno != pgno || step.birth != birth) { // sorted keys are often of one leaf
        pgno = step.pgno;
        birth = step.birth;
        address = pages.locate(pgno, birth);
        sum += NodeReader.touchHeads(pages.segment(address), pages.offset(address));
      }
      leaves[i] = address;
    }
    touched += sum;
  }

  private void searchHeads(Tree tree, int count) {
    PageReader pages = tree.pages;
    for (int i = 0; i < count; i++) {
      long address = leaves[i];
      MemorySegment page = pages.segment(address);
      long base = pages.offset(address);
      long word = tree.leaves.header(page, base);
      int wanted = keys[i].head(NodeReader.prefix(word));
      int slot = NodeReader.firstHead(page, base, NodeReader.count(word), wanted);
      words[i] = word;
      slots[i] = NodeReader.isHead(page, base, word, slot, wanted) ? slot : ABSENT;
    }
  }

  /**
   * Loads two lines of each cell: the caller will compare the key in the first one, and then read
   * the value. The second load may be of another cell.
   */
  private void touchCells(Tree tree, int count) {
    PageReader pages = tree.pages;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      if (slots[i] != ABSENT) {
        long address = leaves[i];
        MemorySegment page = pages.segment(address);
        long base = pages.offset(address);
        int cell = tree.leaves.cell(page, base, words[i], slots[i]);
        int next = Math.min(cell + LINE, tree.leaves.size(words[i]) - Long.BYTES);
        sum += LeafReader.tags(page, base, cell) + page.get(NodeLayout.LONG, base + next);
      }
    }
    touched += sum;
  }

  /**
   * Finds the value of a key of the batch.
   *
   * @param tree the tree of {@link #find}, which has not changed since
   * @param value set to the value's bytes in the page if the key is found
   * @return whether the key is there
   */
  public boolean value(Tree tree, int index, Slice value) {
    int slot = slots[index];
    if (slot == ABSENT) {
      return false;
    }
    PageReader pages = tree.pages;
    MemorySegment page = pages.segment(leaves[index]);
    long base = pages.offset(leaves[index]);
    long word = words[index];
    slot = tree.leaves.exactFrom(page, base, word, slot, keys[index]);
    if (slot < 0) {
      return false;
    }
    tree.leaves.entry(page, base, word, slot, null, value);
    return true;
  }
}
