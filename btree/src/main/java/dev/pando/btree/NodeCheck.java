package dev.pando.btree;

import static dev.pando.btree.NodeReader.cellBytes;
import static dev.pando.btree.NodeReader.count;
import static dev.pando.btree.NodeReader.prefix;

import dev.pando.pager.PageHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks one leaf or branch page by itself, and its keys against the bounds from above. */
final class NodeCheck {
  private final Tree tree;
  private final Consumer<String> problems;
  private final Slice previous = new Slice();
  private final Slice current = new Slice();

  NodeCheck(Tree tree, Consumer<String> problems) {
    this.tree = tree;
    this.problems = problems;
  }

  void checkLeaf(
      MemorySegment page, long base, long word, byte @Nullable [] low, byte @Nullable [] high) {
    int count = count(word);
    if (count == 0) {
      report(page, base, "an empty leaf");
      return;
    }
    checkCells(tree.leaves, page, base, word);
    for (int i = 0; i < count; i++) {
      tree.leaves.entry(page, base, word, i, current, null);
      if (current.length > Tree.maxKey(tree.leaves.pageSize)) {
        report(page, base, "cell " + i + " has a key of " + current.length + " bytes");
      }
      checkKey(page, base, i, i > 0, prefix(word), low, high);
      previous.set(current.segment, current.offset, current.length);
    }
    boolean shares = SharedKeys.any(tree.leaves, page, base, word);
    if (shares != NodeReader.sharesKeys(word)) {
      report(
          page, base, "its flags say " + (shares ? "no" : "a") + " key has bytes in another cell");
    }
    int stray = shares ? SharedKeys.stray(tree.leaves, page, base, word) : SharedKeys.NONE;
    if (stray >= 0) {
      report(page, base, "beginning " + stray + " is in no whole key, or no key has it");
    }
  }

  void checkBranch(
      MemorySegment page, long base, long word, byte @Nullable [] low, byte @Nullable [] high) {
    int count = count(word);
    checkCells(tree.branches, page, base, word);
    tree.branches.separator(page, base, count, 0, current);
    if (current.length != 0 || NodeReader.head(page, base, 0) != 0) {
      report(page, base, "the first child has a separator");
    }
    if (count == 1 && prefix(word) > 0) {
      report(page, base, "a branch without separators has a prefix of " + prefix(word) + " bytes");
    }
    for (int i = 1; i < count; i++) {
      tree.branches.separator(page, base, count, i, current);
      checkKey(page, base, i, i > 1, prefix(word), low, high);
      previous.set(current.segment, current.offset, current.length);
    }
  }

  /** Checks order, head, prefix and bounds of {@link #current}. */
  private void checkKey(
      MemorySegment page,
      long base,
      int slot,
      boolean hasPrevious,
      int prefix,
      byte @Nullable [] low,
      byte @Nullable [] high) {
    int length = (int) current.length;
    if (hasPrevious) {
      int shared =
          KeyOrder.commonPrefix(
              previous.segment,
              previous.offset,
              (int) previous.length,
              current.segment,
              current.offset,
              length);
      if (shared < prefix) {
        report(page, base, "key " + slot + " does not share the prefix of " + prefix + " bytes");
      }
      if (KeyOrder.compare(previous, current) >= 0) {
        report(page, base, "key " + slot + " is not above the one before it");
      }
    }
    int head = KeyOrder.head(current.segment, current.offset, length, prefix);
    if (length < prefix || head != NodeReader.head(page, base, slot)) {
      report(page, base, "head " + slot + " does not belong to its key");
    }
    if (low != null && KeyOrder.compare(current, MemorySegment.ofArray(low)) < 0) {
      report(page, base, "key " + slot + " is below the page's separator");
    }
    if (high != null && KeyOrder.compare(current, MemorySegment.ofArray(high)) >= 0) {
      report(page, base, "key " + slot + " is not below the next page's separator");
    }
  }

  /** Checks that cells exactly cover the page's end, and that unused bytes before them are zero. */
  private void checkCells(NodeReader reader, MemorySegment page, long base, long word) {
    int shares = tree.counted ? PageHeader.SHARED_KEYS : 0; // checked with the cells
    int known = reader == tree.branches ? PageHeader.COUNT_WIDTH : shares; // and with the level
    int unknown = PageHeader.flags(page, base) & (1 << PageHeader.LEAF_PAGES_SHIFT) - 1 & ~known;
    if (unknown != 0) {
      report(page, base, "unknown flags " + unknown);
    }
    int count = count(word);
    int size = reader.size(word);
    long[] extents = new long[count];
    for (int i = 0; i < count; i++) {
      int length =
          reader instanceof LeafReader leaves
              ? leaves.cellLength(page, base, word, i)
              : tree.branches.cellLength(page, base, word, i);
      extents[i] = (long) reader.cell(page, base, size, count, i) << 32 | length;
    }
    Arrays.sort(extents);
    int expected = size - cellBytes(word);
    for (long extent : extents) {
      if (extent >>> 32 != expected) {
        report(page, base, "a gap or an overlap of cells at " + (extent >>> 32));
        return;
      }
      expected += (int) extent;
    }
    int end = size - (reader == tree.leaves ? Beginnings.listBytes(reader, page, base, word) : 0);
    if (expected != end) {
      report(page, base, "the cells end at " + expected);
    }
    checkZero(
        page,
        base + NodeLayout.HEADS + (long) NodeLayout.SLOT_BYTES * count,
        base + size - cellBytes(word),
        () -> report(page, base, "unused bytes are not zero"));
  }

  static void checkZero(MemorySegment memory, long from, long to, Runnable otherwise) {
    for (long i = from; i < to; i++) {
      if (memory.get(ValueLayout.JAVA_BYTE, i) != 0) {
        otherwise.run();
        return;
      }
    }
  }

  private void report(MemorySegment page, long base, String problem) {
    problems.accept("page " + PageHeader.pgno(page, base) + ": " + problem);
  }
}
