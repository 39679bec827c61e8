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

  /** Finds the slot whose child holds the key: the last whose separator is not greater than it. */
  int find(MemorySegment page, long base, long word, KeyBuffer key) {
    int count = count(word);
    int prefix = prefix(word);
    int wanted = key.head(prefix);
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Integer.compareUnsigned(wanted, head(page, base, middle));
      if (order == 0) {
        order = compare(page, base, count, middle, key);
      }
      if (order < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    int slot = low - 1;
    return prefix == 0 ? slot : checkPrefix(page, base, count, slot, prefix, key);
  }

  /**
   * Checks the common prefix, after the heads led to a slot. The heads are compared first, as if
   * the key began with the prefix. So only one cell is read, the one whose child is needed anyway.
   *
   * @param slot the slot that the heads lead to
   * @return the slot of the whole key
   */
  private int checkPrefix(
      MemorySegment page, long base, int count, int slot, int prefix, KeyBuffer key) {
    if (count == 1) {
      throw corrupt(page, base, "a branch without separators has a prefix of %d bytes", prefix);
    }
    int cell = cell(page, base, pageSize, count, Math.max(slot, 1));
    int start = separatorStart(cell, separatorLength(page, base, cell));
    checkCellEnd(page, base, pageSize, start, prefix);
    int order = key.comparePrefix(page, base + start, prefix);
    return order == 0 ? slot : order < 0 ? 0 : count - 1;
  }

  /** Compares a key with a slot's separator: negative if the key comes first. */
  private int compare(MemorySegment page, long base, int count, int slot, KeyBuffer key) {
    int cell = cell(page, base, pageSize, count, slot);
    int length = separatorLength(page, base, cell);
    int start = separatorStart(cell, length);
    checkCellEnd(page, base, pageSize, start, length);
    return key.compareTo(page, base + start, length);
  }

  /** Returns the page number of the child of the cell at {@link #checkedCell}. */
  static long cellPgno(MemorySegment page, long base, int cell) {
    return page.get(LONG, base + cell) & U48_MASK;
  }

  /** Returns the birth of the child of the cell at {@link #checkedCell}. */
  static long cellBirth(MemorySegment page, long base, int cell) {
    // Reads the eight bytes that end with the birth: eight from its start may leave the page.
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
    checkCellEnd(page, base, pageSize, start, length);
    out.set(page, base + start, length);
  }

  /** Returns the bytes of a slot's cell. */
  int cellLength(MemorySegment page, long base, int count, int slot) {
    int cell = checkedCell(page, base, count, slot);
    int length = separatorLength(page, base, cell);
    checkCellEnd(page, base, pageSize, cell, BranchLayout.cell(length));
    return BranchLayout.cell(length);
  }

  /** Returns the offset of a slot's cell, whose child and separator length are inside the page. */
  int checkedCell(MemorySegment page, long base, int count, int slot) {
    int cell = cell(page, base, pageSize, count, slot);
    checkCellEnd(page, base, pageSize, cell, SEPARATOR);
    return cell;
  }

  private int separatorLength(MemorySegment page, long base, int cell) {
    checkCellEnd(page, base, pageSize, cell, SEPARATOR);
    int length = page.get(BYTE, base + cell + SEPARATOR_LENGTH) & 0xFF;
    if (length < LONG_KEY) {
      return length;
    }
    checkCellEnd(page, base, pageSize, cell, SEPARATOR + Short.BYTES);
    return page.get(SHORT, base + cell + SEPARATOR) & 0xFFFF;
  }

  private static int separatorStart(int cell, int length) {
    return cell + SEPARATOR + (length >= LONG_KEY ? Short.BYTES : 0);
  }
}
