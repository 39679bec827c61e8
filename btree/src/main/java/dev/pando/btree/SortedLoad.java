package dev.pando.btree;

import static dev.pando.btree.LeafLayout.LONG_VALUE;
import static dev.pando.btree.LeafLayout.TAGS;
import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.HEAD_BYTES;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.OFFSET_BYTES;
import static dev.pando.btree.NodeLayout.SLOT_BYTES;
import static dev.pando.btree.NodeReader.count;

import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageMemory;
import java.lang.foreign.MemorySegment;

/**
 * Stores entries in ascending order at the end of a tree. A leaf gets all of them that fit at once,
 * and the path to the last leaf is searched once a branch. The pages are as full as after {@link
 * TreeWriter#append} of each entry. Entries that are not small, or whose keys may be shared, are
 * stored by that.
 */
public final class SortedLoad {
  private final TreeWriter tree;
  private final PageAllocator pages;
  private final LeafReader leaves;
  private final NodeWriter nodes;
  private final WritePath path;
  private final LeafPages leafPages;
  private final BranchSplit branchSplit;
  private final KeyBuffer separator;
  private final KeyBuffer key;
  private final Slice low = new Slice();
  private final Slice high = new Slice();

  /** Whether the path leads to the last leaf, which may be changed. */
  private boolean isAtEnd;

  SortedLoad(TreeWriter tree, WriteContext context, WritePath path, LeafPages leafPages) {
    this.tree = tree;
    this.pages = context.pages;
    this.leaves = context.leaves;
    this.nodes = context.nodes;
    this.path = path;
    this.leafPages = leafPages;
    this.branchSplit = new BranchSplit(context, path);
    this.separator = context.separator;
    this.key = new KeyBuffer(NodeLayout.maxKey(leaves.pageSize));
  }

  /**
   * Stores entries whose keys ascend.
   *
   * @param memory has the entries one after the other, each value after its key
   * @param bounds where the key of entry i begins at 2i, its value at 2i + 1, and the next entry at
   *     2i + 2
   * @param from the first entry to store
   * @param to the entry after the last one to store
   * @throws IllegalArgumentException if a key is not greater than the tree's last one; then the
   *     entries before it are stored
   */
  public void append(MemorySegment memory, int[] bounds, int from, int to) {
    tree.beginChange();
    isAtEnd = false;
    int next = from;
    while (next < to) {
      if (isSmall(bounds, next)) {
        next = fill(memory, bounds, next, to);
      } else {
        setKey(memory, bounds, next);
        tree.append(key, memory, bounds[2 * next + 1], valueLength(bounds, next));
        isAtEnd = false;
        next++;
      }
    }
  }

  private void setKey(MemorySegment memory, int[] bounds, int entry) {
    key.set(memory, bounds[2 * entry], keyLength(bounds, entry));
  }

  private static int keyLength(int[] bounds, int entry) {
    return bounds[2 * entry + 1] - bounds[2 * entry];
  }

  private static int valueLength(int[] bounds, int entry) {
    return bounds[2 * entry + 2] - bounds[2 * entry + 1];
  }

  private static long cellLength(int[] bounds, int entry) {
    return LeafLayout.inlineCell(keyLength(bounds, entry), valueLength(bounds, entry));
  }

  private boolean isSmall(int[] bounds, int entry) {
    boolean mayShare = tree.counted && valueLength(bounds, entry) == 0;
    return !mayShare && leafPages.isSmall(cellLength(bounds, entry));
  }

  /** Adds entries to the last leaf, or to a new one if it is full; returns the next entry. */
  private int fill(MemorySegment memory, int[] bounds, int from, int to) {
    if (!isAtEnd) {
      moveToEnd(memory, bounds, from);
    }
    int level = path.leafLevel();
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    int end = fitting(bounds, from, to, leaves.free(word));
    if (end > from) {
      addEntries(end - from);
      addCells(page, base, memory, bounds, from, end);
      return end;
    }
    return fillNew(memory, bounds, from, to);
  }

