package dev.pando.btree;

import static dev.pando.btree.BranchLayout.SEPARATOR;
import static dev.pando.btree.BranchLayout.SEPARATOR_LENGTH;
import static dev.pando.btree.NodeLayout.BYTE;
import static dev.pando.btree.NodeLayout.INT;
import static dev.pando.btree.NodeLayout.LONG;
import static dev.pando.btree.NodeLayout.LONG_KEY;
import static dev.pando.btree.NodeLayout.SHORT;
import static dev.pando.btree.NodeLayout.U48_MASK;

import dev.pando.pager.DecodedPages;
import dev.pando.pager.PageAllocator;
import dev.pando.pager.PageBytes;
import dev.pando.pager.PageHeader;
import dev.pando.pager.PageReader;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Reads branch pages. */
final class BranchReader extends NodeReader {
  /** In place of a slot: that of the last child. */
  static final int LAST = -1;

  /** In place of an address: that of no page of a tree. */
  static final long ON_HEAP = 0;

  private final @Nullable DecodedPages decoded;

  /** Whose pages still change, and so are not decoded; null if none does. */
  private final @Nullable PageAllocator writer;

  BranchReader(PageReader pages) {
    super(pages, PageHeader.COUNT_WIDTH);
    this.decoded = pages.decoded();
    this.writer = pages instanceof PageAllocator allocator ? allocator : null;
  }

  /**
   * Finds the child of a branch that holds a key, and points {@link KeyBuffer#step} at it.
   *
   * @param level levels of the tree below the branch
   * @return the page's address; {@link #ON_HEAP} if the page was not needed
   */
  long search(long pgno, long birth, int level, KeyBuffer key) {
    HeapBranch branch = decoded(pgno, birth);
    if (branch == null) {
      return searchPage(pgno, birth, level, key);
    }
    branch.search(key, key.step);
    return ON_HEAP;
  }

  /**
   * As {@link #search}, of a branch that is not decoded; decodes it if it was looked for before.
   */
  long searchPage(long pgno, long birth, int level, KeyBuffer key) {
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    long word = header(page, base);
    child(page, base, count(word), find(page, base, word, key), key.step);
    if (decoded != null && !changes(birth) && decoded.wants(pgno, birth)) {
      HeapBranch branch =
          HeapBranch.decode(PageBytes.copy(page, base, pageSize), pgno, birth, level);
      if (branch != null) {
        decoded.add(branch);
      }
    }
    return address;
  }

  /**
   * Points a step at a child of a branch.
   *
   * @param slot the child, or {@link #LAST}
   */
  void child(long pgno, long birth, int slot, BranchStep step) {
    HeapBranch branch = decoded(pgno, birth);
    if (branch != null) {
      branch.child(slot == LAST ? branch.children() - 1 : slot, step);
      return;
    }
    long address = pages.locate(pgno, birth);
    MemorySegment page = pages.segment(address);
    long base = pages.offset(address);
    int count = count(header(page, base));
    child(page, base, count, slot == LAST ? count - 1 : slot, step);
  }

  private void child(MemorySegment page, long base, int count, int slot, BranchStep step) {
    int cell = checkedCell(page, base, count, slot);
    step.set(cellPgno(page, base, cell), cellBirth(page, base, cell), slot, count);
  }

  /** A child that is a branch, if it is decoded. */
  @Nullable HeapBranch decoded(HeapBranch parent, int slot) {
    HeapBranch child = parent.linked(slot);
    if (child == null) {
      child = decoded(parent.childPgno(slot), parent.childBirth(slot));
      if (child != null) {
        parent.link(slot, child);
      }
    }
    return child;
  }

  /** The branch, if it is decoded. */
  @Nullable HeapBranch decoded(long pgno, long birth) {
    return decoded == null || changes(birth) ? null : (HeapBranch) decoded.find(pgno, birth);
  }

  private boolean changes(long birth) {
    return writer != null && writer.txnId() == birth;
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
    checkKeyLength(page, base, cell, length);
    checkCellEnd(page, base, pageSize, start, length);
    out.set(page, base + start, length);
  }

  /** Returns the bytes of a slot's cell, with its count. */
  int cellLength(MemorySegment page, long base, long word, int slot) {
    int cell = checkedCell(page, base, count(word), slot);
    int separator = separatorLength(page, base, cell);
    int length = BranchLayout.cell(separator) + countBytes(word);
    checkCellEnd(page, base, pageSize, cell, length);
    return length;
  }

  /**
   * As {@link #header}, of a branch of a counted tree.
   *
   * @param aboveLeaves levels from the leaves to the branch, 1 or more
   */
  long countedHeader(MemorySegment page, long base, int aboveLeaves) {
    long word = header(page, base);
    checkCounts(page, base, word, true, aboveLeaves);
    return word;
  }

  /** Refuses a branch whose counts are not as wide as those of its level in its kind of tree. */
  void checkCounts(MemorySegment page, long base, long word, boolean counted, int aboveLeaves) {
    int width = counted ? BranchLayout.countWidth(aboveLeaves) : 0;
    if ((PageHeader.flags(page, base) & PageHeader.COUNT_WIDTH) != width) {
      throw corrupt(
          page,
          base,
          "counts of %d bytes in a branch %d levels above the leaves, allowed: %d",
          countBytes(word),
          aboveLeaves,
          BranchLayout.countBytes(width));
    }
  }

  /** Returns the bytes of each count in the branch of a {@link #header} word. */
  static int countBytes(long word) {
    return BranchLayout.countBytes((int) word >>> FLAGS_SHIFT & PageHeader.COUNT_WIDTH);
  }

  /** Returns the number of entries below a child in a branch of a counted tree. */
  long entries(MemorySegment page, long base, long word, int slot) {
    return entries(page, base + countAt(page, base, word, slot), countBytes(word));
  }

  /** Returns a count of so many bytes. */
  static long entries(MemorySegment page, long at, int bytes) {
    return switch (bytes) {
      case Short.BYTES -> page.get(SHORT, at) & 0xFFFF;
      case Integer.BYTES -> page.get(INT, at) & 0xFFFF_FFFFL;
      default -> page.get(LONG, at - Short.BYTES) >>> Short.SIZE; // eight bytes may leave the page
    };
  }

  /** Returns the offset of a child's count in a branch of a counted tree. */
  int countAt(MemorySegment page, long base, long word, int slot) {
    int cell = checkedCell(page, base, count(word), slot);
    int length = BranchLayout.cell(separatorLength(page, base, cell));
    checkCellEnd(page, base, pageSize, cell, length + countBytes(word));
    return cell + length;
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
