package dev.pando.btree;

import static dev.pando.btree.BranchLayout.SEPARATOR;
import static dev.pando.btree.BranchLayout.SEPARATOR_LENGTH;
import static dev.pando.btree.NodeLayout.BYTE;
import static dev.pando.btree.NodeLayout.LONG;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.SHORT;
import static dev.pando.btree.NodeLayout.U48_MASK;

import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;

/** Reads branch pages. */
final class BranchReader extends NodeReader {
  BranchReader(PageReader pages) {
    super(pages);
  }

  long header(MemorySegment page, long base) {
    long word = header(page, base, PageHeader.BRANCH);
    if (count(word) == 0) {
      throw corrupt(page, base, "a branch page without a child");
    }
    return word;
  }

  /** The slot whose child holds the key: the last separator that is not above it. */
  int find(MemorySegment page, long base, long word, KeyBuffer key) {
    int count = count(word);
    if (count == 1) {
      return 0;
    }
    int prefix = prefix(word);
    if (prefix > 0) {
      int order = comparePrefix(page, base, count, prefix, key);
      if (order != 0) {
        return order < 0 ? 0 : count - 1;
      }
    }
    int head = key.head(prefix);
    int low = lowerBound(page, base, 1, count, head);
    if (low == count || head(page, base, low) != head) {
      return low - 1;
    }
    int high = endOfTies(page, base, low, count, head);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(page, base, count, middle, key) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  /** Compares a key with a slot's separator: negative if the key is before it. */
  private int compare(MemorySegment page, long base, int count, int slot, KeyBuffer key) {
    int cell = cell(page, base, count, slot);
    int length = separatorLength(page, base, cell);
    int start = separatorStart(cell, length);
    checkCellEnd(page, base, start, length);
    return KeyOrder.compare(key.segment(), 0, key.length(), page, base + start, length);
  }

  private int comparePrefix(MemorySegment page, long base, int count, int prefix, KeyBuffer key) {
    int cell = cell(page, base, count, 1);
    int start = separatorStart(cell, separatorLength(page, base, cell));
    checkCellEnd(page, base, start, prefix);
    int length = Math.min(key.length(), prefix);
    return KeyOrder.compare(key.segment(), 0, length, page, base + start, prefix);
  }

  /** The child of the cell at {@link #checkedCell}. */
  static long cellPgno(MemorySegment page, long base, int cell) {
    return page.get(LONG, base + cell) & U48_MASK;
  }

  /** The birth of the child of the cell at {@link #checkedCell}. */
  static long cellBirth(MemorySegment page, long base, int cell) {
    // The eight bytes that end with the birth: those that begin with it may leave the page.
    return page.get(LONG, base + cell + BranchLayout.BIRTH - Short.BYTES) >>> Short.SIZE;
  }

  long childPgno(MemorySegment page, long base, int count, int slot) {
    return cellPgno(page, base, checkedCell(page, base, count, slot));
  }

  long childBirth(MemorySegment page, long base, int count, int slot) {
    return cellBirth(page, base, checkedCell(page, base, count, slot));
  }

  /** Points {@code out} at a slot's separator; empty in slot 0. */
  void separator(MemorySegment page, long base, int count, int slot, Slice out) {
    int cell = checkedCell(page, base, count, slot);
    int length = separatorLength(page, base, cell);
    int start = separatorStart(cell, length);
    checkCellEnd(page, base, start, length);
    out.set(page, base + start, length);
  }

  /** Bytes of a slot's cell. */
  int cellLength(MemorySegment page, long base, int count, int slot) {
    int cell = checkedCell(page, base, count, slot);
    int length = separatorLength(page, base, cell);
    checkCellEnd(page, base, cell, BranchLayout.cell(length));
    return BranchLayout.cell(length);
  }

  /** Where a slot's cell begins; its child and its separator's length are inside the page. */
  int checkedCell(MemorySegment page, long base, int count, int slot) {
    int cell = cell(page, base, count, slot);
    checkCellEnd(page, base, cell, SEPARATOR);
    return cell;
  }

  private int separatorLength(MemorySegment page, long base, int cell) {
    checkCellEnd(page, base, cell, SEPARATOR);
    int length = page.get(BYTE, base + cell + SEPARATOR_LENGTH) & 0xFF;
    if (length < LONG_KEY) {
      return length;
    }
    checkCellEnd(page, base, cell, SEPARATOR + Short.BYTES);
    return page.get(SHORT, base + cell + SEPARATOR) & 0xFFFF;
  }

  private static int separatorStart(int cell, int length) {
    return cell + SEPARATOR + (length >= LONG_KEY ? Short.BYTES : 0);
  }
}