  private int fillNew(MemorySegment memory, int[] bounds, int from, int to) {
    int level = path.leafLevel();
    int end = fitting(bounds, from, to, NodeLayout.capacity(leaves.pageSize));
    assert end > from : "an entry of " + cellLength(bounds, from) + " bytes is not small";
    addEntries(end - from);
    long right = leafPages.allocate(1);
    long address = pages.locate(right, pages.txnId());
    addCells(pages.segment(address), pages.offset(address), memory, bounds, from, end);
    MemorySegment page = path.page(level);
    long base = path.base(level);
    long word = leaves.header(page, base);
    leaves.entry(page, base, word, count(word) - 1, low, null);
    high.set(memory, bounds[2 * from], keyLength(bounds, from));
    Separators.between(pages, path.pgno(level), low, high, separator);
    pages.finished(path.pgno(level));
    isAtEnd = branchSplit.insertChild(level - 1, right);
    if (isAtEnd) {
      path.moveToNewRightEdge(right);
    }
    return end;
  }

  private void moveToEnd(MemorySegment memory, int[] bounds, int entry) {
    setKey(memory, bounds, entry);
    tree.findEnd(key);
    path.edit();
    isAtEnd = true;
  }

  private void addEntries(int more) {
    tree.addEntries(more);
    path.addEntries(path.leafLevel(), more);
  }

  /** Returns the entry after the last small one that fits in so many bytes with its slot. */
  private int fitting(int[] bounds, int from, int to, int free) {
    int end = from;
    long left = free;
    while (end < to && isSmall(bounds, end)) {
      left -= cellLength(bounds, end) + SLOT_BYTES;
      if (left < 0) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Adds cells at the end of a leaf, in which they fit. */
  private void addCells(
      MemorySegment page, long base, MemorySegment memory, int[] bounds, int from, int to) {
    long word = leaves.header(page, base);
    int before = count(word);
    int count = before + to - from;
    int cellBytes = NodeReader.cellBytes(word);
    for (int entry = from; entry < to; entry++) {
      cellBytes += (int) cellLength(bounds, entry);
    }
    low.set(memory, bounds[2 * from], keyLength(bounds, from));
    high.set(memory, bounds[2 * to - 2], keyLength(bounds, to - 1));
    int prefix = nodes.prefixWith(page, base, word, high.segment, high.offset, (int) high.length);
    if (before == 0 && count > 1) {
      prefix = NodeWriter.sharedPrefix(low, high);
      NodeWriter.setPrefix(page, base, prefix);
    }
    PageMemory.copy(
        page,
        base + HEADS + (long) HEAD_BYTES * before,
        page,
        base + HEADS + (long) HEAD_BYTES * count,
        (long) OFFSET_BYTES * before);
    int at = leaves.size(word) - cellBytes;
    for (int entry = from; entry < to; entry++) {
      int slot = before + entry - from;
      int keyLength = keyLength(bounds, entry);
      NodeWriter.setOffset(page, base, count, slot, at);
      int head = KeyOrder.head(memory, bounds[2 * entry], keyLength, prefix);
      NodeWriter.setHead(page, base, slot, head);
      int valueLength = valueLength(bounds, entry);
      writeCell(page, base + at, memory, bounds[2 * entry], keyLength, valueLength);
      at += (int) LeafLayout.inlineCell(keyLength, valueLength);
    }
    NodeWriter.finish(page, base, count, cellBytes);
  }

  private static void writeCell(
      MemorySegment page, long at, MemorySegment memory, long entry, int keyLength, int length) {
    int tag = Math.min(length, LONG_VALUE);
    PageMemory.put16(page, at, Math.min(keyLength, LONG_KEY) | tag << Byte.SIZE);
    long next = at + TAGS;
    if (keyLength >= LONG_KEY) {
      PageMemory.put16(page, next, keyLength);
      next += Short.BYTES;
    }
    if (tag == LONG_VALUE) {
      PageMemory.put16(page, next, length);
      next += Short.BYTES;
    }
    PageMemory.copy(memory, entry, page, next, (long) keyLength + length);
  }
}
