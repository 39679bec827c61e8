package dev.pando.btree;

import static dev.pando.btree.NodeLayout.HEADS;
import static dev.pando.btree.NodeLayout.HEAD_BYTES;
import static dev.pando.btree.NodeLayout.INT;
import static dev.pando.btree.NodeLayout.LONG;
import static dev.pando.btree.NodeLayout.OFFSET_BYTES;
import static dev.pando.btree.NodeLayout.SHORT;
import static dev.pando.btree.NodeLayout.SLOT_BYTES;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;

/**
 * What leaves and branches share: the header, the heads and the offsets. Pages are given as
 * (memory, base) and never as slices, so that reading allocates nothing. Whatever a page says is
 * checked against the page's bounds before it is used: a checksum proves that we wrote a page, not
 * that a file is friendly.
 */
abstract sealed class NodeReader permits LeafReader, BranchReader {
  final PageReader pages;
  final int pageSize;
  private final int maxPrefix;

  NodeReader(PageReader pages) {
    this.pages = pages;
    this.pageSize = pages.pageSize();
    this.maxPrefix = Tree.maxKey(pageSize);
  }

  /**
   * The header's fields from type to prefix as one word, checked: of the wanted type, and heads,
   * offsets and cells fit the page. Take it apart with {@link #count} and {@link #prefix}.
   */
  final long header(MemorySegment page, long base, byte type) {
    long word = page.get(LONG, base + PageHeader.TYPE);
    if ((byte) word != type) {
      throw corrupt(page, base, "page type is " + (word & 0xFF) + " where " + type + " belongs");
    }
    if (HEADS + SLOT_BYTES * count(word) + cellBytes(word) > pageSize || prefix(word) > maxPrefix) {
      throw corrupt(
          page,
          base,
          "%d cells of %d bytes with prefix %d do not fit a page of %d bytes"
              .formatted(count(word), cellBytes(word), prefix(word), pageSize));
    }
    return word;
  }

  /** Cells in the page of a {@link #header} word. */
  static int count(long word) {
    return (int) (word >>> 16) & 0xFFFF;
  }

  /** Bytes of all cells in the page of a {@link #header} word. */
  static int cellBytes(long word) {
    return (int) (word >>> 32) & 0xFFFF;
  }

  /** Key bytes that the heads skip in the page of a {@link #header} word. */
  static int prefix(long word) {
    return (int) (word >>> 48);
  }

  /** Bytes free for more cells and their slots in the page of a {@link #header} word. */
  final int free(long word) {
    return pageSize - HEADS - SLOT_BYTES * count(word) - cellBytes(word);
  }

  static int head(MemorySegment page, long base, int slot) {
    return page.get(INT, base + HEADS + (long) HEAD_BYTES * slot);
  }

  /**
   * The first slot in [from, count) whose head is not below {@code head}; count if there is none.
   */
  static int lowerBound(MemorySegment page, long base, int from, int count, int head) {
    int low = from;
    int size = count - from;
    int wanted = head + Integer.MIN_VALUE;
    while (size > 0) {
      int half = size >>> 1;
      int middle = low + half;
      if (head(page, base, middle) + Integer.MIN_VALUE < wanted) {
        low = middle + 1;
        size -= half + 1;
      } else {
        size = half;
      }
    }
    return low;
  }

  /** The end of the slots from {@code first} on that carry the same head as {@code first} does. */
  static int endOfTies(MemorySegment page, long base, int first, int count, int head) {
    if (first + 1 >= count || head(page, base, first + 1) != head) {
      return first + 1;
    }
    return head == -1 ? count : lowerBound(page, base, first + 1, count, head + 1);
  }

  /** Where a slot's cell begins, relative to the page. */
  final int cell(MemorySegment page, long base, int count, int slot) {
    int cell =
        page.get(SHORT, base + HEADS + (long) HEAD_BYTES * count + (long) OFFSET_BYTES * slot)
            & 0xFFFF;
    if (cell < HEADS + SLOT_BYTES * count || cell >= pageSize - 1) {
      throw corrupt(page, base, "cell %d begins at %d, outside of the cells".formatted(slot, cell));
    }
    return cell;
  }

  /** Refuses a cell that runs over the end of its page. */
  final void checkCellEnd(MemorySegment page, long base, int cell, long length) {
    if (length > pageSize - cell) {
      throw corrupt(
          page,
          base,
          "the cell at %d has %d bytes, the page ends after %d"
              .formatted(cell, length, pageSize - cell));
    }
  }

  final CorruptFileException corrupt(MemorySegment page, long base, String reason) {
    return new CorruptFileException(pages.name(), PageHeader.pgno(page, base), reason);
  }
}
